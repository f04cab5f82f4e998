"""At the edges: of the calendar, a day and a month, of what was activated and what is shown."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.admission.ownership import shows_reception
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.reference.in_force import hash_at
from dossiers.reports.explain import explain
from dossiers.time.calendar import calendar_of
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.time.hours import DAY, HOUR
from dossiers.wire.events import Received
from dossiers.wire.facts import Content
from dossiers.wire.reference import Reference, Rules
from tests.dossiers import late_rows
from tests.dossiers.offices import SPEC, ZONE, at
from tests.dossiers.portal_rows import OFFICE, RUNNING, asked, but, on
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.test_lateness import events, row
from tests.dossiers.test_snapshots import course_of, kept

BEFORE = EARLIEST - 60 * DAY  # a table begins a little before its first year


def test_outside_its_years_a_calendar_has_no_working_time() -> None:
    calendar = calendar_of(SPEC, ZONE)
    assert calendar.between(-DAY, BEFORE) == 0
    assert calendar.between(LATEST + 400 * DAY, LATEST + 800 * DAY) == 0
    assert calendar.between(-DAY, LATEST) == calendar.between(BEFORE, LATEST) > 0


def test_the_first_hour_of_a_calendar_is_an_hour() -> None:
    calendar = calendar_of(SPEC, ZONE)
    first = calendar.add(BEFORE, 1) - 1  # when the first working day begins
    assert calendar.between(BEFORE, first) == 0
    assert calendar.between(BEFORE, first + HOUR) == HOUR
    assert calendar.between(first + HOUR // 2, first + HOUR) == HOUR // 2


@pytest.mark.parametrize(
    ("rule", "breach"), [("timestamp", "10-05 10:00"), ("date", "10-06 00:00")]
)
def test_the_last_instant_in_time_is_the_breach(rule: Any, breach: str) -> None:
    context = Context(Reference(calendar=SPEC, rules=Rules(on_time_by=rule)))
    due = at("2026-10-05T10:00")
    found = course_of(events(row(Received, "2026-10-01T08:00", due_at=due)), context)
    last = late_rows.at(breach) - (rule == "date")
    before, after = (standing_at(found, last + more, context) for more in (0, 1))
    assert (before.verdict, before.breached_at, before.next_at) != (
        after.verdict, after.breached_at, after.next_at,
    )  # fmt: skip
    assert (before.verdict, after.verdict, after.breached_at) == ("within", "overdue", last)


def test_of_activations_the_newest_that_has_begun_counts() -> None:
    assert hash_at([], 5) == ""
    assert hash_at([(3, "a"), (4, "b")], 2) == "a", "the first one, before any has begun"
    assert hash_at([(3, "a"), (4, "b")], 3) == "a"
    assert hash_at([(3, "a"), (4, "b")], 4) == "b"
    assert hash_at([(4, "b"), (3, "a")], 9) == "b", "however they came"
    assert hash_at([(3, "z"), (3, "a")], 3) == "a", "of one instant the later one"


def listed(month: str, end: str, now: str = "12-31 00:00") -> int | None:
    """When the one late dossier of the month's list ended, as the list has it."""
    facts = [
        late_rows.fact("10-01 09:00", "received", unit="u1", officer="a", due="10-09 09:00"),
        late_rows.fact(end, "finished"),
    ]
    [line] = late_rows.made(facts, month, now).dossiers
    return line.finished_at


def test_an_end_that_is_dated_ahead_counts_from_its_instant_on() -> None:
    end = "10-20 09:00"
    assert listed("2026-10", end, "10-20 08:59") is None, "overdue until then"
    assert listed("2026-10", end, end) == late_rows.at(end)


def test_an_end_at_the_first_instant_of_the_next_month_is_of_that_month() -> None:
    assert listed("2026-10", "11-01 00:00") is None
    assert listed("2026-11", "11-01 00:00") == late_rows.at("11-01 00:00")
    assert listed("2026-10", "10-31 23:59") == late_rows.at("10-31 23:59")


@pytest.mark.parametrize(
    ("status", "accepted", "received"),
    [
        (4, False, True), (5, False, True), (9, False, True),
        (7, True, True), (7, False, False),  # withdrawn: from somebody who had it, or not
        (None, True, True), (None, False, False),
        (1, True, False), (3, True, False),  # not yet taken, and refused
    ],
)  # fmt: skip
def test_what_shows_a_reception(status: int | None, accepted: bool, received: bool) -> None:
    content = Content(status=status, accepted_at=on("02 08:30") if accepted else None)
    assert shows_reception(content) is received


def test_an_explanation_tells_what_was_shown_only_of_what_that_turns() -> None:
    """Asked on the 6th and answered on the 11th, which was told on the 12th."""
    answered = but(supplements=(asked("1", "06 08:00", "11 08:00"),))
    told = (("03 09:00", RUNNING), ("10 09:00", RUNNING), ("12 09:00", answered))
    facts = kept([snapshot(on(when), content) for when, content in told])
    then, later = (explain("d0", facts, at(f"2026-11-{day}"), OFFICE) for day in
                   ("12T10:00", "13T08:00"))  # fmt: skip
    assert (then.flags, then.as_shown) == (("backdated", *then.flags[1:]), "overdue")
    assert later.as_shown == "", "overdue either way"
