"""Which new due times count, and what both verdicts are (docs/deadlines.md, "New due times")."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.fold.standing import standing_at
from dossiers.wire.events import (
    DueSet,
    Finished,
    Received,
    Refused,
    Reopened,
    Resumed,
    Suspended,
    Withdrawn,
)
from tests.dossiers.changing import (
    BY_DATE,
    IN_DAYS,
    REWRITTEN,
    SHIFT,
    TAKEN,
    Row,
    folded,
    judged,
    moment,
    on,
)


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
        # After a stop that began too late: to name the due time that stands says nothing.
        ([TAKEN, on(Suspended, "10 08:00"), on(Resumed, "11 08:00", due="09 08:30"),
          on(Finished, "11 08:00"), on(DueSet, "12 08:00", due="20 17:00")],
         ("late", REWRITTEN, "late", "early")),
        # What a resumption brings counts without the rewrite that follows, too.
        ([TAKEN, on(Suspended, "04 08:00"), on(Resumed, "05 08:00", due="16 17:00"),
          on(DueSet, "06 08:00", due="20 17:00"), on(Finished, "13 08:00")],
         ("early", REWRITTEN, "early", "early")),
        # Each of three stops moves a due time in days on; by then, it had not passed.
        ([IN_DAYS, on(Suspended, "03 08:00"), on(Resumed, "04 08:00"), on(Suspended, "05 08:00"),
          on(Resumed, "06 08:00"), on(Suspended, "06 09:00"), on(Resumed, "06 10:00"),
          on(DueSet, "11 10:30", due="20 17:00", reason="extension"), on(Finished, "13 08:00")],
         ("early", (), "", "")),
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


def test_the_due_time_of_every_reading_is_looked_at_after_it_and_not_at_it() -> None:
    """Overdue as it counts; with the due time that came too late, not before Friday the 20th."""
    course = folded([TAKEN, on(DueSet, "12 08:00", due="20 17:00")])
    due = moment("20 17:00")
    found = standing_at(course, moment("13 08:00"), SHIFT)
    assert (found.verdict, found.rewritten, found.next_at) == ("overdue", "within", due + 1)
    assert standing_at(course, due, SHIFT).rewritten == "within"
    assert standing_at(course, due + 1, SHIFT).rewritten == "overdue"


def test_a_stop_of_no_length_moves_nothing_on_the_rest_of_the_due_day() -> None:
    stop = [on(Suspended, "09 10:00"), on(Resumed, "09 10:00")]
    assert folded([TAKEN, *stop], BY_DATE).due_at == moment("09 08:30")


def test_what_comes_with_an_end_comes_after_it_also_if_it_is_reopened_at_once() -> None:
    """The end has ended the stop: what is resumed then is not moved up to it."""
    course = folded(
        [TAKEN, on(Suspended, "04 08:00"), on(Finished, "06 10:00"),
         on(Resumed, "06 10:00", due="05 17:00"), on(Reopened, "06 10:00")]
    )  # fmt: skip
    assert course.rewritten is not None
    assert (course.rewritten.outcome, course.rewritten.due_at) == ("", moment("05 17:00"))
