"""Which month a late list is of, and whose reference data counts for it.

Who is in it is counted in ``dossiers.publication.counting``.
"""

from __future__ import annotations

from datetime import datetime

from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.time.day_table import instant


def month_of(name: str, context: Context) -> Month:
    """The month ``name`` (YYYY-MM) on the local clocks; raises ValueError."""
    first = datetime.strptime(name, "%Y-%m").replace(tzinfo=context.calendar.zone)
    year, month = divmod(first.year * 12 + first.month, 12)
    following = datetime(year, month + 1, 1, tzinfo=context.calendar.zone)
    return Month(name, instant(first), instant(following))


def last_of(month: Month, now: int) -> int:
    """The instant (ms) whose reference data counts for the list as of ``now`` (ms): what begins to
    count with the next month is none of this one's."""
    return min(now, month.end - 1)
