"""Working time: the properties a deadline rests on, and calendars that cannot be used."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.minute_loop import MINUTE, MinuteLoop
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import instant
from dossiers.time.hours import HOUR, CalendarError
from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay, Week, calendar_version
from tests.dossiers.offices import OFFICE, OFFICES, SPEC, SPECS, ZONE, at, moments, offices

amounts = st.integers(1, 400 * HOUR)


@given(offices, moments, amounts)
def test_adding_working_time_uses_up_exactly_that_much(
    office: Calendar, start: int, amount: int
) -> None:
    end = office.add(start, amount)
    assert office.between(start, end) == amount
    assert office.between(start, end - 1) == amount - 1, "it is the earliest such instant"


@given(offices, moments, amounts)
def test_subtracting_leaves_exactly_that_much(office: Calendar, end: int, amount: int) -> None:
    start = office.subtract(end, amount)
    assert office.between(start, end) == amount
    assert office.between(start + 1, end) == amount - 1, "it is the latest such instant"


@given(offices, moments, amounts)
def test_adding_and_subtracting_undo_each_other_within_hours(
    office: Calendar, start: int, amount: int
) -> None:
    start = office.next_working(start)
    assert office.subtract(office.add(start, amount), amount) == start


@given(offices, moments, moments, moments)
def test_working_time_is_additive(office: Calendar, a: int, b: int, c: int) -> None:
    assert office.between(a, b) + office.between(b, c) == office.between(a, c)


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=25)
@given(start=moments, minutes=st.integers(0, 20 * 24 * 60))
def test_working_time_is_that_of_the_minutes(name: str, start: int, minutes: int) -> None:
    start -= start % MINUTE
    end = start + minutes * MINUTE
    assert OFFICES[name].between(start, end) == MinuteLoop(SPECS[name], ZONE).between(start, end)


def test_a_make_up_saturday_has_the_hours_of_the_day_it_makes_up_for() -> None:
    """2 January 2026, a Friday, was off and made up on Saturday the 10th."""
    saturday = (at("2026-01-10T00:00"), at("2026-01-11T00:00"))
    short_friday = OFFICES["Tuesday to Friday"]
    assert OFFICE.between(*saturday) == 8 * HOUR
    assert short_friday.between(*saturday) == 7 * HOUR + 20 * MINUTE
    monday = Calendar(CalendarSpec(make_up_days=("2026-01-10",)), ZONE)
    assert monday.between(*saturday) == 8 * HOUR


def test_who_never_works_on_a_weekday_makes_nothing_up_for_it() -> None:
    spec = msgspec.structs.replace(
        SPECS["Tuesday to Friday"],
        make_up_days=(MakeUpDay(day="2026-08-22", instead_of="2026-08-31"),),
    )
    assert not Calendar(spec, ZONE).is_working_day(date(2026, 8, 22))


def test_a_local_holiday_outranks_a_make_up_day() -> None:
    spec = msgspec.structs.replace(SPEC, local_holidays=("2026-01-10",))
    assert not Calendar(spec, ZONE).is_working_day(date(2026, 1, 10))


def test_a_weekday_without_hours_is_no_work_and_the_others_count() -> None:
    """osticket 6739: weekly schedules with days missing computed nothing."""
    tuesdays = Calendar(CalendarSpec(hours=Week(tue=("08:00-10:00",))), ZONE)
    assert tuesdays.between(at("2026-11-01T00:00"), at("2026-11-29T00:00")) == 4 * 2 * HOUR


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (CalendarSpec(hours=Week()), "the calendar has no working time at all: give at least one"),
        (CalendarSpec(hours=Week(mon=("8:00-12:00",))), "hours.mon: '8:00' is no clock time"),
        (CalendarSpec(hours=Week(mon=("08:00",))), "hours.mon: '08:00' is no segment"),
        (CalendarSpec(hours=Week(mon=("12:00-08:00",))), "must end after it begins"),
        (
            CalendarSpec(name="x", hours=Week(fri=("08:00-12:00", "11:00-15:00"))),
            "calendar 'x', hours.fri: '11:00-15:00' must .* begin after the segment before it",
        ),
        (CalendarSpec(days_off=("2026-02-30",)), "'2026-02-30' is no date: write YYYY-MM-DD"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused(spec: CalendarSpec, message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        Calendar(spec, ZONE)


def test_a_misspelt_weekday_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="monday"):
        msgspec.convert({"hours": {"monday": ["08:00-12:00"]}}, CalendarSpec)


def test_the_version_changes_with_the_content_and_only_with_that() -> None:
    more = msgspec.structs.replace(SPEC, days_off=(*SPEC.days_off, "2026-11-24"))
    assert calendar_version(more) != calendar_version(SPEC)
    assert calendar_version(msgspec.structs.replace(SPEC, name="x")) == calendar_version(SPEC)
    assert OFFICE.version == calendar_version(SPEC)


def test_hours_until_midnight_close_on_their_own_day() -> None:
    night = Calendar(CalendarSpec(hours=Week(mon=("18:00-24:00",))), ZONE)
    assert night.closing(date(2026, 11, 2)) == at("2026-11-03T00:00") - 1
    assert night.add_working_days(at("2026-11-02T19:00"), 1) == at("2026-11-09T19:00")


def test_a_day_of_23_hours_has_one_working_hour_less() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    guards = Calendar(
        CalendarSpec(hours=Week(sat=("00:00-24:00",), sun=("00:00-24:00",))), zone.key
    )
    start = instant(datetime(2026, 3, 29, tzinfo=zone))
    assert guards.between(start, instant(datetime(2026, 3, 30, tzinfo=zone))) == 23 * HOUR
    assert guards.closing(date(2026, 3, 29)) == instant(datetime(2026, 3, 30, tzinfo=zone)) - 1


def test_the_working_moment_before_monday_morning_is_on_friday() -> None:
    assert OFFICE.previous_working_moment(at("2026-11-23T07:25")) == at("2026-11-20T07:25")


def test_the_working_moment_before_is_that_of_the_day_before_where_it_is_one() -> None:
    assert OFFICE.previous_working_moment(at("2026-11-24T07:25")) == at("2026-11-23T07:25")


def test_a_working_day_of_a_desk_that_never_closes_has_24_hours() -> None:
    always = Calendar(CalendarSpec(kind="24x7"), ZONE)
    assert always.add_working_days(at("2026-11-02T19:00"), 2) == at("2026-11-04T19:00")


@pytest.mark.parametrize("first", ["2026-11-01T00:00", "2026-02-01T00:00", "2025-12-01T00:00"])
def test_a_month_begins_at_the_local_midnight_of_its_first_day(first: str) -> None:
    begun = at(first)
    calendar = Calendar(SPEC, ZONE)
    for later in (0, 1, 20 * 24 * HOUR, 28 * 24 * HOUR - 1):
        assert calendar.month_start(begun + later) == begun
    assert calendar.month_start(begun - 1) < begun
