"""What one fact does to a course. The facts come in their order; see dossiers.fold.folding."""

from __future__ import annotations

from dossiers.fold.after_end import take_after_end
from dossiers.fold.notes import FoldNotes
from dossiers.fold.step_clock import begin_steps, change_step, end_step, resume_step, stop_step
from dossiers.fold.stops import due_after_stop, in_time, rules_of
from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.course import Course
from dossiers.wire.flags import BEFORE_RECEPTION, EXTENDED_TOO_OFTEN, OFFICER_UNMATCHED, REWRITTEN
from dossiers.wire.records import Fact

REFUSED_CHANGE = 1  # the status of a fact due_set that does not count (dossiers.fold.changes)
_SILENT = frozenset(
    {
        "progressed", "voided", "snapshot", "rewritten", "received_anew", "reopened", "restored",
        "reassigned",
    }
)  # fmt: skip
_TOLD_ANEW = frozenset({"rewritten", "received_anew"})  # another end, another reception
_BEFORE = frozenset({"progressed", "suspended", "resumed"})


def take(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    """Add a fact to ``course``."""
    if fact.unit:
        course.unit = fact.unit
    if fact.responsible:
        course.officer, course.responsible = fact.responsible, True
    elif fact.officer and not course.responsible:
        course.officer = fact.officer
    step = fact.step
    if step:
        if fact.kind == "progressed" and fact.status:
            end_step(course, step, fact.occurred_at, context, notes)
        elif step != course.step or course.step_over:
            change_step(course, step, fact.occurred_at, context, notes)
    _apply(course, fact, context, notes)


def _apply(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    kind = fact.kind
    at = fact.occurred_at
    if course.outcome and take_after_end(course, fact, notes):
        _rewrite(course, at, notes)
    if kind == "received":
        _receive(course, fact, context, notes)
        return
    if kind == "submitted":
        if course.submitted_at is None:
            course.submitted_at = at
            known, course.procedure = course.procedure, course.procedure or fact.text
            if course.received_at is None:
                course.calendar = context.calendar_name(course.unit)
            if not known:
                begin_steps(course, at, context, notes)
        return
    if course.received_at is None and kind in _BEFORE:
        notes.flags.add(BEFORE_RECEPTION)
    if kind in _SILENT:
        if kind in _TOLD_ANEW:
            _rewrite(course, at, notes)
        elif fact.text and kind == "progressed" and not fact.officer:
            _name(course, fact, context, notes)
        return
    if kind == "due_set":
        _set_due(course, fact, context, notes)
    elif course.outcome:
        # An ended dossier is not stopped, resumed or ended again.
        if kind == "resumed" and fact.due_at not in (None, course.due_at):
            _rewrite(course, at, notes)
    elif kind == "suspended":
        if course.stopped_at is None and (
            fact.status != 8 or rules_of(course, at, context).stops_status_8
        ):
            course.stopped_at = at
            stop_step(course, at, context)
    elif kind == "resumed":
        _resume(course, at, fact.due_at, context, notes)
    elif kind in ("finished", "withdrawn", "refused"):
        # Whoever ends a stopped dossier ends its stop as well: the wait was not the office's.
        _resume(course, at, None, context, notes)
        course.outcome = kind  # type: ignore[assignment]
        course.finished_at, course.end_status = at, fact.status


def _receive(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    """The first reception counts, whatever came before it."""
    if course.received_at is not None:
        return
    at = course.received_at = fact.occurred_at
    version = context.version_at(at)
    if version is not None:
        course.rules = version.name
    course.procedure = fact.text or course.procedure
    course.calendar = context.calendar_name(course.unit)
    course.limit = fact.limit or context.limit_of(course.procedure, at)
    rules = context.rules_at(at)
    promised = course.due_at  # a due time set by an earlier fact stands
    if promised is None:
        due = promised = fact.due_at
        if due is None:
            due = context.due_of(at, course.procedure, course.limit, course.calendar, rules)
        course.due_at = course.first_due_at = due
        course.due_since = at if course.stopped_at is not None else None
    if rules.stop_mode == "restart":
        course.promised_at = promised
    begin_steps(course, at, context, notes)


def _name(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    """The officer of whom only the name is known; one that does not match is never guessed."""
    officer = context.officer_named(course.unit, fact.text, fact.occurred_at)
    if officer is None:
        notes.flags.add(OFFICER_UNMATCHED)
    if not course.responsible:
        course.officer = officer or UNKNOWN


def _rewrite(course: Course, at: int, notes: FoldNotes) -> None:
    notes.flags.add(REWRITTEN)
    course.rewrites += (at,)


def _set_due(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    """What comes with or after the end, or after the due time had passed, never counts."""
    refused = fact.status == REFUSED_CHANGE or course.outcome != ""
    if refused or fact.text == "correction":
        _rewrite(course, fact.occurred_at, notes)
    if refused:
        return
    if fact.text == "extension":
        course.extensions += 1
        if course.extensions > rules_of(course, fact.occurred_at, context).extensions_allowed:
            notes.flags.add(EXTENDED_TOO_OFTEN)
    set_due(course, fact.due_at, fact.occurred_at, context)


def set_due(course: Course, due_at: int | None, at: int, context: Context) -> None:
    """The source names a due time, and it counts from ``at`` (ms) on."""
    course.due_at = due_at
    if course.first_due_at is None:
        course.first_due_at = due_at
    if course.stopped_at is not None:
        course.due_since = at
    received = course.received_at
    if received is not None and context.rules_at(received).stop_mode == "restart":
        course.promised_at = due_at


def says_nothing_new(course: Course, fact: Fact, context: Context) -> bool:
    """Whether a fact ``resumed`` names the due time that stands, if a new one would not
    count."""
    if fact.due_at is None or fact.due_at != course.due_at:
        return False
    stopped_at = None if course.outcome else course.stopped_at
    return stopped_at is None or not in_time(course, stopped_at, context)


def _resume(
    course: Course, at: int, due_at: int | None, context: Context, notes: FoldNotes
) -> None:
    """The clock runs again: a due time from the source replaces our own shift, never both. It
    counts where it comes with a stop that began in time; the one that stands is no new one."""
    stopped_at = course.stopped_at
    if stopped_at is None:
        if due_at not in (None, course.due_at):
            _rewrite(course, at, notes)
        return
    restarts = False
    if in_time(course, stopped_at, context):
        if due_at is None and course.due_at is not None:
            course.due_at, restarts = due_after_stop(course, stopped_at, at, context)
            if restarts:
                course.restarted_at = at
        course.stopped_at = course.due_since = None
        if due_at is not None:
            set_due(course, max(due_at, at), at, context)
    else:
        course.stopped_at = course.due_since = None
        if due_at not in (None, course.due_at):
            _rewrite(course, at, notes)
    if course.received_at is not None:
        resume_step(course, at, restarts, context)
