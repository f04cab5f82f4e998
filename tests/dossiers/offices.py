"""Offices to compute due times for, and their times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from dossiers.time.calendar import Calendar, calendar_of
from dossiers.time.day_table import instant
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec, MakeUpDay, Week
from dossiers.wire.facts import Limit, LimitUnit

ZONE = "Asia/Ho_Chi_Minh"
HANOI = ZoneInfo(ZONE)
_DAY = OFFICE_WEEK.mon
_SHORT = ("07:30-11:30", "13:30-17:00")
# 2026 as decided: New Year with 2 January made up on the 10th, Tết, and National Day's two days.
SPEC = CalendarSpec(
    days_off=(
        "2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19",
        "2026-02-20", "2026-04-27", "2026-04-30", "2026-05-01", "2026-09-01", "2026-09-02",
    ),
    make_up_days=(MakeUpDay(day="2026-01-10", instead_of="2026-01-02"),),
)  # fmt: skip
SPECS = {
    "office": SPEC,
    "7.5 hours": msgspec.structs.replace(
        SPEC, hours=Week(mon=_SHORT, tue=_SHORT, wed=_SHORT, thu=_SHORT, fri=_SHORT)
    ),
    "Saturday morning": msgspec.structs.replace(
        SPEC,
        hours=msgspec.structs.replace(OFFICE_WEEK, sat=("07:30-11:30",)),
        local_holidays=("2026-03-14", "2026-03-16"),
    ),
    "Tuesday to Friday": msgspec.structs.replace(
        SPEC,
        hours=Week(tue=_DAY, wed=("08:00-12:00",), thu=("07:00-19:00",), fri=("08:00-15:20",)),
    ),
}
# Desks whose hours count by the clock: always open, closed for a minute, two lengths of days.
_ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK_SPECS = {
    "24 hours": CalendarSpec(hours=Week(**dict.fromkeys(_ALL_WEEK, ("00:00-24:00",)))),
    "until 23:59": CalendarSpec(hours=Week(**dict.fromkeys(_ALL_WEEK, ("00:00-23:59",)))),
    "long days": msgspec.structs.replace(
        SPEC,
        hours=Week(mon=("06:00-18:01",), wed=("00:00-12:00", "13:00-24:00"), sat=("00:00-24:00",)),
    ),
}
CLOCKS = {name: calendar_of(spec, ZONE) for name, spec in CLOCK_SPECS.items()}
OFFICES = {name: calendar_of(spec, ZONE) for name, spec in SPECS.items()}
OFFICE = OFFICES["office"]
_FIRST = instant(datetime(2025, 12, 1, tzinfo=HANOI))
_LAST = instant(datetime(2026, 12, 1, tzinfo=HANOI))

clocks = st.sampled_from(sorted(CLOCKS)).map(CLOCKS.__getitem__)
offices = st.sampled_from(sorted(OFFICES)).map(OFFICES.__getitem__)
moments = st.integers(_FIRST, _LAST)
units: st.SearchStrategy[LimitUnit] = st.sampled_from(["hours", "working_days", "days", "months"])
_MOST: dict[LimitUnit, int] = {"hours": 80, "working_days": 12, "days": 30, "months": 5}
limits = units.flatmap(lambda unit: st.builds(Limit, st.integers(0, _MOST[unit]), st.just(unit)))
# Times lie close to each other, or differences of a few hours would never be tried.
gaps = st.integers(0, 12 * 86_400_000) | st.integers(0, 3_600_000)


def at(text: str) -> int:
    """Local time in Hanoi."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=HANOI))


def local(instant_: int, calendar: Calendar = OFFICE) -> str:
    """The reverse of ``at``, to compare failures by eye."""
    return calendar.local(instant_).replace(tzinfo=None).isoformat(timespec="minutes")
