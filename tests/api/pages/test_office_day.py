"""What "today" and "since the last close" are."""

from __future__ import annotations

from datetime import date

from api.pages.home.day import office_day
from dossiers.time.calendar import calendar_of
from dossiers.wire.calendar_spec import CalendarSpec
from tests.api.city import HOUR, REFERENCE_DATA, START

OFFICE = calendar_of(REFERENCE_DATA.calendar, REFERENCE_DATA.timezone)
MINUTE = 60_000
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_on_a_monday_at_7_25() -> None:
    day = office_day(START - 35 * MINUTE, OFFICE)
    assert (day.working, day.before_hours, day.early, day.of_today) == (True, True, True, True)
    assert day.window_since() == "2026-11-20T17:00.."  # Friday
    assert day.window_due() == "2026-11-23..2026-11-23"
    assert day.window_early() == "2026-11-23T00:00..2026-11-23T10:00"
    assert day.window_later() == "2026-11-24.."
    assert day.opens_at == START - 30 * MINUTE


def test_at_ten_it_is_early_no_more() -> None:
    assert office_day(START + 2 * HOUR - 1, OFFICE).early
    assert not office_day(START + 2 * HOUR, OFFICE).early


def test_after_hours_the_day_is_the_next_one() -> None:
    day = office_day(START + 9 * HOUR, OFFICE)  # 17:00
    assert (day.after_hours, day.due_day, day.of_today) == (True, TUESDAY, False)
    assert day.window_since() == "2026-11-20T17:00.."  # the close of the day before, not today's
    assert day.window_due() == "2026-11-23..2026-11-24"  # a unit with longer hours has some today


def test_on_a_sunday_it_is_monday_that_counts() -> None:
    day = office_day(START - 24 * HOUR, OFFICE)
    assert (day.working, day.due_day, day.early) == (False, MONDAY, False)
    assert day.window_due() == "2026-11-22..2026-11-23"  # also what is due on the Sunday
    assert day.window_early() == "2026-11-22T00:00..2026-11-23T10:00"
    assert day.window_later() == "2026-11-24.."
    assert day.window_since() == "2026-11-20T17:00.."
    assert day.opens_at == START - 30 * MINUTE


def test_where_all_time_is_working_time_the_day_begins_at_midnight() -> None:
    day = office_day(START, calendar_of(CalendarSpec(kind="24x7"), "Europe/Amsterdam"))
    assert day.window_since() == "2026-11-23T00:00.."
    assert (day.working, day.due_day) == (True, MONDAY)
