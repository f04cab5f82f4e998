"""The Vietnamese office calendar: public holidays by package, corrected by override files.

The package guesses future years and misses swapped days, so the files in calendar_vn/ outrank it:
law.toml says which of its holidays count, and a file for each year what the government decided.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import holidays
from pydantic import BaseModel, ConfigDict, ValidationError

from dossiers.time.day_table import FIRST_YEAR
from dossiers.time.hours import CalendarError
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec, MakeUpDay, Week

OVERRIDES = Path(__file__).with_name("calendar_vn")
_LAST_YEAR = 2035  # guesses further ahead are worth nothing
_MOVED = re.compile(r" \([^()]*\)$")  # "(nghỉ bù)": art. 111 moved it from a weekly rest day
_SWAPPED = re.compile(r"thay cho ngày (\d\d)/(\d\d)/(\d{4})")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Law(_Model):
    version: str
    days_off: frozenset[str]


class _MakeUp(_Model):
    day: date
    instead_of: date


class YearFile(_Model):
    """The decisions of one year. ``working_days``: the package is wrong, they are not off, and
    nothing is made up for them."""

    version: str
    days_off: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
    make_up_days: tuple[_MakeUp | date, ...] = ()
    local_holidays: tuple[date, ...] = ()


@cache
def vn_office() -> CalendarSpec:
    """Days off and make-up days of 2000 to 2035, with the override files of the product."""
    return vn_calendar(sorted(OVERRIDES.glob("2*.toml")))


def vn_calendar(
    year_files: Iterable[Path], *, name: str = "", hours: Week = OFFICE_WEEK
) -> CalendarSpec:
    """The calendar of the package and the given files; a later file outranks an earlier one.

    ``year_files``: named by their year, such as 2026.toml. The version names the package and every
    file. Raises CalendarError if a file cannot be used.
    """
    law = _read(OVERRIDES / "law.toml", _Law)
    off, made_up = _package(law.days_off)
    local: set[date] = set()
    versions = [f"holidays {version('holidays')}", law.version]
    for path in year_files:
        year = _read(path, YearFile)
        _check_year(path, year)
        off = (off | set(year.days_off)) - set(year.working_days)
        made_up = {
            d: off_day for d, off_day in made_up.items() if off_day is None or off_day in off
        }
        for entry in year.make_up_days:
            if not isinstance(entry, _MakeUp):
                made_up[entry] = None
                continue
            made_up[entry.day] = entry.instead_of
            if entry.instead_of not in off:
                raise CalendarError(
                    f"{path}: {entry.day} is to make up for {entry.instead_of}, which is not off: "
                    "put that into days_off, or correct instead_of"
                )
        local |= set(year.local_holidays)
        versions.append(year.version)
    return CalendarSpec(
        kind="vn-office",
        name=name,
        version=" + ".join(versions),
        hours=hours,
        days_off=tuple(sorted(day.isoformat() for day in off)),
        local_holidays=tuple(sorted(day.isoformat() for day in local)),
        make_up_days=tuple(
            day.isoformat()
            if instead_of is None
            else MakeUpDay(day=day.isoformat(), instead_of=instead_of.isoformat())
            for day, instead_of in sorted(made_up.items())
        ),
    )


def _package(named: frozenset[str]) -> tuple[set[date], dict[date, date | None]]:
    """Days off, and make-up days with the day that each makes up for."""
    found = holidays.country_holidays("VN", years=range(FIRST_YEAR, _LAST_YEAR + 1), language="vi")
    off: set[date] = set()
    made_up: dict[date, date | None] = {}
    for day in found:
        for label in found.get_list(day):
            if swapped := _SWAPPED.search(label):
                number, month, year = map(int, swapped.groups())
                made_up[date(year, month, number)] = day
                off.add(day)
            elif _MOVED.sub("", label) in named:
                off.add(day)
    return off, made_up


def _check_year(path: Path, year: YearFile) -> None:
    """Every day belongs to the file's year, so that a typing error in a year is seen."""
    days = [e.day if isinstance(e, _MakeUp) else e for e in year.make_up_days]
    for day in (*year.days_off, *year.working_days, *days, *year.local_holidays):
        if path.stem.isdecimal() and day.year != int(path.stem):
            raise CalendarError(f"{path}: {day} is not in {path.stem}: put it into {day.year}.toml")


_File = TypeVar("_File", bound=BaseModel)


def _read(path: Path, kind: type[_File]) -> _File:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CalendarError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CalendarError(f"{path}: {where}: {first['msg']}") from None
