"""Limits of any length on any calendar: counted by the minute, and monotone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.minute_loop import MINUTE, MinuteLoop
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import LATEST, instant
from dossiers.time.limits import due_after
from dossiers.wire.calendar_spec import CalendarSpec, Week
from dossiers.wire.facts import Limit, LimitUnit
from tests.dossiers.limits import DAYS, HOURS, MONTHS, WORKING_DAYS
from tests.dossiers.offices import (
    CLOCK_SPECS,
    CLOCKS,
    OFFICES,
    SPECS,
    ZONE,
    at,
    clocks,
    gaps,
    limits,
    local,
    moments,
    offices,
)
from tests.dossiers.test_deadlines import CLOSING


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=25)
@given(received=moments, limit=limits)
def test_every_limit_is_used_up_where_the_minutes_say(
    name: str, received: int, limit: Limit
) -> None:
    received -= received % MINUTE
    expected = MinuteLoop(SPECS[name], ZONE).due(received, limit)
    assert local(due_after(received, limit, OFFICES[name])) == local(expected)
    assert due_after(received, limit, OFFICES[name]) == expected


@pytest.mark.parametrize("name", CLOCK_SPECS)
@settings(max_examples=25)
@given(received=moments, limit=limits)
def test_hours_by_the_clock_are_used_up_where_the_minutes_say(
    name: str, received: int, limit: Limit
) -> None:
    received -= received % MINUTE
    expected = MinuteLoop(CLOCK_SPECS[name], ZONE).due(received, limit)
    assert local(due_after(received, limit, CLOCKS[name])) == local(expected)
    assert due_after(received, limit, CLOCKS[name]) == expected


@pytest.mark.parametrize(
    ("office", "received", "limit", "due"),
    [
        # zammad 3180: hours at a desk that never closes were stretched from 8 to 24.
        ("24 hours", "2026-11-02T23:00", Limit(2, HOURS), "2026-11-03T01:00"),
        ("24 hours", "2026-11-02T23:00", Limit(40, HOURS), "2026-11-04T15:00"),
        ("24 hours", "2026-11-02T23:00", Limit(2, WORKING_DAYS), "2026-11-04T23:00"),
        ("until 23:59", "2026-11-02T23:00", Limit(2, HOURS), "2026-11-03T01:01"),
        ("until 23:59", "2026-11-02T23:59", Limit(1, HOURS), "2026-11-03T01:00"),
        ("until 23:59", "2026-11-02T23:00", Limit(1, WORKING_DAYS), "2026-11-03T23:00"),
        ("long days", "2026-11-02T17:00", Limit(2, HOURS), "2026-11-04T00:59"),
        # Half of the 23 hours of Wednesday, and half of the 24 of Saturday.
        ("long days", "2026-11-04T11:30", Limit(1, WORKING_DAYS), "2026-11-07T12:00"),
    ],
)
def test_hours_of_a_round_the_clock_desk(
    office: str, received: str, limit: Limit, due: str
) -> None:
    calendar = CLOCKS[office]
    assert calendar.by_clock
    assert local(due_after(at(received), limit, calendar), calendar) == local(at(due), calendar)


@pytest.mark.parametrize(
    ("hours", "by_clock"),
    [
        ({"mon": ("09:00-13:00", "13:00-14:00", "14:00-18:00")}, False),  # touching segments
        ({"mon": ("00:00-06:00", "22:00-24:00"), "tue": ("00:00-06:00", "22:00-24:00")}, False),
        ({"mon": ("06:00-18:00",), "tue": ("00:00-24:00",)}, False),  # one day of just 12 hours
        ({"mon": ("06:00-18:01",), "tue": ("00:00-24:00",)}, True),
    ],
)
def test_only_days_longer_than_12_hours_count_by_the_clock(
    hours: dict[str, tuple[str, ...]], by_clock: bool
) -> None:
    # A make-up day and a day off say nothing: the weekly hours do.
    spec = CalendarSpec(hours=Week(**hours), make_up_days=("2026-11-08",), days_off=("2026-11-09",))
    calendar = Calendar(spec, ZONE)
    assert calendar.by_clock == by_clock
    monday = at("2026-11-02T00:00")
    eight = due_after(monday, Limit(8, HOURS), calendar)
    day = due_after(monday, Limit(1, WORKING_DAYS), calendar)
    assert (eight < day) if by_clock else (eight == day)


@given(offices | clocks, moments, gaps, limits)
def test_who_comes_later_is_not_due_earlier(
    office: Calendar, first: int, gap: int, limit: Limit
) -> None:
    """For days and months by the date: what rolls forward ends at closing time, and what falls on
    that day by itself keeps its clock time."""
    early, late = due_after(first, limit, office), due_after(first + gap, limit, office)
    if limit.unit in (HOURS, WORKING_DAYS):
        assert early <= late
    else:
        assert office.local_date(early) <= office.local_date(late)
        closing = due_after(first, limit, office, CLOSING)
        assert closing <= due_after(first + gap, limit, office, CLOSING)


@given(offices | clocks, moments, limits, st.integers(0, 5))
def test_a_longer_limit_is_not_due_earlier(
    office: Calendar, received: int, limit: Limit, more: int
) -> None:
    longer = Limit(limit.amount + more, limit.unit)
    short, long = due_after(received, limit, office), due_after(received, longer, office)
    if limit.unit in (HOURS, WORKING_DAYS):
        assert short <= long
    else:
        assert office.local_date(short) <= office.local_date(long)


@given(offices, moments, st.integers(0, 30))
def test_eight_hours_are_a_working_day_everywhere(
    office: Calendar, received: int, days: int
) -> None:
    by_hours = due_after(received, Limit(8 * days, HOURS), office)
    assert by_hours == due_after(received, Limit(days, WORKING_DAYS), office)


@pytest.mark.parametrize("unit", [HOURS, WORKING_DAYS, DAYS, MONTHS])
@pytest.mark.parametrize(
    "office", [*OFFICES.values(), *CLOCKS.values(), Calendar(CalendarSpec(kind="24x7"), "CET")]
)
def test_a_limit_beyond_the_calendar_ends_with_it(office: Calendar, unit: LimitUnit) -> None:
    limit = Limit(10**9, unit)
    assert due_after(at("2026-11-02T09:00"), limit, office) == LATEST


def test_days_keep_the_clock_time_over_a_change_to_winter_time() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    received = instant(datetime(2011, 10, 20, 9, 0, tzinfo=zone))
    due = instant(datetime(2011, 11, 4, 9, 0, tzinfo=zone))
    for kind in ("24x7", "vn-office"):
        calendar = Calendar(CalendarSpec(kind=kind), zone.key)
        assert due_after(received, Limit(15, DAYS), calendar) == due


@pytest.mark.parametrize("months", [527, 528, 529])
def test_months_that_end_just_beyond_the_calendar_end_with_it(months: int) -> None:
    """From November 2026 to the last months of 2070."""
    assert due_after(at("2026-11-02T09:00"), Limit(months, MONTHS), OFFICES["office"]) == LATEST
