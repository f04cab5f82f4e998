"""Due times: each rule with its source, and every limit against the walk from minute to minute."""

from __future__ import annotations

import pytest

from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR
from dossiers.time.limits import due_after, portal_due, same_day_due
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Rules
from tests.dossiers.limits import DAYS, HOURS, MONTHS, WORKING_DAYS
from tests.dossiers.offices import OFFICE, OFFICES, ZONE, at, local

CLOSING = Rules(calendar_days_end="closing_time")


@pytest.mark.parametrize(
    ("office", "received", "limit", "due"),
    [
        # Decree 118/2025: 8 working hours are one working day; used up at closing time, not at the
        # next opening.
        ("office", "2026-11-02T07:30", Limit(1, WORKING_DAYS), "2026-11-02T17:00"),
        ("office", "2026-11-02T08:30", Limit(5, WORKING_DAYS), "2026-11-09T08:30"),
        ("office", "2026-11-02T08:30", Limit(40, HOURS), "2026-11-09T08:30"),
        ("office", "2026-11-02T11:00", Limit(1, HOURS), "2026-11-02T13:30"),
        # A working day of a limit is one of the unit, whatever its length; 40 hours and 5 days are
        # the same everywhere.
        ("7.5 hours", "2026-11-02T08:30", Limit(5, WORKING_DAYS), "2026-11-09T08:30"),
        ("7.5 hours", "2026-11-02T08:30", Limit(40, HOURS), "2026-11-09T08:30"),
        ("7.5 hours", "2026-11-02T07:30", Limit(4, HOURS), "2026-11-02T11:15"),
        ("Saturday morning", "2026-11-06T07:30", Limit(2, WORKING_DAYS), "2026-11-07T11:30"),
        ("Saturday morning", "2026-11-06T15:00", Limit(1, WORKING_DAYS), "2026-11-07T10:30"),
        ("Saturday morning", "2026-11-06T15:00", Limit(8, HOURS), "2026-11-07T10:30"),
        # glpi 687, 15429: a reception outside hours gave an instant breach. Closing time itself is
        # outside hours.
        ("office", "2026-11-06T16:59:59", Limit(1, HOURS), "2026-11-09T08:29:59"),
        ("office", "2026-11-06T17:00", Limit(1, HOURS), "2026-11-09T08:30"),
        ("office", "2026-11-06T16:59:59", Limit(3, DAYS), "2026-11-09T16:59:59"),
        ("office", "2026-11-06T17:00", Limit(3, DAYS), "2026-11-12T07:30"),
        ("office", "2026-11-08T23:00", Limit(0, HOURS), "2026-11-09T07:30"),
        # The swap of 2026: 2 January off, made up on Saturday 10 January.
        ("office", "2025-12-31T16:00", Limit(2, HOURS), "2026-01-05T08:30"),
        ("office", "2026-01-09T16:00", Limit(2, HOURS), "2026-01-10T08:30"),
        ("office", "2026-01-09T09:00", Limit(1, DAYS), "2026-01-10T09:00"),
        # Labour Code art. 112: Tết 2026 is 16 to 20 February.
        ("office", "2026-02-13T16:00", Limit(1, WORKING_DAYS), "2026-02-23T16:00"),
        ("office", "2026-02-13T16:00", Limit(4, DAYS), "2026-02-23T17:00"),
        # Labour Code art. 111: 10/3 lunar, Sunday 26 April 2026, moves to Monday.
        ("office", "2026-04-24T16:00", Limit(1, WORKING_DAYS), "2026-04-28T16:00"),
        # Labour Code art. 112: National Day has two days, in 2026 the 1st and the 2nd.
        ("office", "2026-08-31T16:00", Limit(1, WORKING_DAYS), "2026-09-03T16:00"),
        ("office", "2026-08-31T16:00", Limit(1, DAYS), "2026-09-03T17:00"),
        # Decided but not enacted: 24 November is a working day.
        ("office", "2026-11-23T16:00", Limit(1, WORKING_DAYS), "2026-11-24T16:00"),
        # Decree 118/2025: a deadline in calendar days that ends on a day off rolls forward.
        ("office", "2026-11-02T09:00", Limit(3, DAYS), "2026-11-05T09:00"),
        ("office", "2026-11-02T09:00", Limit(5, DAYS), "2026-11-09T17:00"),
        ("Saturday morning", "2026-11-02T09:00", Limit(5, DAYS), "2026-11-07T09:00"),
        ("Saturday morning", "2026-11-02T09:00", Limit(6, DAYS), "2026-11-09T17:00"),
        ("Tuesday to Friday", "2026-11-05T09:00", Limit(2, DAYS), "2026-11-10T17:00"),
        # A month later is the same day, or the month's last: 28 February 2026 is a Saturday.
        ("office", "2026-10-30T09:00", Limit(1, MONTHS), "2026-11-30T09:00"),
        ("office", "2026-03-31T09:00", Limit(11, MONTHS), "2027-03-01T17:00"),
        ("Saturday morning", "2026-01-30T09:00", Limit(1, MONTHS), "2026-02-28T09:00"),
        ("office", "2028-01-31T09:00", Limit(1, MONTHS), "2028-02-29T09:00"),
        ("office", "2026-12-31T09:00", Limit(1, MONTHS), "2027-02-01T17:00"),
    ],
)
def test_due_times_people_argue_about(office: str, received: str, limit: Limit, due: str) -> None:
    calendar = OFFICES[office]
    assert local(due_after(at(received), limit, calendar), calendar) == local(at(due), calendar)
    assert due_after(at(received), limit, calendar) == at(due)


