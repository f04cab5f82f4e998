"""The Vietnamese office calendar: public holidays by package, corrected by an override file.

The package guesses future years and misses swapped days, so calendar_vn.toml outranks it.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import holidays
from pydantic import BaseModel, ConfigDict

from dossiers.calendar import FIRST_YEAR
from dossiers.reference import CalendarSpec

_OVERRIDES = Path(__file__).with_name("calendar_vn.toml")
_LAST_YEAR = 2035  # guesses further ahead are worth nothing


class _Year(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days_off: list[date] = []
    working_days: list[date] = []  # the package is wrong: not off
    make_up_days: list[date] = []


class _Overrides(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    not_enacted: list[str] = []  # MM-DD, in every year
    years: list[_Year] = []


@cache
def vn_office() -> CalendarSpec:
    """Days off and make-up days of 2000 to 2035; the version names package and override file."""
    found = holidays.country_holidays("VN", years=range(FIRST_YEAR, _LAST_YEAR + 1))
    overrides = _Overrides.model_validate(tomllib.loads(_OVERRIDES.read_text(encoding="utf-8")))
    off = {day for day in found if day.strftime("%m-%d") not in overrides.not_enacted}
    make_up = set(found.weekend_workdays)
    for year in overrides.years:
        off |= set(year.days_off)
        off -= set(year.working_days)
        make_up |= set(year.make_up_days)
    return CalendarSpec(
        kind="vn-office",
        version=f"holidays {version('holidays')} + {overrides.version}",
        days_off=tuple(sorted(day.isoformat() for day in off if day.weekday() < 5)),
        make_up_days=tuple(sorted(day.isoformat() for day in make_up)),
    )
