"""When the limit of a dossier's present step is used up, fact by fact.

The internal procedure gives its steps limits in working time (domain rule: step deadlines). A step
begins with the reception, or with the first fact that names it; the clock's stops are not counted;
a step that comes back goes on with what it had left. Whatever it does, the dossier's own due time
outranks it. Of a procedure without steps nothing is kept.
"""

from __future__ import annotations

from dossiers.context import Context
from dossiers.course import Course


def start_step(course: Course, at: int, context: Context) -> None:
    """The present step runs from ``at`` (ms): ``step_due_at`` is when its limit is used up.

    Nothing runs before the reception, while the clock is stopped, or after the end.
    """
    if course.received_at is None or course.stopped_at is not None or course.outcome:
        return
    limits = context.steps_of(course.procedure, course.calendar)
    step = context.step_id(course.procedure, course.step) if limits else ""
    limit = limits.get(step)
    if limit is None:
        course.step_due_at = None
        return
    left = dict(course.steps_left).get(step, limit) if course.steps_left else limit
    course.step_due_at = context.calendar_named(course.calendar).add(at, left)


def change_step(course: Course, step: str, at: int, context: Context) -> None:
    """``step`` takes the place of the present one, for which what is left of it is kept; another
    spelling of the present one changes nothing."""
    procedure = course.procedure
    if context.step_id(procedure, step) == context.step_id(procedure, course.step):
        course.step = step
        return
    if not course.outcome:
        _leave(course, at, context)
    course.step = step
    start_step(course, at, context)


def stop_step(course: Course, at: int, context: Context) -> None:
    """The clock stops. A step whose limit has been used up by then stays overdue."""
    due = course.step_due_at
    if due is not None and at <= due:
        _keep(course, context.calendar_named(course.calendar).between(at, due), context)
        course.step_due_at = None


def resume_step(course: Course, at: int, restarts: bool, context: Context) -> None:
    """The clock runs again; ``restarts``: every limit begins anew."""
    if restarts:
        _leave(course, at, context)
        course.steps_left = ()
    if course.step_due_at is None:
        start_step(course, at, context)


def _leave(course: Course, at: int, context: Context) -> None:
    due = course.step_due_at
    if due is None:
        return
    if at > due:
        course.step_breaches += (due,)
        _keep(course, 0, context)
    else:
        _keep(course, context.calendar_named(course.calendar).between(at, due), context)
    course.step_due_at = None


def _keep(course: Course, left: int, context: Context) -> None:
    step = context.step_id(course.procedure, course.step)
    others = tuple(pair for pair in course.steps_left if pair[0] != step)
    course.steps_left = (*others, (step, left))
