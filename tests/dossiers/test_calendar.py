"""Working time: the properties a deadline rests on, and the days people argue about."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.calendar import HOUR, Calendar, calendar_of, instant
from dossiers.deadlines import due_after
from dossiers.events import Limit
from dossiers.reference import CalendarSpec

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = calendar_of(
    CalendarSpec(days_off=("2026-01-01", "2026-01-02"), make_up_days=("2026-01-10",)),
    "Asia/Ho_Chi_Minh",
)
moments = st.integers(
    instant(datetime(2025, 12, 1, tzinfo=HANOI)), instant(datetime(2026, 12, 1, tzinfo=HANOI))
)
amounts = st.integers(1, 400 * HOUR)


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=HANOI))


@given(moments, amounts)
def test_adding_working_time_uses_up_exactly_that_much(start: int, amount: int) -> None:
    end = OFFICE.add(start, amount)
    assert OFFICE.between(start, end) == amount
    assert OFFICE.between(start, end - 1) == amount - 1, "it is the earliest such instant"


@given(moments, amounts)
def test_subtracting_leaves_exactly_that_much(end: int, amount: int) -> None:
    start = OFFICE.subtract(end, amount)
    assert OFFICE.between(start, end) == amount
    assert OFFICE.between(start + 1, end) == amount - 1, "it is the latest such instant"


@given(moments, moments, moments)
def test_working_time_is_additive(a: int, b: int, c: int) -> None:
    assert OFFICE.between(a, b) + OFFICE.between(b, c) == OFFICE.between(a, c)


@given(moments, moments, st.integers(0, 30), st.sampled_from(["hours", "working_days", "days"]))
def test_due_time_is_monotone_in_reception(first: int, second: int, amount: int, unit: Any) -> None:
    early, late = sorted((first, second))
    limit = Limit(amount, unit)
    assert due_after(early, limit, OFFICE) <= due_after(late, limit, OFFICE)


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        # The earliest instant at which the limit is used up: closing time, not next morning.
        ("2026-11-02T07:30", Limit(1, "working_days"), "2026-11-02T17:00"),
        ("2026-11-02T08:30", Limit(5, "working_days"), "2026-11-09T08:30"),
        ("2026-11-02T08:30", Limit(40, "hours"), "2026-11-09T08:30"),
        # Closing time itself is outside hours.
        ("2026-11-06T16:59:59", Limit(1, "hours"), "2026-11-09T08:29:59"),
        ("2026-11-06T17:00", Limit(1, "hours"), "2026-11-09T08:30"),
        ("2026-11-02T11:00", Limit(1, "hours"), "2026-11-02T13:30"),
        # 2 January 2026 was off and made up on Saturday the 10th.
        ("2025-12-31T16:00", Limit(2, "hours"), "2026-01-05T08:30"),
        ("2026-01-09T16:00", Limit(2, "hours"), "2026-01-10T08:30"),
        # Calendar days keep the clock time; a day off ends at closing of the next working day.
        ("2026-11-02T09:00", Limit(3, "days"), "2026-11-05T09:00"),
        ("2026-11-02T09:00", Limit(5, "days"), "2026-11-09T17:00"),
        ("2026-10-30T09:00", Limit(1, "months"), "2026-11-30T09:00"),
        ("2026-03-31T09:00", Limit(11, "months"), "2027-03-01T17:00"),
    ],
)
def test_due_times_people_argue_about(received: str, limit: Limit, due: str) -> None:
    assert due_after(at(received), limit, OFFICE) == at(due)


def test_days_keep_the_clock_time_over_a_change_to_winter_time() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    calendar = Calendar(CalendarSpec(kind="24x7"), "Europe/Amsterdam")
    received = instant(datetime(2011, 10, 20, 9, 0, tzinfo=zone))
    due = due_after(received, Limit(15, "days"), calendar)
    assert due == instant(datetime(2011, 11, 4, 9, 0, tzinfo=zone))


def test_the_working_moment_before_monday_morning_is_on_friday() -> None:
    assert OFFICE.previous_working_moment(at("2026-11-23T07:25")) == at("2026-11-20T07:25")
