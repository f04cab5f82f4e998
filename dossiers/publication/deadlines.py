"""Until when each step of a list is to be done, in working days of the reform office's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import instant


class Deadlines(NamedTuple):
    """In ms. Each step's days begin when the one before is over."""

    explain_until: int
    review_until: int
    publish_until: int


def deadlines(
    frozen_at: int, calendar: Calendar, explain_days: int, review_days: int, publish_days: int
) -> Deadlines:
    """Of a list frozen at ``frozen_at`` (ms)."""
    explain = closing_after(frozen_at, calendar, explain_days)
    review = closing_after(explain, calendar, review_days)
    return Deadlines(explain, review, closing_after(review, calendar, publish_days))


def closing_after(at: int, calendar: Calendar, days: int) -> int:
    """Closing time (ms) of the last of so many working days. The day of ``at`` (ms) is none of
    them, as terms in days are counted (Civil Code 2015, article 147); without any it is that day's
    own closing time, or the next working day's."""
    for _ in range(days):
        at = calendar.closing(calendar.local(at).date() + timedelta(days=1))
    if days:
        return at
    today = calendar.closing(calendar.local(at).date())
    return today if today >= at else closing_after(at, calendar, 1)


def first_opening(month_end: int, calendar: Calendar) -> int:
    """When (ms) the first working day opens that begins at ``month_end`` (ms, a local midnight) or
    later: from then on the month is frozen."""
    return calendar.next_working(month_end)


def names_until(published_at: int, months: int, calendar: Calendar) -> int:
    """Until when (ms) people are named: the same day so many months later, or that month's last, at
    its end. ``published_at``: ms."""
    published = calendar.local(published_at)
    year, month = divmod(published.year * 12 + published.month + months, 12)
    following = datetime(year, month + 1, 1, tzinfo=calendar.zone)
    last = following - timedelta(days=1)
    day = last.replace(day=min(published.day, last.day))
    return instant(day + timedelta(days=1))
