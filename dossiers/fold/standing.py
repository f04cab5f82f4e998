"""How a course stands at an instant: the verdict, and the instants at which it changes by itself.

late: finish > due, to the millisecond; by rules.on_time_by = "date" only on a later local date. So
is a dossier that is refused or withdrawn after its reception, and then. early: finished on an
earlier local date than due. overdue: open, and ending now would be late. Waiting: the clock stopped
before the due time passed.
"""

from __future__ import annotations

import msgspec

from dossiers.fold.after_end import reopenings_at
from dossiers.fold.policy import settings_of
from dossiers.fold.stops import in_time
from dossiers.reference.context import Context
from dossiers.time.day_table import LATEST
from dossiers.wire.course import Course, Variant
from dossiers.wire.flags import REOPENED
from dossiers.wire.standing import Standing, Verdict

_LATE = frozenset({"overdue", "late"})
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
        standing.breached_at = _breach(course, context)
    step_due = course.step_due_at
    if step_due is not None and verdict in OPEN:
        if now > step_due:
            standing.step_overdue = True
        elif standing.next_at is None or step_due < standing.next_at:
            standing.next_at = step_due + 1
    if course.unrewritten is not None and course.rewritten is not None:
        standing.unrewritten = _judged(standing, course, course.unrewritten, now, context)
        standing.rewritten = _judged(standing, course, course.rewritten, now, context)
    if course.as_shown is not None:
        standing.as_shown = _judged(standing, course, course.as_shown, now, context)
        standing.backdated = (verdict in _LATE) != (standing.as_shown in _LATE)
    if REOPENED in course.flags:
        standing.reopenings = reopenings_at(course, now, context)
        if standing.reopenings.next_at is not None:
            standing.next_at = min(standing.reopenings.next_at, standing.next_at or LATEST)
    return standing


def _breach(course: Course, context: Context) -> int | None:
    """The last instant (ms) that is in time; None without a due time."""
    due = course.due_at
    if due is None or not context.by_date:
        return due
    return context.breach_at(due, course.received_at)


def _judged(
    standing: Standing, course: Course, variant: Variant, now: int, context: Context
) -> Verdict:
    """The verdict by ``variant`` at ``now``. Time passes for it as well, but a closed dossier is
    not looked at again for its sake."""
    read = msgspec.structs.replace(
        course,
        due_at=variant.due_at,
        stopped_at=variant.stopped_at,
        outcome=variant.outcome,
        finished_at=variant.finished_at,
        received_at=variant.received_at or course.received_at,
    )
    verdict = _verdict(read, now, context)
    breach = _breach(read, context)
    looked_at = not course.outcome or course.reopened_at is not None
    if verdict == "within" and breach is not None and looked_at:
        standing.next_at = min(breach + 1, standing.next_at or breach + 1)
    return verdict


def _verdict(course: Course, now: int, context: Context) -> Verdict:
    outcome = course.outcome
    if course.received_at is None:
        if outcome in ("withdrawn", "refused"):
            return outcome
        return "pending" if course.submitted_at is not None and not outcome else "unreceived"
    due, end = course.due_at, course.finished_at
    if outcome and end is not None:
        late = not in_time(course, end, context)
        if outcome != "finished":
            return "late" if late and course.received_at <= end else outcome
        if due is None:
            return "no_due"
        if late:
            return "late"
        calendar = context.calendar  # all have the same time zone
        return "early" if calendar.local_date(end) < calendar.local_date(due) else "on_time"
    if course.stopped_at is not None and in_time(course, course.stopped_at, context):
        return "waiting"
    return "within" if in_time(course, now, context) else "overdue"


def _reception(
    standing: Standing, course: Course, submitted_at: int, now: int, context: Context
) -> None:
    """Chậm tiếp nhận: neither accepted nor refused within 8 working hours of submission, by the
    rules of its day."""
    calendar = context.calendar_named(course.calendar)
    limit_at = calendar.add_hours(submitted_at, context.rules_at(submitted_at).late_reception_hours)
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
    reminders = settings_of(course, context).reminder_hours
    soon_at, levels = context.reminders(due, course.calendar, reminders)
    upcoming = (due if not context.by_date else context.breach_at(due, course.received_at)) + 1
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
