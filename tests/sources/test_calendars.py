"""Vietnam's days off: what the package brings, what the law lets in, what the files correct."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from dossiers.time.calendar import Calendar, calendar_of
from dossiers.time.hours import CalendarError
from dossiers.wire.calendar_spec import OFFICE_WEEK, calendar_version
from sources.calendars import OVERRIDES, vn_calendar, vn_office

OFFICE = calendar_of(vn_office(), "Asia/Ho_Chi_Minh")


def days_off(first: str, last: str, calendar: Calendar = OFFICE) -> list[str]:
    """Weekdays from Monday to Friday that are no working days."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    found = []
    while day <= end:
        if day.weekday() < 5 and not calendar.is_working_day(day):
            found.append(day.isoformat()[5:])
        day += timedelta(days=1)
    return found


def test_the_year_2026_as_the_government_decided_it() -> None:
    """Labour Code art. 111 and 112, and the swaps of 2 January and 31 August."""
    tet = ["02-16", "02-17", "02-18", "02-19", "02-20"]
    spring = ["04-27", "04-30", "05-01"]  # 10/3 lunar was Sunday 26 April
    national_day = ["08-31", "09-01", "09-02"]
    assert days_off("2026-01-01", "2026-12-31") == [
        "01-01", "01-02", *tet, *spring, *national_day,
    ]  # fmt: skip
    saturdays = [date(2026, 1, 3) + timedelta(weeks=n) for n in range(52)]
    worked = [day.isoformat() for day in saturdays if OFFICE.is_working_day(day)]
    assert worked == ["2026-01-10", "2026-08-22"]


@pytest.mark.parametrize("year", range(2021, 2036))
def test_every_year_has_the_eleven_days_of_the_law(year: int) -> None:
    """Labour Code art. 112: 1 + 5 + 1 + 1 + 1 + 2; art. 111 moves those on weekends to weekdays.

    Days off that are made up come on top.
    """
    off = days_off(f"{year}-01-01", f"{year}-12-31")
    swapped = [
        day for day in vn_office().make_up_days if not isinstance(day, str)
        and day.instead_of.startswith(str(year))
    ]  # fmt: skip
    assert len(off) - len(swapped) == 11


def test_what_is_not_enacted_does_not_move_a_rest_day_either() -> None:
    """zammad 390: a feed brought in days that are no days off. 24 November 2029 is a Saturday; the
    package moves it to Monday the 26th."""
    fed = holidays.country_holidays("VN", years=[2026, 2029])
    assert date(2026, 11, 24) in fed
    assert date(2029, 11, 26) in fed
    assert days_off("2026-11-01", "2026-11-30") == days_off("2029-11-01", "2029-11-30") == []


def test_every_make_up_day_of_the_package_is_known_with_its_day_off() -> None:
    fed = holidays.country_holidays("VN", years=range(2000, 2036))
    known = {day.day for day in vn_office().make_up_days if not isinstance(day, str)}
    assert {day.isoformat() for day in fed.weekend_workdays} <= known


def test_files_correct_the_package_and_the_later_one_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "2026.toml", tmp_path / "2025.toml"
    first.write_text(
        'version = "a"\ndays_off = [2026-11-24]\nworking_days = [2026-08-31]\n'
        "local_holidays = [2026-03-16]\nmake_up_days = [2026-03-21]\n",
        encoding="utf-8",
    )
    second.write_text('version = "b"\nworking_days = [2025-05-02]\n', encoding="utf-8")
    spec = vn_calendar([first, second], name="Hà Tĩnh")
    calendar = calendar_of(spec, "Asia/Ho_Chi_Minh")
    assert "11-24" in days_off("2026-01-01", "2026-12-31", calendar)
    assert "03-16" in days_off("2026-01-01", "2026-12-31", calendar)
    assert "08-31" not in days_off("2026-01-01", "2026-12-31", calendar)
    assert not calendar.is_working_day(date(2026, 8, 22)), "nothing is left to make up for"
    assert calendar.is_working_day(date(2026, 3, 21))
    assert not calendar.is_working_day(date(2025, 4, 26))
    assert spec.version.endswith(" + a + b")
    assert (spec.name, spec.hours) == ("Hà Tĩnh", OFFICE_WEEK)


def test_the_version_changes_with_a_file_whose_own_version_was_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "2026.toml"
    versions = set()
    for day in ("2026-11-24", "2026-11-25"):
        file.write_text(f'version = "same"\ndays_off = [{day}]\n', encoding="utf-8")
        versions.add(calendar_version(vn_calendar([file])))
    assert len(versions) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "version: Field required"),
        ('version = "1"\nday_off = []', "day_off: Extra inputs are not permitted"),
        ('version = "1"\ndays_off = [2025-01-02]', "2025-01-02 is not in 2026: put it into 2025"),
        ('version = "1"\ndays_off = [', "cannot be read"),
        (
            'version = "1"\nmake_up_days = [{ day = 2026-01-10, instead_of = 2026-01-02 }]',
            "2026-01-10 is to make up for 2026-01-02, which is not off: put that into days_off",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "2026.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CalendarError, match=message) as caught:
        vn_calendar([file])
    assert str(file) in str(caught.value)


def test_the_product_brings_its_files() -> None:
    assert {path.name for path in OVERRIDES.iterdir()} >= {"law.toml", "2026.toml"}
