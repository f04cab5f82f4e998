"""What a stop of the clock (status 5, 6, 8) does to a due time.

A stop is measured in the unit in which the limit was given, and added in that unit: whoever
measures it by the calendar and adds it as working time counts a weekend on hold twice. Only stops
that began in time are asked for here: one that began after the due time moves nothing.
"""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import LATEST
from dossiers.time.limits import DEFAULT_RULES
from dossiers.wire.course import Course
from dossiers.wire.facts import SuspendedFact
from dossiers.wire.reference import Rules


def rules_of(course: Course, at: int, context: Context) -> Rules:
    """A dossier keeps those of its day of reception; what came before it has those of its day."""
    return context.rules_at(at if course.received_at is None else course.received_at)


def stops_clock(course: Course, fact: SuspendedFact, context: Context) -> bool:
    """Whether the clock stops by ``fact``: by status 8 only if the rules say so."""
    return fact.status != 8 or rules_of(course, fact.occurred_at, context).stops_status_8


def in_time(course: Course, at: int, context: Context) -> bool:
    """Whether ``at`` (ms) is not after the due time has passed; always so without a due time."""
    due = course.due_at
    if due is None or at <= due:
        return True
    return context.by_date and at <= context.breach_at(due, course.received_at)


def due_after_stop(course: Course, stopped_at: int, at: int, context: Context) -> tuple[int, bool]:
    """The due time of ``course`` after a stop (ms) that began in time, and whether the limit begins
    anew. It is never earlier than it was, nor than the end of the stop."""
    due = course.due_at
    assert due is not None  # noqa: S101 (for the type checker)
    rules = rules_of(course, at, context)
    if rules.stop_mode == "restart" and course.received_at is not None:
        again = again_from(course, at, rules, context)
        return max(due, at, again, at if course.promised_at is None else course.promised_at), True
    if at <= stopped_at:
        return due, False  # a stop of no length moves nothing
    since = course.due_since
    begin = stopped_at if since is None or since < stopped_at else since
    unit = course.limit.unit if course.limit is not None else ""
    calendar = context.calendar_named(course.calendar)
    return resume_shift(due, begin, at, unit, calendar, rules), False


def again_from(course: Course, at: int, rules: Rules, context: Context) -> int:
    """The due time (ms) by the whole limit from ``at`` on; if nothing limits it, by as much
    working time as there was until the first due time."""
    due = context.due_of(at, course.procedure, course.limit, course.calendar, rules)
    if due is not None:
        return due
    first, received = course.first_due_at, course.received_at
    if first is None or received is None:
        return at
    calendar = context.calendar_named(course.calendar)
    return calendar.add(at, max(0, calendar.between(received, first)))


def resume_shift(
    due: int,
    stopped_at: int,
    resumed_at: int,
    limit_unit: str,
    calendar: Calendar,
    rules: Rules = DEFAULT_RULES,
) -> int:
    """The due time (ms) moved by a stop, or by the part of it after the due time was set; never
    earlier than it was, nor than the end of the stop. ``limit_unit``: LimitUnit, or "" if it was
    given without a limit.

    Hours if they count by the clock: by working time. Else hours and working days: by the share
    of working days that passed, so by working time if all days are equally long. No limit: by
    working time. Days and months: by the time that passed (see ``within_day``).
    """
    moved = shifted(due, stopped_at, resumed_at, limit_unit, calendar, rules)
    return max(due, moved, resumed_at)


def shifted(
    due: int, stopped_at: int, resumed_at: int, limit_unit: str, calendar: Calendar, rules: Rules
) -> int:
    """``due`` and the stop (ms), added up; see resume_shift."""
    if resumed_at <= stopped_at:
        return due
    if by_working_time(limit_unit, calendar, rules):
        return calendar.add(due, calendar.between(stopped_at, resumed_at))
    if limit_unit in ("hours", "working_days"):
        return _shift_by_share(due, stopped_at, resumed_at, calendar)
    return within_day(due + resumed_at - stopped_at, calendar)


def by_working_time(limit_unit: str, calendar: Calendar, rules: Rules) -> bool:
    """Whether a stop is as long as the working time in it, wherever the due time lies."""
    if calendar.always or not limit_unit or rules.stop_measure == "working_time":
        return True
    if limit_unit == "hours":
        return calendar.by_clock or calendar.even
    return limit_unit == "working_days" and calendar.even


def within_day(at: int, calendar: Calendar) -> int:
    """``at`` (ms) from opening to closing of a working day, both included; else closing time of
    that day, on a day off of the next working day."""
    day = calendar.day_of(at)
    closing = calendar.closing_of(day)
    if calendar.works_on(day) and calendar.opening_of(day) <= at <= closing:
        return at
    return min(closing, LATEST)


def _shift_by_share(due: int, stopped_at: int, resumed_at: int, calendar: Calendar) -> int:
    day_0, part_0, whole_0 = calendar.share(stopped_at)
    day_1, part_1, whole_1 = calendar.share(resumed_at)
    if (day_0, part_0) == (day_1, part_1):
        return due  # no working time passed
    day, part, whole = calendar.share(due)
    sum_of_parts = part * whole_0 * whole_1 + part_1 * whole_0 * whole - part_0 * whole_1 * whole
    # A due time after closing is a share of nothing more: it must not come back to closing time.
    return max(due, calendar.at_share(day + day_1 - day_0, sum_of_parts, whole * whole_0 * whole_1))
