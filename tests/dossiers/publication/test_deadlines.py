"""Until when each step is to be done."""

from __future__ import annotations

import pytest

from dossiers.publication.deadlines import closing_after, deadlines, first_opening, names_until
from dossiers.time.calendar import calendar_of
from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay
from tests.dossiers.days import at

ZONE = "Asia/Ho_Chi_Minh"
OFFICE = calendar_of(CalendarSpec(), ZONE)
SWAPPED = calendar_of(
    CalendarSpec(
        days_off=("2026-12-02",),
        make_up_days=(MakeUpDay(day="2026-12-05", instead_of="2026-12-02"),),
    ),
    ZONE,
)


def test_each_step_ends_at_the_closing_time_of_its_last_day() -> None:
    found = deadlines(at("2026-12-01T07:30"), OFFICE, 5, 2, 3)
    assert found == (at("2026-12-08T17:00"), at("2026-12-10T17:00"), at("2026-12-15T17:00"))


def test_days_off_and_days_that_make_up_for_them_count_as_they_are_worked() -> None:
    assert closing_after(at("2026-12-01T10:00"), SWAPPED, 1) == at("2026-12-03T17:00")
    assert closing_after(at("2026-12-04T10:00"), SWAPPED, 1) == at("2026-12-05T17:00")


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-12-01T10:00", "2026-12-01T17:00"),
        ("2026-12-01T17:01", "2026-12-02T17:00"),
        ("2026-12-05T10:00", "2026-12-07T17:00"),
    ],
)
def test_no_days_at_all_is_by_the_end_of_work(moment: str, until: str) -> None:
    assert closing_after(at(moment), OFFICE, 0) == at(until)


def test_a_month_is_frozen_when_the_next_one_first_opens() -> None:
    assert first_opening(at("2026-11-01T00:00"), OFFICE) == at("2026-11-02T07:30")
    assert first_opening(at("2026-12-01T00:00"), OFFICE) == at("2026-12-01T07:30")


@pytest.mark.parametrize(
    ("published", "months", "until"),
    [
        ("2026-11-13T09:00", 12, "2027-11-14T00:00"),
        ("2026-12-31T23:00", 12, "2028-01-01T00:00"),
        ("2026-08-31T09:00", 6, "2027-03-01T00:00"),
        ("2026-11-30T09:00", 1, "2026-12-31T00:00"),
        ("2026-12-15T09:00", 1, "2027-01-16T00:00"),
    ],
)
def test_names_stand_for_whole_months(published: str, months: int, until: str) -> None:
    assert names_until(at(published), months, OFFICE) == at(until)
