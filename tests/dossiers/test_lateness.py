"""When a dossier is late: one row for each rule, with where the rule comes from."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.reports.explain import Explanation, explain
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Resumed,
    Submitted,
    Suspended,
    Withdrawn,
)
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference, Rules
from dossiers.wire.standing import Standing
from tests.dossiers.offices import at
from tests.dossiers.test_snapshots import course_of

# Monday, 2 November 2026; due a week later unless a row says otherwise.
DUE = "2026-11-09T08:30"
Row = tuple[type[Any], str, dict[str, Any]]
SENT: Row = (Submitted, "2026-11-02T08:00", {})
TAKEN: Row = (Received, "2026-11-02T08:30", {"due_at": at(DUE)})
LIMITED: Row = (Received, "2026-11-02T08:30", {"limit": Limit(5, "working_days")})


def office(**rules: Any) -> Context:
    return Context(Reference(rules=Rules(**rules)))


def events(*rows: Row) -> list[AnyDossierEvent]:
    return [
        kind(event_id=f"e{n}", dossier_id="d0", occurred_at=at(when), received_at=at(when),
             source="s", source_seq=n, unit="u", **more)
        for n, (kind, when, more) in enumerate(rows)
    ]  # fmt: skip


def standing(rows: list[Row], now: str, context: Context) -> Standing:
    return standing_at(course_of(events(*rows), context), at(now), context)


def told(rows: list[Row], now: str, context: Context) -> Explanation:
    facts = sorted(map(fact_of, events(*rows)), key=fact_order)
    return explain("d0", facts, at(now), context)


def row(kind: type[Any], when: str, **more: Any) -> Row:
    return (kind, when, more)


@pytest.mark.parametrize(
    ("rows", "now", "verdict"),
    [
        # Decree 118/2025, form II.06a: open ones are within or overdue, resolved ones early, on
        # time or late. Timestamps are compared, to the millisecond.
        ([TAKEN], DUE, "within"),
        ([TAKEN], f"{DUE}:00.001", "overdue"),
        ([TAKEN, row(Finished, "2026-11-08T23:59")], DUE, "early"),
        ([TAKEN, row(Finished, "2026-11-09T00:00")], DUE, "on_time"),
        ([TAKEN, row(Finished, DUE)], DUE, "on_time"),
        ([TAKEN, row(Finished, f"{DUE}:00.001")], "2026-12-01T08:00", "late"),
        # Province-style systems send an end twice; the first one stands.
        ([TAKEN, row(Finished, "2026-11-06T08:00"), row(Finished, "2026-11-20T08:00")], DUE,
         "early"),
        # National portal: statuses 5 and 6 wait for the citizen, 8 halts; the clock stands.
        ([TAKEN, row(Suspended, "2026-11-05T08:00", status=5)], "2026-12-01T08:00", "waiting"),
        ([TAKEN, row(Suspended, "2026-11-05T08:00", status=6)], "2026-12-01T08:00", "waiting"),
        ([TAKEN, row(Suspended, "2026-11-05T08:00", status=8)], "2026-12-01T08:00", "waiting"),
        # Decided here: a stop at the due time is in time, a stop after it leaves it overdue.
        ([TAKEN, row(Suspended, DUE)], "2026-12-01T08:00", "waiting"),
        ([TAKEN, row(Suspended, f"{DUE}:00.001")], "2026-12-01T08:00", "overdue"),
        # National portal: 1, 3 and 7 are not counted; 7 only ends what had been received.
        ([SENT], "2026-12-01T08:00", "pending"),
        ([SENT, row(Refused, "2026-11-20T08:00")], "2026-12-01T08:00", "refused"),
        ([SENT, row(Withdrawn, "2026-11-20T08:00")], "2026-12-01T08:00", "withdrawn"),
        ([TAKEN, row(Withdrawn, DUE)], "2026-12-01T08:00", "withdrawn"),
        # Decided here: withdrawn after the breach is late.
        ([TAKEN, row(Withdrawn, f"{DUE}:00.001")], "2026-12-01T08:00", "late"),
        # Without an appointment date, a limit: 5 working days from Monday 08:30.
        ([LIMITED], DUE, "within"),
        ([LIMITED], f"{DUE}:00.001", "overdue"),
    ],
)  # fmt: skip
def test_verdicts(rows: list[Row], now: str, verdict: str) -> None:
    assert standing(rows, now, office()).verdict == verdict


def test_a_rule_may_let_the_clock_run_in_status_8() -> None:
    rows = [TAKEN, row(Suspended, "2026-11-05T08:00", status=8)]
    assert standing(rows, "2026-12-01T08:00", office(stops_status_8=False)).verdict == "overdue"


@pytest.mark.parametrize(
    ("answer", "late"),
    [
        # Decree 118/2025: an online dossier is accepted or refused within 8 working hours, here
        # by Tuesday 08:00.
        ([row(Received, "2026-11-03T08:00")], False),
        ([row(Received, "2026-11-03T08:00:00.001")], True),
        ([row(Refused, "2026-11-03T08:00")], False),
        ([row(Refused, "2026-11-03T08:00:00.001")], True),
    ],
)
def test_late_reception_is_a_lateness_of_its_own(answer: list[Row], late: bool) -> None:
    found = standing([SENT, *answer], "2026-11-20T08:00", office())
    assert found.late_reception is late
    assert standing([SENT], "2026-11-03T08:00", office()).late_reception is False
    assert standing([SENT], "2026-11-03T08:00:00.001", office()).late_reception is True


WAIT = [
    row(Suspended, "2026-11-04T09:30"),  # Wednesday
    row(Resumed, "2026-11-05T09:30"),
]
TOO_LATE = [row(Suspended, f"{DUE}:00.001"), row(Resumed, "2026-11-11T09:30")]


@pytest.mark.parametrize(
    ("rows", "rules", "due", "flags"),
    [
        # Province-style systems: the due date shifts by the wait, or the clock restarts.
        ([LIMITED, *WAIT], {}, "2026-11-10T08:30", ()),
        ([LIMITED, *WAIT], {"stop_mode": "restart"}, "2026-11-12T09:30", ()),
        # Decided here: a stop after the breach moves nothing, nor does it restart anything.
        ([LIMITED, *TOO_LATE], {}, DUE, ()),
        ([LIMITED, *TOO_LATE], {"stop_mode": "restart"}, DUE, ()),
        # Decided here: NgayHenTraMoi replaces our own shift, never both, and is no rewrite.
        ([LIMITED, WAIT[0], row(Resumed, "2026-11-05T09:30", due_at=at("2026-11-20T17:00"))], {},
         "2026-11-20T17:00", ()),
        # Form 04: an extension is a new due time; recorded after the old one it is a rewrite.
        ([TAKEN, row(DueSet, DUE, due_at=at("2026-11-20T17:00"), reason="extension")], {},
         "2026-11-20T17:00", ()),
        ([TAKEN, row(DueSet, f"{DUE}:00.001", due_at=at("2026-11-20T17:00"), reason="extension")],
         {}, DUE, ("rewritten",)),
        # Source systems overwrite dates: a correction is flagged, also in time, and one after the
        # end changes nothing.
        ([TAKEN, row(DueSet, "2026-11-03T08:00", due_at=at("2026-11-20T17:00"))], {},
         "2026-11-20T17:00", ("rewritten",)),
        ([TAKEN, row(Finished, "2026-11-10T08:30"),
          row(DueSet, "2026-11-10T09:00", due_at=at("2026-11-20T17:00"))], {}, DUE,
         ("rewritten",)),
    ],
)  # fmt: skip
def test_what_moves_a_due_time(
    rows: list[Row], rules: dict[str, Any], due: str, flags: tuple[str, ...]
) -> None:
    course = course_of(events(*rows), office(**rules))
    assert (course.due_at, course.flags) == (at(due), flags)


def test_an_old_due_time_stays_visible() -> None:
    extended = row(DueSet, "2026-11-06T08:00", due_at=at("2026-11-20T17:00"), reason="extension")
    found = told([TAKEN, extended], "2026-11-12T08:00", office())
    assert [(due.was, due.due_at) for due in found.dues] == [
        (None, at(DUE)), (at(DUE), at("2026-11-20T17:00")),
    ]  # fmt: skip


def test_a_rewrite_after_the_end_keeps_both_verdicts() -> None:
    rows = [TAKEN, row(Finished, "2026-11-10T08:30"),
            row(DueSet, "2026-11-10T09:00", due_at=at("2026-11-20T17:00"))]  # fmt: skip
    found = told(rows, "2026-12-01T08:00", office())
    assert (found.verdict, found.unrewritten, found.rewritten) == ("late", "late", "early")


def test_where_the_clock_restarts_nobody_is_charged_for_the_time_before() -> None:
    rows = [
        row(Received, "2026-11-02T08:30", limit=Limit(1, "working_days"), officer="A"),
        *(row(kind, f"2026-11-{day}T08:00") for kind, day in ((Suspended, "03"), (Resumed, "04"))),
        row(Progressed, "2026-11-05T08:00", officer="B"),
        row(Finished, "2026-11-05T09:00"),
    ]
    found = told(rows, "2026-12-01T08:00", office(stop_mode="restart"))
    assert found.due_at == at("2026-11-05T08:00")
    assert [(s.officer, s.start, s.charge) for s in found.shares] == [
        ("A", at("2026-11-04T08:00"), 0), ("B", at("2026-11-05T08:00"), 3_600_000),
    ]  # fmt: skip
