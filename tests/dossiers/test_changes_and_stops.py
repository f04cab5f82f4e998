"""New due times beside stops, restarts and whole days."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.fold.folding import fold
from dossiers.reports.explain import explain
from dossiers.wire.events import DueSet, Finished, Received, Refused, Resumed, Suspended, Withdrawn
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from tests.dossiers.changing import (
    BY_DATE,
    IN_DAYS,
    RESTART,
    SHIFT,
    TAKEN,
    Row,
    events,
    folded,
    judged,
    moment,
    on,
)


def set_in_a_stop(when: str, due: str, end: str, taken: Row = TAKEN) -> list[Row]:
    """Stopped from Wednesday 4 November 09:00 to ``end``; ``when`` the due time is set anew."""
    return [
        taken, on(Suspended, "04 09:00"),
        on(DueSet, when, due=due, reason="extension"), on(Resumed, end),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "due"),
    [
        # Set during a stop of two days: only the hour after it moves it.
        (set_in_a_stop("06 08:00", "20 10:00", "06 09:00"), "20 11:00"),
        (set_in_a_stop("06 08:00", "20 10:00", "06 09:00", IN_DAYS), "20 11:00"),
        # At its beginning, and at its end.
        (set_in_a_stop("04 09:00", "20 10:00", "04 10:00"), "20 11:00"),
        (set_in_a_stop("04 10:00", "20 10:00", "04 10:00"), "20 10:00"),
        # To an instant within the stop: its end, at least.
        (set_in_a_stop("05 08:00", "05 09:00", "06 10:00"), "06 11:00"),
        # To an instant before the stop began: then it began too late.
        (set_in_a_stop("05 08:00", "04 08:00", "06 10:00"), "04 08:00"),
        # The reception sets it, too.
        ([on(Suspended, "02 08:00"), TAKEN, on(Resumed, "02 09:30")], "09 09:30"),
        # Of two stops only the one in which it was set.
        ([*set_in_a_stop("04 10:00", "20 10:00", "04 11:00"),
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
