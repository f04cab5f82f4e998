"""What a stop of the clock (status 5, 6, 8) does to a due time.

A stop is measured in the unit in which the limit was given, and added in that unit: whoever
measures it by the calendar and adds it as working time counts a weekend on hold twice.
"""

from __future__ import annotations

from dossiers.calendar import LATEST, Calendar
from dossiers.deadlines import DEFAULT_RULES
from dossiers.reference import Rules


def resume_shift(
    due: int,
    stopped_at: int,
    resumed_at: int,
    limit_unit: str,
    calendar: Calendar,
    rules: Rules = DEFAULT_RULES,
) -> int:
    """The due time (ms) after a stop. ``limit_unit``: LimitUnit, or "" where the due time was given
    without a limit.

    Hours where they count by the clock: by working time. Else hours and working days: by the share
    of working days that passed, so by working time where all days are equally long. Days and
    months: by the local days between the two dates, keeping the clock time; on a day off, closing
    time of the next working day. No limit: by working time. A stop that begins after the due time
    changes nothing: the dossier stays overdue by what it was.
    """
    if stopped_at > due or resumed_at <= stopped_at:
        return due
    if calendar.always or not limit_unit or rules.stop_measure == "working_time":
        return calendar.add(due, calendar.between(stopped_at, resumed_at))
    if limit_unit == "hours" and calendar.by_clock:
        return calendar.add(due, calendar.between(stopped_at, resumed_at))
    if limit_unit in ("hours", "working_days"):
        return _shift_by_share(due, stopped_at, resumed_at, calendar)
    days = calendar.day_of(resumed_at) - calendar.day_of(stopped_at)
    if not days:
        return due
    target = calendar.day_of(due) + days
    if not calendar.works_on(target):
        return calendar.closing_of(target)
    return min(calendar.at_clock(target, calendar.clock_of(due)), LATEST)


def _shift_by_share(due: int, stopped_at: int, resumed_at: int, calendar: Calendar) -> int:
    if calendar.even:
        return calendar.add(due, calendar.between(stopped_at, resumed_at))
    day_0, part_0, whole_0 = calendar.share(stopped_at)
    day_1, part_1, whole_1 = calendar.share(resumed_at)
    if (day_0, part_0) == (day_1, part_1):
        return due  # no working time passed
    day, part, whole = calendar.share(due)
    sum_of_parts = part * whole_0 * whole_1 + part_1 * whole_0 * whole - part_0 * whole_1 * whole
    # A due time after closing is a share of nothing more: it must not come back to closing time.
    return max(due, calendar.at_share(day + day_1 - day_0, sum_of_parts, whole * whole_0 * whole_1))