def test_31_january_plus_one_month_is_the_last_of_february() -> None:
    """It is a Saturday in 2026 and rolls forward; on a calendar without days off it stays."""
    always = Calendar(CalendarSpec(kind="24x7"), ZONE)
    received = at("2026-01-31T09:00")
    assert due_after(received, Limit(1, MONTHS), always) == at("2026-02-28T09:00")
    assert due_after(at("2026-01-30T09:00"), Limit(1, MONTHS), OFFICE) == at("2026-03-02T17:00")


@pytest.mark.parametrize(
    ("office", "received", "due"),
    [
        # Same-day procedures (Decree 118/2025): closing time; from 15:00:00 the next working day's.
        ("office", "2026-11-02T14:59:59.999", "2026-11-02T17:00"),
        ("office", "2026-11-02T15:00", "2026-11-03T17:00"),
        ("office", "2026-11-06T15:00", "2026-11-09T17:00"),
        ("office", "2026-11-02T12:00", "2026-11-02T17:00"),
        # Outside hours it counts from the next working day, once.
        ("office", "2026-11-06T18:00", "2026-11-09T17:00"),
        ("office", "2026-11-08T16:00", "2026-11-09T17:00"),
        ("office", "2026-02-13T15:30", "2026-02-23T17:00"),
        ("Saturday morning", "2026-11-07T10:00", "2026-11-07T11:30"),
        ("Saturday morning", "2026-11-07T11:30", "2026-11-09T17:00"),
    ],
)
def test_same_day_procedures(office: str, received: str, due: str) -> None:
    assert same_day_due(at(received), OFFICES[office]) == at(due)


def test_the_cutoff_of_same_day_procedures_is_a_setting() -> None:
    rules = Rules(same_day_cutoff="10:30")
    assert same_day_due(at("2026-11-02T10:29"), OFFICE, rules) == at("2026-11-02T17:00")
    assert same_day_due(at("2026-11-02T10:30"), OFFICE, rules) == at("2026-11-03T17:00")


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ("2026-11-02T00:00", "2026-11-02T17:00"),
        ("2026-11-07T00:00", "2026-11-09T17:00"),  # a Saturday
        ("2026-11-02T00:00:00.001", "2026-11-02T00:00:00.001"),
        ("2026-11-02T17:30", "2026-11-02T17:30"),
    ],
)
def test_midnight_from_a_portal_is_a_date(given: str, due: str) -> None:
    assert portal_due(at(given), OFFICE) == at(due)
    assert portal_due(at(given), OFFICE, Rules(portal_midnight="literal")) == at(given)


def test_midnight_from_a_portal_on_a_calendar_without_hours_stays_on_its_day() -> None:
    always = Calendar(CalendarSpec(kind="24x7"), ZONE)
    assert portal_due(at("2026-11-07T00:00"), always) == at("2026-11-08T00:00") - 1


def test_a_reminder_before_the_due_time_falls_within_hours() -> None:
    """glpi 22678: "1 hour before" landed at 00:00 on a day of two segments."""
    assert OFFICE.subtract(at("2026-11-02T13:30"), HOUR) == at("2026-11-02T11:00")
    assert OFFICE.subtract(at("2026-11-02T14:00"), HOUR) == at("2026-11-02T13:00")
    assert OFFICE.subtract(at("2026-11-02T08:00"), HOUR) == at("2026-10-30T16:30")


def test_closing_time_can_count_as_within_hours() -> None:
    counts = Rules(closing_time_counts=True)
    assert due_after(at("2026-11-02T17:00"), Limit(1, DAYS), OFFICE) == at("2026-11-04T07:30")
    assert due_after(at("2026-11-02T17:00"), Limit(1, DAYS), OFFICE, counts) == at(
        "2026-11-03T17:00"
    )
    assert due_after(at("2026-11-02T17:01"), Limit(1, DAYS), OFFICE, counts) == at(
        "2026-11-04T07:30"
    )


def test_only_the_very_closing_time_counts_as_within_hours() -> None:
    counts = Rules(closing_time_counts=True)
    closing = at("2026-11-02T17:00")
    for late, due in ((0, at("2026-11-03T17:00")), (1, at("2026-11-04T07:30"))):
        assert due_after(closing + late, Limit(1, DAYS), OFFICE, counts) == due


def test_no_hours_are_used_up_at_once_also_outside_hours() -> None:
    evening = at("2026-11-02T19:00")
    for office in OFFICES.values():
        assert office.add_hours(evening, 0) == evening
