"""Which new due times count, and what both verdicts are (docs/deadlines.md, "New due times")."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.fold.folding import fact_of, fact_order, fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.reports.explain import explain
from dossiers.wire.course import Course
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Limit,
    Received,
    Refused,
    Resumed,
    Suspended,
    Withdrawn,
)
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.offices import at

SHIFT = Context(Reference())
BY_DATE = Context(Reference(rules=Rules(on_time_by="date")))
RESTART = Context(Reference(rules=Rules(stop_mode="restart")))
Row = tuple[type[Any], str, dict[str, Any]]


def on(kind: type[Any], when: str, **more: Any) -> Row:
    """``when``, and ``due``, ``known`` among the rest: day and time in November 2026."""
    return kind, when, more


def moment(when: str) -> int:
    day, time = when.split()
    return at(f"2026-11-{day}T{time}")


def events(*rows: Row) -> list[AnyDossierEvent]:
    found: list[AnyDossierEvent] = []
    for number, (kind, when, more) in enumerate(rows):
        fields = dict(more)
        known = moment(fields.pop("known", when))
        if "due" in fields:
            fields["due_at"] = moment(fields.pop("due"))
        found.append(
            kind(event_id=f"e{number}", dossier_id="d", occurred_at=moment(when), source="s",
                 received_at=known, source_seq=number, unit="u", **fields)
        )  # fmt: skip
    return found


def folded(rows: list[Row], context: Context = SHIFT) -> Course:
    return fold(sorted(map(fact_of, events(*rows)), key=fact_order), context)


def judged(
    rows: list[Row], context: Context = SHIFT, now: str = "30 17:00"
) -> tuple[str, tuple[str, ...], str, str]:
    """(verdict, flags, unrewritten, rewritten)."""
    course = folded(rows, context)
    found = standing_at(course, moment(now), context)
    return found.verdict, course.flags, found.unrewritten, found.rewritten


# Received Monday 2 November 08:30: five working days end on Monday 9 November 08:30.
TAKEN = on(Received, "02 08:30", limit=Limit(5, "working_days"))
IN_DAYS = on(Received, "02 10:00", limit=Limit(7, "days"))  # due Monday 9 November 10:00
REWRITTEN = ("rewritten",)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A resumption after a stop that began a week after the due time had passed.
        ([TAKEN, on(Suspended, "16 08:30"), on(Resumed, "18 08:30", due="27 17:00"),
          on(Finished, "24 08:30")], ("late", REWRITTEN, "late", "early")),
        # An extension that was recorded after the due time had passed, though dated before.
        ([TAKEN, on(DueSet, "06 08:00", due="20 17:00", reason="extension", known="09 08:31"),
          on(Finished, "12 08:00")], ("late", REWRITTEN, "late", "early")),
        # Recorded at the due time itself: in time.
        ([TAKEN, on(DueSet, "06 08:00", due="20 17:00", reason="extension", known="09 08:30"),
          on(Finished, "12 08:00")], ("early", (), "", "")),
        # A correction recorded before counts, flagged.
        ([TAKEN, on(DueSet, "06 08:00", due="20 17:00"), on(Finished, "12 08:00")],
         ("early", REWRITTEN, "late", "early")),
        # A resumption without a stop, long before the due time.
        ([TAKEN, on(Resumed, "04 08:00", due="20 17:00"), on(Finished, "12 08:00")],
         ("late", REWRITTEN, "late", "early")),
        # ... that names the due time that stands.
        ([TAKEN, on(Resumed, "04 08:00", due="09 08:30"), on(Finished, "06 08:00")],
         ("early", (), "", "")),
        # NgayHenTraMoi of a stop that began at the due time, recorded whenever.
        ([TAKEN, on(Suspended, "09 08:30"),
          on(Resumed, "11 08:00", due="20 17:00", known="25 08:00"), on(Finished, "12 08:00")],
         ("early", (), "", "")),
        # Not earlier than the end of the stop.
        ([TAKEN, on(Suspended, "06 08:00"), on(Resumed, "11 10:00", due="10 17:00"),
          on(Finished, "11 10:00")], ("on_time", (), "", "")),
        # The clock stands when it is recorded, and still stands: nothing has passed.
        ([TAKEN, on(Suspended, "06 08:00"),
          on(DueSet, "06 09:00", due="20 17:00", reason="extension", known="12 08:00"),
          on(Resumed, "13 08:00"), on(Finished, "16 08:00")], ("early", (), "", "")),
        # A stop that is known only later says that the due time had not passed.
        ([TAKEN, on(DueSet, "10 08:00", due="20 17:00", reason="extension"),
          on(Suspended, "06 08:00", known="25 08:00"), on(Finished, "16 08:00")],
         ("early", (), "", "")),
        # With the end, or after it: never, also where the due time had not passed.
        ([TAKEN, on(Finished, "06 08:00"), on(DueSet, "06 08:00", due="20 17:00")],
         ("early", REWRITTEN, "early", "early")),
        ([TAKEN, on(DueSet, "06 08:00", due="05 17:00"), on(Finished, "06 08:00")],
         ("early", REWRITTEN, "early", "late")),
        # Recorded after the end, dated before it: as if recorded at the end.
        ([TAKEN, on(DueSet, "05 08:00", due="20 17:00", reason="extension", known="25 08:00"),
          on(Finished, "09 08:30")], ("early", (), "", "")),
        ([TAKEN, on(DueSet, "05 08:00", due="20 17:00", reason="extension", known="25 08:00"),
          on(Finished, "09 08:30:00.001")], ("late", REWRITTEN, "late", "early")),
        # The second is judged by the first, which was recorded before it and counts.
        ([TAKEN, on(DueSet, "06 08:00", due="16 17:00", reason="extension"),
          on(DueSet, "05 08:00", due="27 17:00", reason="correction", known="12 08:00"),
          on(Finished, "13 08:00")], ("early", REWRITTEN, "early", "early")),
        ([TAKEN, on(DueSet, "06 08:00", due="16 17:00", reason="extension", known="12 08:00"),
          on(DueSet, "05 08:00", due="11 17:00", reason="extension", known="06 08:00"),
          on(Finished, "13 08:00")], ("late", REWRITTEN, "late", "early")),
        # After the end nothing is resumed; what that brings is a rewrite.
        ([TAKEN, on(Finished, "12 08:00"), on(Resumed, "13 08:00", due="20 17:00")],
         ("late", ("after_end", "rewritten"), "late", "early")),
    ],
)  # fmt: skip
def test_a_due_time_that_had_passed_stays(
    rows: list[Row], expected: tuple[str, tuple[str, ...], str, str]
) -> None:
    assert judged(rows) == expected


def test_a_backfilled_change_was_recorded_when_it_is_dated() -> None:
    change = on(DueSet, "06 08:00", due="20 17:00", reason="extension", known="25 08:00")
    backfilled = (*change[:2], change[2] | {"backfill": True})
    assert judged([TAKEN, change, on(Finished, "12 08:00")])[0] == "late"
    assert judged([TAKEN, backfilled, on(Finished, "12 08:00")]) == ("early", (), "", "")


@pytest.mark.parametrize("by", [Finished, Withdrawn, Refused, Resumed])
@pytest.mark.parametrize("row", [TAKEN, IN_DAYS])
@pytest.mark.parametrize("end", ["12 19:00", "14 10:00", "16 09:00"])
def test_a_due_time_that_passes_while_the_clock_stands_is_not_missed(
    by: type[Any], row: Row, end: str
) -> None:
    course = folded([row, on(Suspended, "09 08:30"), on(by, end)])
    assert course.due_at is not None
    assert course.due_at >= moment(end)
    verdict = standing_at(course, moment(end), SHIFT).verdict
    assert verdict in ("early", "on_time", "withdrawn", "refused", "within")
    assert (verdict == "within") == (by is Resumed)


def test_off_hours_in_which_the_due_time_passes_count_too() -> None:
    rows = [on(Received, "02 08:00", due="06 17:00"), on(Suspended, "06 17:00")]
    ended = folded([*rows, on(Finished, "09 07:30")])
    assert standing_at(ended, moment("30 17:00"), SHIFT).verdict == "on_time"
    resumed = folded([*rows, on(Resumed, "09 07:30")])
    assert resumed.due_at == moment("09 07:30")
    assert standing_at(resumed, moment("09 07:30"), SHIFT).verdict == "within"
    assert standing_at(resumed, moment("09 07:30:00.001"), SHIFT).verdict == "overdue"


@pytest.mark.parametrize(
    ("kind", "when", "verdict"),
    [
        (Refused, "09 08:30", "refused"), (Refused, "09 08:30:00.001", "late"),
        (Withdrawn, "09 08:30", "withdrawn"), (Withdrawn, "09 08:30:00.001", "late"),
    ],
)  # fmt: skip
def test_refused_or_withdrawn_after_the_breach_is_late(
    kind: type[Any], when: str, verdict: str
) -> None:
    course = folded([TAKEN, on(kind, when)])
    found = standing_at(course, moment("30 17:00"), SHIFT)
    assert found.verdict == verdict
    assert found.breached_at == (moment("09 08:30") if verdict == "late" else None)


def test_a_refusal_before_the_reception_is_no_verdict_on_the_due_time() -> None:
    refused = [on(Refused, "02 08:00"), on(Received, "03 08:00", due="02 07:45")]
    assert judged(refused)[0] == "refused"


@pytest.mark.parametrize(
    ("rows", "due"),
    [
        # Set during a stop of two days: only the hour after it moves it.
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "06 08:00", due="20 10:00", reason="extension"), on(Resumed, "06 09:00")],
         "20 11:00"),
        ([IN_DAYS, on(Suspended, "04 09:00"),
          on(DueSet, "06 08:00", due="20 10:00", reason="extension"), on(Resumed, "06 09:00")],
         "20 11:00"),
        # At its beginning, and at its end.
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "04 09:00", due="20 10:00", reason="extension"), on(Resumed, "04 10:00")],
         "20 11:00"),
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "04 10:00", due="20 10:00", reason="extension"), on(Resumed, "04 10:00")],
         "20 10:00"),
        # To an instant within the stop: its end, at least.
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "05 08:00", due="05 09:00", reason="extension"), on(Resumed, "06 10:00")],
         "06 11:00"),
        # To an instant before the stop began: then it began too late.
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "05 08:00", due="04 08:00", reason="extension"), on(Resumed, "06 10:00")],
         "04 08:00"),
        # The reception sets it, too.
        ([on(Suspended, "02 08:00"), TAKEN, on(Resumed, "02 09:30")], "09 09:30"),
        # Of two stops only the one in which it was set.
        ([TAKEN, on(Suspended, "04 09:00"),
          on(DueSet, "04 10:00", due="20 10:00", reason="extension"), on(Resumed, "04 11:00"),
          on(Suspended, "05 09:00"), on(Resumed, "05 10:00")], "20 13:30"),
    ],
)  # fmt: skip
def test_only_the_part_of_a_stop_after_the_due_time_was_set_moves_it(
    rows: list[Row], due: str
) -> None:
    assert folded(rows).due_at == moment(due)


@pytest.mark.parametrize(
    ("rows", "due"),
    [
        # The limit again from Wednesday 4 November 08:30 would end on the 11th.
        ([on(DueSet, "02 09:00", due="20 17:00", reason="extension")], "20 17:00"),
        ([on(DueSet, "02 09:00", due="10 17:00", reason="extension")], "11 08:30"),
        ([on(DueSet, "03 09:00", due="20 17:00", reason="extension")], "20 17:00"),
        # A limit of our own is no promise, and no due time of the source makes one earlier.
        ([], "11 08:30"),
    ],
)
def test_on_restart_the_later_promise_is_kept(rows: list[Row], due: str) -> None:
    told = [TAKEN, *rows, on(Suspended, "03 08:30"), on(Resumed, "04 08:30")]
    told.sort(key=lambda row: row[1])
    course = folded(told, RESTART)
    assert course.due_at == moment(due)
    assert course.restarted_at == moment("04 08:30")


def test_an_explanation_tells_a_promise_that_was_kept_and_a_change_that_does_not_count() -> None:
    rows = [TAKEN, on(DueSet, "02 09:00", due="20 17:00", reason="extension"),
            on(Suspended, "03 08:30"), on(Resumed, "04 08:30"),
            on(DueSet, "23 08:00", due="27 17:00", reason="extension")]  # fmt: skip
    facts = sorted(map(fact_of, events(*rows)), key=fact_order)
    found = explain("d", facts, moment("24 08:00"), RESTART).dues
    restart, refused = found[-2:]
    assert (restart.rule, restart.was, restart.due_at) == (
        "restart", moment("20 17:00"), moment("20 17:00"),
    )  # fmt: skip
    assert [(step.code, step.at) for step in restart.steps][-2:] == [
        ("working_days", moment("11 08:30")), ("promise_kept", moment("20 17:00")),
    ]  # fmt: skip
    assert (refused.counts, refused.rewrite, refused.due_at, refused.was) == (
        False, True, moment("27 17:00"), moment("20 17:00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        # Due Monday 9 November 08:30: the day is what counts.
        ([on(Finished, "09 23:59:59.999")], "on_time"),
        ([on(Finished, "10 00:00")], "late"),
        ([on(Withdrawn, "09 12:00")], "withdrawn"),
        ([on(Refused, "10 00:00")], "late"),
        # A stop that begins after the hour, on the day, began in time.
        ([on(Suspended, "09 16:00")], "waiting"),
        ([on(Suspended, "10 00:00")], "overdue"),
        ([on(Suspended, "09 16:00"), on(Resumed, "11 10:00"), on(Finished, "11 23:00")],
         "on_time"),
        # What is recorded on the day was recorded in time.
        ([on(DueSet, "09 16:00", due="20 17:00", reason="extension"), on(Finished, "12 08:00")],
         "early"),
        ([on(DueSet, "10 00:00", due="20 17:00", reason="extension"), on(Finished, "12 08:00")],
         "late"),
    ],
)  # fmt: skip
def test_by_date_everything_passes_at_the_end_of_the_day(rows: list[Row], verdict: str) -> None:
    assert judged([TAKEN, *rows], BY_DATE)[0] == verdict


def test_a_stop_is_judged_by_the_due_time_that_an_earlier_one_moved() -> None:
    """The first supplement moves it from the 9th to 10 November 17:00; the second begins in time
    by that, and what it brings counts."""
    rows = [
        on(Received, "02 08:00", due="09 17:00"),
        on(Suspended, "05 17:00"), on(Resumed, "06 17:00"),
        on(Suspended, "10 09:00"), on(Resumed, "11 09:00", due="13 17:00"),
    ]  # fmt: skip
    assert folded(rows[:3]).due_at == moment("10 17:00")
    course = folded(rows)
    assert (course.due_at, course.flags) == (moment("13 17:00"), ())


def test_an_order_of_arrival_is_no_order_of_record() -> None:
    """The same facts in any order give the same course: when something was recorded is data."""
    rows = [
        TAKEN,
        on(DueSet, "06 08:00", due="20 17:00", reason="extension", known="12 08:00"),
        on(DueSet, "05 08:00", due="11 17:00", reason="extension", known="06 08:00"),
    ]
    told = events(*rows)
    facts = sorted(map(fact_of, told), key=fact_order)
    assert fold(facts, SHIFT) == fold(sorted(map(fact_of, told[::-1]), key=fact_order), SHIFT)
    later = msgspec.structs.replace(told[1], received_at=moment("06 07:00"))
    assert folded(rows).due_at == moment("11 17:00")
    facts = sorted(map(fact_of, [told[0], later, told[2]]), key=fact_order)
    assert fold(facts, SHIFT).due_at == moment("20 17:00")
