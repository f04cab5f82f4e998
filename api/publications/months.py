"""Months of late lists: when one is over, when its list is due, and until when each step is."""

from __future__ import annotations

import re
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import month_of
from dossiers.time.calendar import Calendar

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 2000, 2068  # of the tables of working days


class Deadlines(NamedTuple):
    """In ms, data time."""

    explain_until: int
    review_until: int
    publish_until: int


def month_named(name: str, context: Context) -> Month | None:
    """``name``: YYYY-MM; None if that is no month."""
    if not _MONTH.fullmatch(name) or not FIRST_YEAR <= int(name[:4]) <= LAST_YEAR:
        return None
    return month_of(name, context)


def month_before(at: int, context: Context) -> Month:
    """The last month that is over at ``at`` (ms)."""
    local = context.calendar.local_date(at)
    year, month = divmod(local.year * 12 + local.month - 2, 12)
    return month_of(f"{year}-{month + 1:02d}", context)


def frozen_from(month: Month, context: Context, scope: str = "") -> int:
    """When the first working day after the month begins (ms): from then on it is frozen."""
    calendar = context.calendar_for(scope)
    day = calendar.day_of(month.end)
    while not calendar.works_on(day):
        day += 1
    return calendar.opening_of(day)


def deadlines(calendar: Calendar, at: int, days: tuple[int, int, int]) -> Deadlines:
    """Of a list that is frozen at ``at`` (ms): the closing times of so many working days after that
    day, each step's after those of the step before."""
    closing = []
    day = calendar.day_of(at)
    for count in days:
        for _ in range(count):
            day += 1
            while not calendar.works_on(day):
                day += 1
        closing.append(max(at, calendar.closing_of(day)))
    return Deadlines(*closing)
