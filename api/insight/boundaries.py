"""Open dossiers by working hours to and since their due time: instants instead of dossiers.

So many working hours from now are one instant for each calendar. So a class of the backlog is a
range of due times for each calendar that dossiers run by, and ClickHouse counts by comparing.
"""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.time.hours import HOUR

# By name: working hours to the due time from which it is in the class, and to which.
LEFT_HOURS: dict[str, tuple[int, int | None]] = {
    "to16": (0, 16),  # less those that are due soon
    "to40": (16, 40),
    "over40": (40, None),
    "upto40": (0, 40),  # to16 and to40 together
}
AGE_HOURS: dict[str, tuple[int, int | None]] = {
    "under8": (0, 8),
    "to24": (8, 24),
    "over24": (24, None),
}
Range = tuple[int, int]  # due times (ms) with low < due_at <= high


def ranges_left(name: str, now: int, context: Context) -> dict[str, Range]:
    """Due times with that much working time left at ``now`` (ms), by name of calendar."""
    low, high = LEFT_HOURS[name]
    return {
        key: (_ahead(calendar, now, low), LATEST if high is None else _ahead(calendar, now, high))
        for key, calendar in calendars(context)
    }


def ranges_age(name: str, now: int, context: Context) -> dict[str, Range]:
    """Due times that passed so much working time before ``now`` (ms), by name of calendar."""
    low, high = AGE_HOURS[name]
    return {
        key: (EARLIEST if high is None else _back(calendar, now, high), _back(calendar, now, low))
        for key, calendar in calendars(context)
    }


def calendars(context: Context) -> Iterable[tuple[str, Calendar]]:
    """Those that dossiers run by; "" is the reference's own."""
    named = {spec.name for spec in context.reference.calendars} - {""}
    return [(name, context.calendar_named(name)) for name in ("", *sorted(named))]


def _ahead(calendar: Calendar, now: int, hours: int) -> int:
    """The latest due time with at most so many working hours left; none of what is overdue."""
    if not hours:
        return EARLIEST
    return calendar.next_working(calendar.add(now, hours * HOUR))  # the same amount until it opens


def _back(calendar: Calendar, now: int, hours: int) -> int:
    """The latest due time since which at least so many working hours have passed."""
    return LATEST if not hours else calendar.subtract(now, hours * HOUR)
