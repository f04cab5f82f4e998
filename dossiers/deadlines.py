"""Due times from limits (domain rule: due = appointment date, else reception + limit)."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, timedelta

from dossiers.calendar import HOUR, Calendar, instant
from dossiers.events import Limit


def due_after(received_at: int, limit: Limit, calendar: Calendar) -> int:
    """The instant (ms) at which ``limit`` is used up for a dossier received at ``received_at``.

    Hours and working days are working time: 8 hours are one working day. Calendar days and months
    keep the clock time; where that falls on a day off, they end at closing time of the next
    working day. A reception outside hours counts from the next opening.
    """
    start = calendar.next_working(received_at)
    if limit.unit == "hours":
        return calendar.add(start, limit.amount * HOUR)
    if limit.unit == "working_days":
        return calendar.add(start, limit.amount * calendar.day_length)
    local = calendar.local(start)
    if limit.unit == "days":
        day = local.date() + timedelta(days=limit.amount)
    else:
        day = _add_months(local.date(), limit.amount)
    if not calendar.is_working_day(day):
        return calendar.closing(day)
    return instant(datetime.combine(day, local.time(), calendar.zone))


def _add_months(day: date, amount: int) -> date:
    """31 January plus one month is the last day of February."""
    index = day.year * 12 + day.month - 1 + amount
    year, month = divmod(index, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
