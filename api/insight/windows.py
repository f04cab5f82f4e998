"""Windows of time, as filters name them, in whole minutes on the local clocks.

``1h``, ``24h``, ``7d``, ``30d`` roll and hold the minutes m with minute(now) - W < m <=
minute(now); ``month`` and ``year`` hold those since the local one began: as
dossiers.tallies.vector has it, so that a live figure and its list agree. ``today``; a month
``2026-11``, a year ``2026``; days ``2026-11-23..2026-11-29`` (both included) or local times
``2026-11-29T17:00..2026-11-30T09:30`` (the second one excluded), either end open.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dossiers.tallies.vector import WINDOW_MINUTES
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import EARLIEST, LATEST, instant
from dossiers.time.hours import MINUTE

ROLLING = tuple(WINDOW_MINUTES)
NAMED = (*ROLLING, "month", "year", "today")
MOST_CHARACTERS = 40
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"\d{4}")


class WindowError(ValueError):
    """No window has this name; the text says which there are."""


class Span(NamedTuple):
    """Instants (ms) with ``start`` <= at < ``end``."""

    start: int
    end: int

    @property
    def kept(self) -> Span:
        """Within the times that calendars have and ClickHouse stores."""
        return Span(*(min(max(at, EARLIEST), LATEST) for at in self))


def span_of(window: str, now: int, calendar: Calendar) -> Span:
    """The window of that name at ``now`` (ms). What is dated after ``now`` lies in none that names
    no dates. Raises WindowError."""
    end = (now // MINUTE + 1) * MINUTE
    if window in WINDOW_MINUTES:
        return Span(end - WINDOW_MINUTES[window] * MINUTE, end)
    today = calendar.local_date(now)
    if window == "month":
        return Span(calendar.month_start(now), end)
    if window == "year":
        return Span(_midnight(today.replace(month=1, day=1), calendar), end)
    if window == "today":
        return Span(_midnight(today, calendar), _midnight(today + timedelta(days=1), calendar))
    try:
        return _dated(window, calendar)
    except (ValueError, OverflowError) as error:
        raise WindowError(
            f"{window!r} is no window: write {', '.join(NAMED)}, a month as 2026-11, a year as "
            "2026, or days as 2026-11-23..2026-11-29"
        ) from error


def _dated(window: str, calendar: Calendar) -> Span:
    if _YEAR.fullmatch(window):
        year = int(window)
        return Span(
            _midnight(date(year, 1, 1), calendar), _midnight(date(year + 1, 1, 1), calendar)
        )
    if _MONTH.fullmatch(window):
        first = date.fromisoformat(f"{window}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        return Span(_midnight(first, calendar), _midnight(following, calendar))
    start, dots, end = window.partition("..")
    if not dots or window == dots:
        raise ValueError(window)
    return Span(
        _edge(start, calendar, 0) if start else EARLIEST,
        _edge(end, calendar, 1) if end else LATEST,
    )


def _edge(text: str, calendar: Calendar, days: int) -> int:
    if "T" in text:
        return instant(datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=calendar.zone))
    return _midnight(date.fromisoformat(text) + timedelta(days=days), calendar)


def _midnight(day: date, calendar: Calendar) -> int:
    return instant(datetime.combine(day, time(), calendar.zone))
