"""What one fact does to a course. The facts come in their order; see dossiers.fold.folding."""

from __future__ import annotations

from dossiers.fold.after_end import end_status_of, take_after_end
from dossiers.fold.notes import FoldNotes
from dossiers.fold.step_clock import begin_steps, change_step, end_step, resume_step, stop_step
from dossiers.fold.stops import due_after_stop, in_time, rules_of, stops_clock
from dossiers.portal.told_facts import (
    AnyDueSet,
    DueTold,
    EndRewritten,
    ReceptionRewritten,
    outcome_of,
)
from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.course import Course
from dossiers.wire.facts import (
    DueSetFact,
    EndFact,
    Fact,
    FinishedFact,
    ProgressedFact,
    ReceivedFact,
    RefusedFact,
    ResumedFact,
    SubmittedFact,
    SuspendedFact,
    WithdrawnFact,
)
from dossiers.wire.flags import BEFORE_RECEPTION, EXTENDED_TOO_OFTEN, OFFICER_UNMATCHED, REWRITTEN

ASKED = 5  # status: the citizen is to complete the dossier


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
        if type(fact) is ProgressedFact and fact.until:
            end_step(course, step, fact.occurred_at, context, notes)
        elif step != course.step or course.step_over:
            change_step(course, step, fact.occurred_at, context, notes)
    _apply(course, fact, context, notes)


def _apply(course: Course, fact: Fact, context: Context, notes: FoldNotes) -> None:
    # By type, the usual ones first: it runs for every event, and isinstance takes thrice as long.
    if course.outcome and take_after_end(course, fact, notes):
        _rewrite(course, fact.occurred_at, notes)
    if type(fact) is ProgressedFact:
        _progress(course, fact, context, notes)
    elif type(fact) is ReceivedFact:
        _receive(course, fact, context, notes)
    elif type(fact) is FinishedFact or type(fact) is WithdrawnFact or type(fact) is RefusedFact:
        _end(course, fact, context, notes)
    elif type(fact) is SuspendedFact:
        _suspend(course, fact, context, notes)
    elif type(fact) is ResumedFact:
        _run(course, fact, context, notes)
    elif type(fact) is SubmittedFact:
        _submit(course, fact, context, notes)
    elif type(fact) is DueSetFact or type(fact) is DueTold:
        _set_due(course, fact, context, notes)
    elif type(fact) is EndRewritten or type(fact) is ReceptionRewritten:
        _rewrite(course, fact.occurred_at, notes)


def _progress(course: Course, fact: ProgressedFact, context: Context, notes: FoldNotes) -> None:
    """Who acts and in which step was taken already, but for an officer without an id."""
    if course.received_at is None:
        notes.flags.add(BEFORE_RECEPTION)
    if fact.officer_name and not fact.officer:
        _name(course, fact, context, notes)


def _submit(course: Course, fact: SubmittedFact, context: Context, notes: FoldNotes) -> None:
    """The first one counts."""
    if course.submitted_at is not None:
        return
    course.submitted_at = fact.occurred_at
    known, course.procedure = course.procedure, course.procedure or fact.procedure
    if course.received_at is None:
        course.calendar = context.calendar_name(course.unit)
    if not known:
        begin_steps(course, fact.occurred_at, context, notes)


def _suspend(course: Course, fact: SuspendedFact, context: Context, notes: FoldNotes) -> None:
    if course.received_at is None:
        notes.flags.add(BEFORE_RECEPTION)
    if course.outcome or course.stopped_at is not None:
        return  # one that has ended is not stopped
    if stops_clock(course, fact, context):
        course.stopped_at, course.stop_status = fact.occurred_at, fact.status
        if fact.status == ASKED:
            course.asked += (fact.occurred_at,)
        stop_step(course, fact.occurred_at, context)


def _run(course: Course, fact: ResumedFact, context: Context, notes: FoldNotes) -> None:
    if course.received_at is None:
        notes.flags.add(BEFORE_RECEPTION)
    if not course.outcome:
        _resume(course, fact.occurred_at, fact.due_at, context, notes)
    elif fact.due_at not in (None, course.due_at):
        _rewrite(course, fact.occurred_at, notes)


def _end(course: Course, fact: EndFact, context: Context, notes: FoldNotes) -> None:
    """The first end counts."""
    if course.outcome:
        return
    # Whoever ends a stopped dossier ends its stop as well: the wait was not the office's.
    _resume(course, fact.occurred_at, None, context, notes)
    course.outcome, course.finished_at = outcome_of(fact), fact.occurred_at
    course.end_status = end_status_of(fact)


def _receive(course: Course, fact: ReceivedFact, context: Context, notes: FoldNotes) -> None:
    """The first reception counts, whatever came before it."""
    if course.received_at is not None:
        return
    at = course.received_at = fact.occurred_at
    version = context.version_at(at)
    if version is not None:
        course.rules = version.name
    course.procedure = fact.procedure or course.procedure
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


def _name(course: Course, fact: ProgressedFact, context: Context, notes: FoldNotes) -> None:
    """The officer of whom only the name is known; one that does not match is never guessed."""
    officer = context.officer_named(course.unit, fact.officer_name, fact.occurred_at)
    if officer is None:
        notes.flags.add(OFFICER_UNMATCHED)
    if not course.responsible:
        course.officer = officer or UNKNOWN


def _rewrite(course: Course, at: int, notes: FoldNotes) -> None:
    notes.flags.add(REWRITTEN)
    course.rewrites += (at,)


def _set_due(course: Course, fact: AnyDueSet, context: Context, notes: FoldNotes) -> None:
    """What comes with or after the end, or after the due time had passed, never counts."""
    refused = (type(fact) is DueTold and not fact.counts) or course.outcome != ""
    if refused or fact.reason == "correction":
        _rewrite(course, fact.occurred_at, notes)
    if refused:
        return
    if fact.reason == "correction" and course.due_at is not None and fact.due_at > course.due_at:
        course.unexplained += (max(fact.occurred_at, fact.received_at),)
    if fact.reason == "extension":
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


def says_nothing_new(course: Course, fact: ResumedFact, context: Context) -> bool:
    """Whether ``fact`` names the due time that stands, if a new one would not count."""
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
    if course.stop_status == ASKED:
        course.answered += (at,)
    course.stop_status = 0
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
