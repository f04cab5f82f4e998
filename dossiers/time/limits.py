"""Due times from limits (domain rule: due = appointment date, else reception + limit).

What is decided here where laws are silent is a setting in dossiers.wire.reference.Rules. How one
due time came about is told by dossiers.reports.due_steps.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import FIRST_YEAR, LAST_YEAR, LATEST, day_number
from dossiers.time.hours import clock_ms
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Rules

DEFAULT_RULES = Rules()
# The number of the first day of each month, to the month after the last.
_MONTHS = [
    day_number(date(year, month, 1))
    for year in range(FIRST_YEAR - 1, LAST_YEAR + 2)
    for month in range(1, 13)
]


def due_after(
    received_at: int, limit: Limit, calendar: Calendar, rules: Rules = DEFAULT_RULES
) -> int:
    """The instant (ms) at which ``limit`` is used up for a dossier received at ``received_at``.

    Hours and working days are working time: 8 hours are one working day of the office, whatever its
    length. Calendar days and months keep the clock time; if that falls on a day off, they end at
    closing time of the next working day. A reception outside hours counts from the next opening.
    LATEST if the limit reaches beyond the calendar.
    """
    unit, amount = limit.unit, limit.amount
    if amount > 0:  # no need to look for the opening: working time begins to count there anyway
        if unit == "hours":
            return calendar.add_hours(received_at, amount)
        if unit == "working_days":
            return calendar.add_working_days(received_at, amount)
    start = begin(received_at, calendar, rules)
    if unit in ("hours", "working_days"):
        return start
    day = calendar.day_of(start)
    target = day + amount if unit == "days" else add_months(day, amount)
    if target >= _MONTHS[-1]:
        return LATEST
    if rules.calendar_days_end == "closing_time" or not calendar.works_on(target):
        return calendar.closing_of(target)
    return calendar.at_clock(target, calendar.clock_of(start))


def same_day_due(received_at: int, calendar: Calendar, rules: Rules = DEFAULT_RULES) -> int:
    """Closing time of the day of reception (ms); from ``rules.same_day_cutoff`` on, and outside
    hours, of the next working day."""
    start = begin(received_at, calendar, rules)
    late = calendar.clock_of(start) >= clock_ms(rules.same_day_cutoff)
    return calendar.closing_of(calendar.day_of(start) + late)


def portal_due(at: int, calendar: Calendar, rules: Rules = DEFAULT_RULES) -> int:
    """A due time as a portal means it: 00:00:00 stands for a date, so for closing time of that day,
    or of the next working day. For portals only: an event log is taken literally."""
    if rules.portal_midnight == "literal" or calendar.clock_of(at) != 0:
        return at
    return calendar.closing_of(calendar.day_of(at))


def begin(received_at: int, calendar: Calendar, rules: Rules = DEFAULT_RULES) -> int:
    """When a limit begins: at the reception, or at the next opening (ms)."""
    start = calendar.next_working(received_at)
    if start != received_at and rules.closing_time_counts:
        just_before = received_at - 1
        if calendar.next_working(just_before) == just_before:
            return received_at
    return start


def add_months(day: int, amount: int) -> int:
    """The same day of a later month, by day number; 31 January plus one month is the last day of
    February. A day beyond the calendar if the calendar ends before."""
    index = bisect_right(_MONTHS, day) - 1
    target = index + amount
    if not 0 <= target < len(_MONTHS) - 1:
        return _MONTHS[-1]
    return min(_MONTHS[target] + day - _MONTHS[index], _MONTHS[target + 1] - 1)
