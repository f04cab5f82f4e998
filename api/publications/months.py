"""Months by name, and the last one that is over."""

from __future__ import annotations

import re

from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import month_of

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 2000, 2068  # of the tables of working days


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
