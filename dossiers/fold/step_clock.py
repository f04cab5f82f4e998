"""When the limit of a dossier's present step is used up, fact by fact.

The internal procedure gives its steps limits in working time (domain rule: step deadlines). A step
begins with the reception, or with the first fact that names it; the clock's stops are not counted;
a step that comes back continues with what it had left. A step that the procedure does not know
belongs to the known one before it, whose limit runs on; the first ones start no clock. Whatever it
does, the dossier's own due time outranks it. Of a procedure without steps nothing is kept.
"""

from __future__ import annotations

from dossiers.fold.notes import FoldNotes
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.flags import STEP_UNKNOWN


def begin_steps(course: Course, at: int, context: Context, notes: FoldNotes) -> None:
    """The procedure is known, or another one than before, since ``at`` (ms): which of the steps
    that were named so far are its own, and the last one begins."""
    notes.flags.discard(STEP_UNKNOWN)
    limits = context.steps_of(course.procedure, course.calendar)
    if limits and notes.named:
        course.step, course.known_step, course.step_over = "", "", False
        for step, over in notes.named:
            if context.step_id(course.procedure, step) in limits:
                course.step, course.known_step, course.step_over = step, "", over
            else:
                _unknown(course, step, over, limits, context, notes)
    start_step(course, at, context)


def start_step(course: Course, at: int, context: Context) -> None:
    """The present step runs from ``at`` (ms): ``step_due_at`` is when its limit is used up.

    Nothing runs before the reception, while the clock is stopped, or after the end.
    """
    if course.received_at is None or course.stopped_at is not None or course.outcome:
        return
    limits = context.steps_of(course.procedure, course.calendar)
    step = _running(course, context) if limits else ""
    limit = limits.get(step)
    if limit is None or course.step_over:
        course.step_due_at = None
        return
    left = dict(course.steps_left).get(step, limit) if course.steps_left else limit
    course.step_due_at = context.calendar_named(course.calendar).add(at, left)


def change_step(course: Course, step: str, at: int, context: Context, notes: FoldNotes) -> None:
    """``step`` takes the place of the present one, for which what is left of it is kept; another
    spelling of the present one changes nothing, and an unknown one nothing but its name.
    ``at``: ms."""
    limits = context.steps_of(course.procedure, course.calendar)
    if not limits:
        notes.named.append((step, False))
        course.step, course.step_over = step, False
        return
    if course.received_at is None:
        notes.named.append((step, False))
    named = context.step_id(course.procedure, step)
    if named not in limits:
        _unknown(course, step, False, limits, context, notes)
        return
    if named == _running(course, context) and not course.step_over:
        course.step, course.known_step = step, ""
        return
    if not course.outcome:
        _leave(course, at, context)
    course.step, course.known_step, course.step_over = step, "", False
    start_step(course, at, context)


def end_step(course: Course, step: str, at: int, context: Context, notes: FoldNotes) -> None:
    """Somebody held the dossier up to ``at`` (ms) in ``step``, which is over then: the present
    limit stands still, and no other one runs until a step is named."""
    limits = context.steps_of(course.procedure, course.calendar)
    if course.received_at is None or not limits:
        notes.named.append((step, True))
    if limits and context.step_id(course.procedure, step) not in limits:
        _unknown(course, step, True, limits, context, notes)
        return
    if not course.outcome:
        _leave(course, at, context)
    course.step, course.known_step, course.step_over = step, "", True


def _unknown(
    course: Course,
    step: str,
    over: bool,
    limits: dict[str, int],
    context: Context,
    notes: FoldNotes,
) -> None:
    """A step that the procedure does not know is named; ``over``: as one that is over."""
    notes.flags.add(STEP_UNKNOWN)
    if not over:
        running = _running(course, context)
        course.known_step = running if running in limits else ""
        course.step = step


def stop_step(course: Course, at: int, context: Context) -> None:
    """The clock stops. A step whose limit has been used up by then stays overdue. ``at``: ms."""
    due = course.step_due_at
    if due is not None and at <= due:
        _keep(course, context.calendar_named(course.calendar).between(at, due), context)
        course.step_due_at = None


def resume_step(course: Course, at: int, restarts: bool, context: Context) -> None:
    """The clock runs again; ``restarts``: every limit begins anew. ``at``: ms."""
    if restarts:
        _leave(course, at, context)
        course.steps_left = ()
    if course.step_due_at is None:
        start_step(course, at, context)


def _running(course: Course, context: Context) -> str:
    """The id of the step whose limit runs, or would."""
    return course.known_step or context.step_id(course.procedure, course.step)


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
    step = _running(course, context)
    others = tuple(pair for pair in course.steps_left if pair[0] != step)
    course.steps_left = (*others, (step, left))
