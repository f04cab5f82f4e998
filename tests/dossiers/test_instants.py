"""To the millisecond: what holds at an instant, and what only after it."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.fold.alerting import alerts_after
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.tallies.tally import NOTHING, Contribution, Tallies, contribution
from dossiers.tallies.vector import FIELD, MEASURE, WINDOW_MINUTES
from dossiers.time.hours import DAY, HOUR, MINUTE
from dossiers.wire.alerts import AlertState
from dossiers.wire.course import Course
from dossiers.wire.events import (
    DueSet,
    Finished,
    Progressed,
    Received,
    Resumed,
    Submitted,
    Suspended,
)
from dossiers.wire.facts import Limit
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Procedure, Reference, Step
from dossiers.wire.standing import Standing
from tests.dossiers.offices import SPEC, at
from tests.dossiers.retaining import fields
from tests.dossiers.stories import OFFICE as STORIES
from tests.dossiers.stories import START
from tests.dossiers.test_fold import state
from tests.dossiers.test_lateness import DUE, Row, events, row
from tests.dossiers.test_own_counts import make, received, run
from tests.dossiers.test_snapshots import course_of

STEPS = (Step(id="in", name="In", hours=2), Step(id="out", name="Out", hours=2))
OFFICE = Context(
    Reference(
        calendar=SPEC,
        procedures=(Procedure(id="p", name="P", limit=Limit(40, "hours"), steps=STEPS),),
    )
)
MONDAY = "2026-11-02"
TEN = at(f"{MONDAY}T10:00")  # two hours after the reception: the limit of the step


def on(kind: type[Any], when: str, **more: Any) -> Row:
    return row(kind, f"{MONDAY}T{when}", **more)


RECEIVED = on(Received, "08:00", procedure="p", step="in")


def course(*rows: Row) -> Course:
    return course_of(events(*rows), OFFICE)


def test_a_step_is_overdue_after_its_due_time_and_not_at_it() -> None:
    found = course(RECEIVED)
    at_it, after = standing_at(found, TEN, OFFICE), standing_at(found, TEN + 1, OFFICE)
    assert (found.step_due_at, at_it.step_overdue, after.step_overdue) == (TEN, False, True)
    assert at_it.next_at == TEN + 1, "time alone changes it then"
    assert after.next_at != TEN + 1


@pytest.mark.parametrize(("late", "breaches"), [(0, ()), (1, (TEN,))])
def test_a_step_that_is_left_at_its_due_time_was_in_time(
    late: int, breaches: tuple[int, ...]
) -> None:
    left = events(RECEIVED, on(Progressed, "10:00", step="out"))
    left[1] = Progressed(
        event_id="e1", dossier_id="d0", occurred_at=TEN + late, received_at=TEN + late,
        source="s", source_seq=1, unit="u", step="out",
    )  # fmt: skip
    assert course_of(left, OFFICE).step_breaches == breaches


def test_a_clock_that_stops_at_the_due_time_of_a_step_keeps_it_in_time() -> None:
    stopped = course(RECEIVED, on(Suspended, "10:00"))
    assert stopped.step_due_at is None
    again = course(RECEIVED, on(Suspended, "10:00"), on(Resumed, "14:00"))
    assert again.step_due_at == at(f"{MONDAY}T14:00"), "nothing was left of it"
    late = course(RECEIVED, on(Suspended, "10:01"))
    assert late.step_due_at == TEN, "used up by then: it stays overdue"


def test_a_reminder_holds_from_its_instant_on() -> None:
    found = course(on(Received, "08:00", due_at=at(DUE)))
    soon_at, levels = OFFICE.reminders(at(DUE), "", (16, 4))
    assert standing_at(found, soon_at - 1, OFFICE).due_soon is False
    assert standing_at(found, soon_at, OFFICE).due_soon is True
    for hours, reached_at in levels:
        before, then = (standing_at(found, reached_at - less, OFFICE) for less in (1, 0))
        assert hours not in before.levels
        assert hours in then.levels
        assert before.next_at == reached_at


def test_a_reception_is_late_after_eight_hours_and_not_at_them() -> None:
    found = course(on(Submitted, "08:00"))
    limit = OFFICE.calendar.add_hours(at(f"{MONDAY}T08:00"), 8)
    at_it, after = standing_at(found, limit, OFFICE), standing_at(found, limit + 1, OFFICE)
    assert (at_it.late_reception, at_it.next_at) == (False, limit + 1)
    assert (after.late_reception, after.late_reception_at) == (True, limit)


def announced(
    kind: Any, cause: int, status: Any = "raised", due: int | None = None
) -> list[tuple[str, int, str]]:
    """What is said of one alert that is no longer true."""
    found = course(on(Received, "08:00", due_at=due if due is not None else at(DUE)))
    before = (AlertState(kind, 0, cause, 1, status),)
    _, changed, _ = alerts_after(before, found, Standing("waiting"), at(DUE), (), None, OFFICE)
    return [(each.state.kind, each.state.sequence, each.state.status) for each in changed]


def test_a_reminder_that_has_done_its_work_is_resolved_and_everything_else_retracted() -> None:
    assert announced("due_soon", at(DUE)) == [("due_soon", 2, "resolved")]
    assert announced("due_soon", at(DUE) + 1) == [("due_soon", 2, "retracted")], "another due time"
    assert announced("overdue", at(DUE)) == [("overdue", 2, "retracted")]
    for ended in ("resolved", "retracted"):
        assert announced("due_soon", at(DUE), ended) == []


def counted(minute: int, now: int, month: int = 0) -> set[str]:
    """The windows at minute ``now`` that hold one reception of ``minute``; a month that began at
    minute ``month``. The same however the windows came there."""
    received = Contribution(("all",), (), ((minute, MEASURE["received"]),))
    found = []
    for steps in (
        [now], [minute - 1, minute, now - 1, now], [minute, minute + 1, now],
        [minute - 1, minute + 1, now],
    ):  # fmt: skip
        tallies = Tallies()
        tallies.replace(NOTHING, received)
        for step in (each for each in steps if each <= now):
            tallies.advance(step * MINUTE, month * MINUTE)
        after = Tallies()
        after.advance(now * MINUTE, month * MINUTE)
        after.replace(NOTHING, received)
        for each in (tallies, after):
            vector = each.vectors["all"]
            found.append({w for w in (*WINDOW_MINUTES, "month") if vector[FIELD[f"received_{w}"]]})
    assert all(each == found[0] for each in found)
    return found[0]


@pytest.mark.parametrize("window", list(WINDOW_MINUTES))
def test_a_window_holds_its_minutes_and_none_more(window: str) -> None:
    minute = 20_000_000
    length = WINDOW_MINUTES[window]
    assert window in counted(minute, minute + length - 1)
    assert window not in counted(minute, minute + length)


def test_a_month_holds_what_came_since_its_first_minute() -> None:
    first = 20_000_000
    now = first + 45_000  # longer ago than any other window
    for minute, within in ((first - 1, False), (first, True), (first + 1, True)):
        assert ("month" in counted(minute, now, first)) is within, minute - first
    assert counted(now + 1, now, first) == set(), "not yet"


def test_what_every_window_has_left_is_forgotten_and_taken_back_without_a_trace() -> None:
    minute = 20_000_000
    received = Contribution(("all",), (), ((minute, MEASURE["received"]),))
    tallies = Tallies()
    tallies.advance(minute * MINUTE, minute * MINUTE)
    tallies.replace(NOTHING, received)
    later = minute * MINUTE + 80 * DAY
    tallies.advance(later, later)
    tallies.replace(received, Contribution(("all",), (), ()))
    assert not any(tallies.vectors["all"])


def test_a_step_that_was_over_before_the_reception_has_no_clock() -> None:
    before = [on(Submitted, "07:40", procedure="p"), on(Progressed, "07:45", step="in")]
    received = on(Received, "08:00", procedure="p")
    assert course(*before, received).step_due_at == TEN
    over = on(Progressed, "07:50", step="in", until=True)
    assert course(*before, over, received).step_due_at is None


def test_an_end_at_the_due_time_of_a_step_takes_back_what_was_said_of_it() -> None:
    early = make(Finished, "2026-11-03T08:30")
    for end, last in ((early, "retracted"), (make(Finished, "2026-11-03T08:31"), "resolved")):
        alerts = run(received(), "2026-11-03T09:00", end)[1]
        assert [transition for _, transition, _ in alerts] == ["raised", last]


def test_an_end_at_the_instant_of_the_reception_is_not_before_it() -> None:
    assert course(RECEIVED, on(Finished, "08:00")).flags == ()
    assert "finished_before_reception" in course(RECEIVED, on(Finished, "07:59")).flags


def test_a_reception_at_the_instant_at_which_a_due_time_was_recorded_may_come_later() -> None:
    """It names a due time that had passed by then: the extension does not count."""
    now, past = START + HOUR, START - HOUR
    extension = DueSet(**fields("x", START) | {"received_at": now}, due_at=START + 9 * DAY,
                       reason="extension")  # fmt: skip
    reception = Received(**fields("r", now), due_at=past)
    (one,) = state([extension, reception], 1, STORIES).values()
    (other,) = state([reception, extension], 1, STORIES).values()
    assert one == other
    assert (one.course.due_at, one.flags) == (past, ("due_before_reception", "rewritten"))


def test_a_breach_within_a_minute_is_in_the_windows_of_that_minute() -> None:
    breached = TEN + 30_000
    standing = Standing("overdue", breached_at=breached)
    record = DossierRecord("t", 0, 0, "d", breached, Course(), standing, scopes=("all",))
    tallies = Tallies()
    tallies.replace(NOTHING, contribution(record))
    for now, newly in ((TEN - 1, 0), (breached + 1, 1), (breached + 60 * MINUTE, 0)):
        tallies.advance(now, TEN)
        assert tallies.vectors["all"][FIELD["newly_overdue_1h"]] == newly


def test_a_late_reception_within_a_minute_is_in_the_windows_of_that_minute() -> None:
    limit_at = TEN + 30_000
    standing = Standing("pending", late_reception=True, late_reception_at=limit_at)
    record = DossierRecord("t", 0, 0, "d", limit_at, Course(), standing, scopes=("all",))
    assert contribution(record).instants == ((TEN // MINUTE, MEASURE["late_receptions"]),)


def test_a_step_that_comes_back_has_one_rest_of_its_limit() -> None:
    steps = [on(Progressed, f"08:{n}0", step=step) for n, step in enumerate(["out", "in", "out"])]
    back = course(on(Received, "08:00", procedure="p", step="in"), *steps)
    assert sorted(step for step, _ in back.steps_left) == ["in", "out"]


def test_who_names_a_step_that_is_over_names_no_unknown_one_where_there_are_none() -> None:
    without = Context(Reference(calendar=SPEC, procedures=(Procedure(id="p", name="P"),)))
    over = on(Progressed, "09:00", step="thẩm định", until=True)
    found = course_of(events(on(Received, "08:00", procedure="p"), over), without)
    assert "step_unknown" not in found.flags
