"""By how much a stop of the clock moves a due time (docs/deadlines.md, "Stops"): in the limit's own
unit, with fractions and by the calendar alone."""

from __future__ import annotations

from fractions import Fraction

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import LATEST
from dossiers.wire.reference import Rules


def moved(due: int, begin: int, end: int, unit: str, calendar: Calendar, rules: Rules) -> int:
    """``due`` (ms) after the clock stood from ``begin`` to ``end``, as far as ``due`` was set by
    then. ``unit``: of the limit, "" if there is none. Never earlier than ``due``."""
    if end <= begin:
        return due
    if calendar.always:
        return due + end - begin
    by_share = unit == "working_days" or (unit == "hours" and not calendar.by_clock)
    if rules.stop_measure == "working_time" or not (by_share or unit in ("days", "months")):
        return max(due, calendar.add(due, calendar.between(begin, end)))
    if by_share:
        return max(due, _by_share(due, begin, end, calendar))
    return max(due, _by_the_clock(due + end - begin, calendar))


def _by_share(due: int, begin: int, end: int, calendar: Calendar) -> int:
    passed = _days(end, calendar) - _days(begin, calendar)
    if not passed:
        return due
    whole = _days(due, calendar) + passed
    days, rest = divmod(whole.numerator, whole.denominator)
    return calendar.at_share(days, rest, whole.denominator)


def _days(at: int, calendar: Calendar) -> Fraction:
    """How many working days of the calendar lie before ``at``."""
    days, part, whole = calendar.share(at)
    return days + Fraction(part, whole)


def _by_the_clock(at: int, calendar: Calendar) -> int:
    """``at``, but if nobody works then closing time: of the day, or of the next working day."""
    if at >= LATEST:
        return LATEST
    day = calendar.day_of(at)
    closing = calendar.closing_of(day)
    if not calendar.works_on(day):
        return closing
    opening = calendar.next_working(calendar.at_clock(day, 0))
    return at if opening <= at <= closing else closing
