"""Stops of the clock: measured and added in the unit of the limit, never in two."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dossiers.fold.folding import fold
from dossiers.fold.stops import resume_shift
from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar
from dossiers.time.limits import due_after
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, Received, Resumed, Suspended, Voided
from dossiers.wire.facts import Limit, LimitUnit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.offices import (
    CLOCKS,
    OFFICE,
    OFFICES,
    SPEC,
    ZONE,
    at,
    clocks,
    gaps,
    moments,
    offices,
    units,
)

ALWAYS = Calendar(CalendarSpec(kind="24x7"), ZONE)


@pytest.mark.parametrize(
    ("office", "unit", "due", "stop", "after"),
    [
        # Attribution's worked example: asked Wednesday, answered Thursday, 8 hours.
        ("office", "working_days", "2026-11-09T08:30",
         ("2026-11-04T09:30", "2026-11-05T09:30"), "2026-11-10T08:30"),
        # glpi 10594, 14937: a weekend on hold counted double; here it counts not at all.
        ("office", "working_days", "2026-11-10T10:00",
         ("2026-11-06T17:00", "2026-11-09T07:30"), "2026-11-10T10:00"),
        ("office", "hours", "2026-11-10T10:00",
         ("2026-11-06T16:00", "2026-11-09T08:30"), "2026-11-10T13:30"),
        ("office", "working_days", "2026-02-24T10:00",
         ("2026-02-13T16:00", "2026-02-23T08:30"), "2026-02-24T13:30"),
        # In calendar days the weekend counts, once: 64 hours and a half end at 02:30.
        ("office", "days", "2026-11-10T10:00",
         ("2026-11-06T16:00", "2026-11-09T08:30"), "2026-11-13T17:00"),
        ("office", "days", "2026-11-12T10:00",
         ("2026-11-06T16:00", "2026-11-09T08:30"), "2026-11-16T17:00"),
        ("office", "months", "2026-11-10T10:00",
         ("2026-11-04T08:00", "2026-11-04T16:00"), "2026-11-10T17:00"),
        # A stop within a day, and two minutes over midnight: what passed, no more.
        ("office", "days", "2026-11-10T10:00",
         ("2026-11-10T09:00", "2026-11-10T16:00"), "2026-11-10T17:00"),
        ("office", "days", "2026-11-13T16:00",
         ("2026-11-09T23:59", "2026-11-10T00:01"), "2026-11-13T16:02"),
        # Opening and closing time are within the day, and so is lunch.
        ("office", "days", "2026-11-10T16:00",
         ("2026-11-09T09:00", "2026-11-09T10:00"), "2026-11-10T17:00"),
        ("office", "days", "2026-11-10T17:00",
         ("2026-11-09T09:00", "2026-11-09T23:30"), "2026-11-11T07:30"),
        ("office", "days", "2026-11-10T11:00",
         ("2026-11-09T09:00", "2026-11-09T10:15"), "2026-11-10T12:15"),
        # A stop of no length moves nothing, wherever the due time lies.
        ("office", "days", "2026-11-10T19:00",
         ("2026-11-09T09:00", "2026-11-09T09:00"), "2026-11-10T19:00"),
        # A day that ends at 24:00 closes with its last millisecond.
        ("24 hours", "days", "2026-11-10T23:00",
         ("2026-11-09T09:00", "2026-11-09T09:59:59.999"), "2026-11-10T23:59:59.999"),
        # No working time passes, but the due time does: it is not earlier than the stop's end.
        ("office", "hours", "2026-11-06T17:00",
         ("2026-11-06T17:00", "2026-11-09T07:30"), "2026-11-09T07:30"),
        # No limit is known: working time.
        ("office", "", "2026-11-10T10:00",
         ("2026-11-06T16:00", "2026-11-09T08:30"), "2026-11-10T13:30"),
        # A Friday on hold is one working day, also where Saturday has half the hours.
        ("Saturday morning", "working_days", "2026-11-06T17:00",
         ("2026-11-05T17:00", "2026-11-06T17:00"), "2026-11-07T11:30"),
        # Stopped at the due time is in time.
        ("office", "hours", "2026-11-10T10:00",
         ("2026-11-10T10:00", "2026-11-10T11:00"), "2026-11-10T11:00"),
    ],
)  # fmt: skip
def test_what_a_stop_does(
    office: str, unit: str, due: str, stop: tuple[str, str], after: str
) -> None:
    begin, end = map(at, stop)
    assert resume_shift(at(due), begin, end, unit, {**OFFICES, **CLOCKS}[office]) == at(after)


def test_a_stop_of_a_round_the_clock_desk_takes_as_long_as_it_takes() -> None:
    begin, end, due = at("2026-11-02T22:00"), at("2026-11-03T03:00"), at("2026-11-03T01:00")
    after = resume_shift(due, begin, end, "hours", CLOCKS["24 hours"])
    assert after == at("2026-11-03T06:00")
    closed = resume_shift(due, begin, end, "hours", CLOCKS["until 23:59"])
    assert closed == at("2026-11-03T05:59"), "the minute at night is no working time"


def test_stops_can_be_measured_in_working_time_whatever_the_limit() -> None:
    due, begin, end = at("2026-11-10T10:00"), at("2026-11-06T16:00"), at("2026-11-09T08:30")
    rules = Rules(stop_measure="working_time")
    assert resume_shift(due, begin, end, "days", OFFICE, rules) == at("2026-11-10T13:30")


@given(moments, gaps, gaps, units)
def test_without_office_hours_a_stop_is_as_long_as_it_is(
    begin: int, wait: int, left: int, unit: LimitUnit
) -> None:
    due = begin + left
    assert resume_shift(due, begin, begin + wait, unit, ALWAYS) == due + wait


@given(offices | clocks, moments, gaps, st.integers(1, 12), st.booleans())
@example(CLOCKS["long days"], 1_790_754_846_458, 32_753_541, 2, True)
def test_what_was_left_at_a_stop_is_left_after_it(
    office: Calendar, received: int, wait: int, amount: int, in_days: bool
) -> None:
    """The clock stops at the reception itself: the limit begins again when it runs."""
    limit = Limit(amount, "working_days") if in_days else Limit(amount, "hours")
    due = due_after(received, limit, office)
    after = resume_shift(due, received, received + wait, limit.unit, office)
    expected = due_after(received + wait, limit, office)
    # Two roundings up to the millisecond where working days have different lengths: two of working
    # time, of which the first one after closing is that of the next opening.
    exact = office.even or (office.by_clock and not in_days)
    assert expected <= after
    assert office.between(expected, after) <= (0 if exact else 2)


AFTER_CLOSING = 1_766_484_000_001  # Tuesday 23 December 2025, a millisecond after 17:00


@given(offices | clocks, moments, gaps, gaps, gaps, units)
@example(OFFICES["Saturday morning"], AFTER_CLOSING, 0, 0, 25_199_999, "hours")
def test_a_longer_stop_is_not_due_earlier(
    office: Calendar, begin: int, left: int, wait: int, more: int, unit: LimitUnit
) -> None:
    due = begin + left
    short = resume_shift(due, begin, begin + wait, unit, office)
    long = resume_shift(due, begin, begin + wait + more, unit, office)
    assert max(due, begin + wait) <= short
    if unit in ("hours", "working_days"):
        assert short <= long
    else:  # what ends at night moves to closing time of the day that has begun
        assert office.local_date(short) <= office.local_date(long)


@given(moments, gaps, gaps, gaps)
def test_two_stops_move_as_much_as_one(begin: int, left: int, first: int, second: int) -> None:
    due = begin + left
    middle, end = begin + first, begin + first + second
    once = resume_shift(due, begin, end, "hours", OFFICE)
    between = resume_shift(due, begin, middle, "hours", OFFICE)
    assume(middle <= between)
    assert resume_shift(between, middle, end, "hours", OFFICE) == once


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        # Received Monday 09:00; stopped from Friday 08:00 to Monday 15:00, which is 13.5 hours of
        # working time, or three days and seven hours.
        (Limit(5, "working_days"), "2026-11-10T16:00"),
        (Limit(7, "days"), "2026-11-12T16:00"),
    ],
)
def test_a_dossier_remembers_in_what_its_limit_was_given(limit: Limit, due: str) -> None:
    facts: list[AnyDossierEvent] = [
        Received(**_event(1, "2026-11-02T09:00"), limit=limit),
        Suspended(**_event(2, "2026-11-06T08:00")),
        Resumed(**_event(3, "2026-11-09T15:00")),
    ]
    course = _course(facts)
    assert course.limit == limit
    assert course.due_at == at(due)


def test_stops_are_not_forgotten_when_the_limit_changes() -> None:
    """glpi 6902, 15605. The source takes the reception back and sends it with another procedure."""
    facts: list[AnyDossierEvent] = [
        Received(**_event(1, "2026-11-02T09:00"), limit=Limit(5, "working_days")),
        Suspended(**_event(2, "2026-11-03T08:00")),
        Resumed(**_event(3, "2026-11-04T08:00")),
        Voided(**_event(4, "2026-11-05T08:00"), target="1"),
        Received(**{**_event(5, "2026-11-02T09:00"), "source_seq": 1}, limit=Limit(3, "hours")),
    ]
    before, after = _course(facts[:3]), _course(facts)
    assert before.due_at == at("2026-11-10T09:00")
    assert after.due_at == at("2026-11-02T13:30"), "it was overdue when the clock stopped"
    longer = Received(**_event(5, "2026-11-02T09:00"), limit=Limit(7, "working_days"))
    assert _course([*facts[:4], longer]).due_at == at("2026-11-12T09:00")


@pytest.mark.parametrize(
    ("limit", "due_at", "due"),
    [
        (Limit(5, "working_days"), None, "2026-11-16T15:00"),
        # Calendar days restart as calendar days, and roll forward again.
        (Limit(5, "days"), None, "2026-11-16T17:00"),
        # Only an appointment is known: as much working time as there was until it.
        (None, "2026-11-03T17:00", "2026-11-11T13:30"),
    ],
)
def test_the_clock_can_restart_from_zero(limit: Limit | None, due_at: str | None, due: str) -> None:
    given = at(due_at) if due_at is not None else None
    facts: list[AnyDossierEvent] = [
        Received(**_event(1, "2026-11-02T09:00"), limit=limit, due_at=given),
        Suspended(**_event(2, "2026-11-03T08:00")),
        Resumed(**_event(3, "2026-11-09T15:00")),
    ]
    assert _course(facts, Rules(stop_mode="restart")).due_at == at(due)


def _event(number: int, when: str) -> dict[str, Any]:
    moment = at(when)
    return {
        "event_id": str(number), "dossier_id": "d", "source": "s",
        "occurred_at": moment, "received_at": moment,
    }  # fmt: skip


def _course(events: list[AnyDossierEvent], rules: Rules | None = None) -> Course:
    context = Context(Reference(calendar=SPEC, rules=rules or Rules()))
    return fold(sorted(map(fact_of, events), key=fact_order), context)
