"""How a course stands at an instant: the verdict, and the instants at which it changes by itself.

late: finish > due, to the millisecond. early: finished on an earlier local date than due.
overdue: open and now > due. Waiting: the clock stopped before the due time passed.
"""

from __future__ import annotations

import msgspec

from dossiers.context import Context
from dossiers.fold import Course


class Standing(msgspec.Struct):
    """``verdict`` as in DossierRecord.standing. ``next_at``: the next instant (> now) at which
    time alone changes verdict, due_soon, late_reception or an alert; None if there is none."""

    verdict: str
    due_soon: bool = False
    late_reception: bool = False
    late_reception_at: int | None = None
    breached_at: int | None = None
    levels: tuple[int, ...] = ()  # alert levels (working hours left) that are reached
    next_at: int | None = None


OPEN = frozenset({"within", "waiting", "overdue"})


def standing_at(course: Course, now: int, context: Context) -> Standing:
    """The standing of ``course`` at ``now`` (ms)."""
    standing = Standing(_verdict(course, now, context))
    verdict = standing.verdict
    if course.submitted_at is not None:
        _reception(standing, course, course.submitted_at, now, context)
    if verdict == "within":
        _upcoming(standing, course, now, context)
    elif verdict in ("overdue", "late"):
        standing.breached_at = course.due_at
    return standing


def _verdict(course: Course, now: int, context: Context) -> str:
    outcome = course.outcome
    if outcome == "refused":
        return "refused"
    if course.received_at is None:
        if outcome == "withdrawn":
            return "withdrawn"
        return "pending" if course.submitted_at is not None and not outcome else "unreceived"
    due, end = course.due_at, course.finished_at
    if outcome and end is not None:
        if outcome == "withdrawn":
            return "late" if due is not None and end > due else "withdrawn"
        if due is None:
            return "no_due"
        if end > due:
            return "late"
        calendar = context.calendar  # all have the same time zone
        return "early" if calendar.local_date(end) < calendar.local_date(due) else "on_time"
    if course.stopped_at is not None and (due is None or course.stopped_at <= due):
        return "waiting"
    return "overdue" if due is not None and now > due else "within"


def _reception(
    standing: Standing, course: Course, submitted_at: int, now: int, context: Context
) -> None:
    """Chậm tiếp nhận: neither accepted nor refused within 8 working hours of submission."""
    calendar = context.calendar_named(course.calendar)
    limit_at = calendar.add_hours(submitted_at, context.rules.late_reception_hours)
    if standing.verdict == "pending":
        answered = now
        standing.next_at = limit_at + 1 if now <= limit_at else None
    elif course.received_at is not None:
        answered = course.received_at
    else:
        answered = course.finished_at if course.finished_at is not None else now
    if answered > limit_at:
        standing.late_reception = True
        standing.late_reception_at = limit_at


def _upcoming(standing: Standing, course: Course, now: int, context: Context) -> None:
    due = course.due_at
    if due is None:
        return
    soon_at, levels = context.reminders(due, course.calendar)
    upcoming = due + 1
    if now >= soon_at:
        standing.due_soon = True
    else:
        upcoming = soon_at
    for hours, at in levels:
        if now >= at:
            standing.levels += (hours,)
        elif at < upcoming:
            upcoming = at
    standing.next_at = upcoming
