"""A dossier's course: the fold of its facts, in order, without any notion of now.

Facts are kept and folded again when one arrives, so that any order of arrival ends in the same
course. The order is (occurred_at, source, source_seq, event_id, madonvi).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dossiers.comparing import expand
from dossiers.context import UNKNOWN, Context
from dossiers.course import Course, course_of
from dossiers.order import fact_of, fact_order
from dossiers.records import Fact, Variant
from dossiers.reference import Rules
from dossiers.snapshots import singled
from dossiers.step_clock import change_step, resume_step, start_step, stop_step
from dossiers.stops import resume_shift

__all__ = [
    "Course", "alive", "course_of", "elementary", "extend", "fact_of", "fact_order", "fold",
]  # fmt: skip

# Flags: what is odd about a dossier's data. They never change a count, only make it visible.
BEFORE_RECEPTION = "before_reception"
FINISHED_BEFORE_RECEPTION = "finished_before_reception"
DUE_BEFORE_RECEPTION = "due_before_reception"
NEVER_RECEIVED = "never_received"
REWRITTEN = "rewritten"
EXTENDED_TOO_OFTEN = "extended_too_often"
VOIDED = "voided"
OFFICER_UNMATCHED = "officer_unmatched"
# These follow from the course as it stands; the others stay once they are there.
_DERIVED = frozenset({NEVER_RECEIVED, DUE_BEFORE_RECEPTION, FINISHED_BEFORE_RECEPTION})


def fold(facts: Sequence[Fact], context: Context) -> Course:
    """The course that ``facts`` (in order, no two with one identity) describe."""
    facts = context.named(facts)
    kinds = {fact.kind for fact in facts}
    course = Course()
    flags: set[str] = set()
    if "voided" in kinds:
        flags.add(VOIDED)
        facts = alive(facts)
    if "snapshot" in kinds:
        facts = expand(facts, context)
    for fact in facts:
        _take(course, fact, context, flags)
    if REWRITTEN in flags:
        course.unrewritten, course.rewritten = _variants(facts, context)
    return _finish(course, flags)


def alive(facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` without those that were taken back, by the same madonvi; every repeat of a snapshot
    for itself."""
    voided = {(f.madonvi, f.text) for f in facts if f.kind == "voided"}
    return [f for f in singled(facts) if (f.madonvi, f.event_id) not in voided]


def elementary(facts: Sequence[Fact], context: Context) -> list[Fact]:
    """What has happened, in order: nothing taken back, snapshots compared with the ones before,
    officers matched from their names (``unknown`` where that fails)."""
    facts = expand(alive(context.named(facts)), context)
    unit = ""
    found: list[Fact] = []
    for fact in facts:
        unit = fact.unit or unit
        if fact.kind == "progressed" and fact.text and not fact.officer:
            officer = context.officer_named(unit, fact.text, fact.occurred_at) or UNKNOWN
            fact = msgspec.structs.replace(fact, officer=officer)  # noqa: PLW2901
        found.append(fact)
    return found


def _variants(facts: Sequence[Fact], context: Context) -> tuple[Variant, Variant]:
    """How the due time and the end would be without any rewrite, and with every one of them."""
    plain, full = Course(), Course()
    ignored: set[str] = set()
    for fact in facts:
        if fact.kind == "due_set":
            if not _rewrites(plain, fact):
                _take(plain, fact, context, ignored)
            outcome, full.outcome = full.outcome, ""
            _take(full, fact, context, ignored)
            full.outcome = outcome
        elif fact.kind == "rewritten":
            if fact.text:
                _resume(full, fact.due_at or fact.occurred_at, None, context)
            full.outcome, full.finished_at = fact.text, fact.due_at
        else:
            _take(plain, fact, context, ignored)
            _take(full, fact, context, ignored)
    return _variant(plain), _variant(full)


def _variant(course: Course) -> Variant:
    return Variant(
        due_at=course.due_at,
        stopped_at=course.stopped_at,
        outcome=course.outcome,
        finished_at=course.finished_at,
    )


def extend(course: Course, fact: Fact, context: Context) -> Course:
    """``course`` with one more fact, which must come last and void nothing. Changes ``course``."""
    flags = set(course.flags) - _DERIVED
    (fact,) = context.named((fact,))
    _take(course, fact, context, flags)
    return _finish(course, flags)


def _finish(course: Course, flags: set[str]) -> Course:
    received_at = course.received_at
    if received_at is None:
        if course.submitted_at is None:
            flags.add(NEVER_RECEIVED)
    else:
        if course.due_at is not None and course.due_at < received_at:
            flags.add(DUE_BEFORE_RECEPTION)
        if course.finished_at is not None and course.finished_at < received_at:
            flags.add(FINISHED_BEFORE_RECEPTION)
    course.flags = tuple(sorted(flags)) if flags else ()
    return course


def _take(course: Course, fact: Fact, context: Context, flags: set[str]) -> None:
    if fact.unit:
        course.unit = fact.unit
    if fact.responsible:
        course.officer, course.responsible = fact.responsible, True
    elif fact.officer and not course.responsible:
        course.officer = fact.officer
    if fact.step and fact.step != course.step:
        change_step(course, fact.step, fact.occurred_at, context)
    _apply(course, fact, context, flags)


def _apply(course: Course, fact: Fact, context: Context, flags: set[str]) -> None:
    kind = fact.kind
    at = fact.occurred_at
    if kind == "received":
        _receive(course, fact, context)
        return
    if kind == "submitted":
        if course.submitted_at is None:
            course.submitted_at = at
            known, course.procedure = course.procedure, course.procedure or fact.text
            if course.received_at is None:
                course.calendar = context.calendar_name(course.unit)
            elif not known:
                start_step(course, at, context)
        return
    if course.received_at is None and kind in ("progressed", "suspended", "resumed"):
        flags.add(BEFORE_RECEPTION)
    if kind in ("progressed", "voided", "snapshot", "rewritten", "restored", "reassigned"):
        if kind == "rewritten":
            flags.add(REWRITTEN)
            course.rewrites += (at,)
        elif fact.text and kind == "progressed" and not fact.officer:
            _name(course, fact, context, flags)
        return
    if kind == "due_set":
        _set_due(course, fact, context, flags)
    elif course.outcome:
        return  # an ended dossier is not stopped, resumed or ended again
    elif kind == "suspended":
        if course.stopped_at is None and (
            fact.status != 8 or _rules(course, at, context).stops_status_8
        ):
            course.stopped_at = at
            stop_step(course, at, context)
    elif kind == "resumed":
        _resume(course, at, fact.due_at, context)
    elif kind in ("finished", "withdrawn", "refused"):
        # Whoever ends a stopped dossier ends its stop as well: the wait was not the office's.
        _resume(course, at, None, context)
        course.outcome = kind
        course.finished_at = at


def _rules(course: Course, at: int, context: Context) -> Rules:
    """A dossier keeps those of its day of reception; what came before it has those of its day."""
    return context.rules_at(at if course.received_at is None else course.received_at)


def _receive(course: Course, fact: Fact, context: Context) -> None:
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
    if course.due_at is None:  # a due time set by an earlier fact stands
        due = fact.due_at
        if due is None:
            rules = context.rules_at(at)
            due = context.due_of(at, course.procedure, course.limit, course.calendar, rules)
        course.due_at = course.first_due_at = due
    start_step(course, at, context)


def _name(course: Course, fact: Fact, context: Context, flags: set[str]) -> None:
    """The officer of whom only the name is known; one that does not match is never guessed."""
    officer = context.officer_named(course.unit, fact.text, fact.occurred_at)
    if officer is None:
        flags.add(OFFICER_UNMATCHED)
    if not course.responsible:
        course.officer = officer or UNKNOWN


def _rewrites(course: Course, fact: Fact) -> bool:
    """Whether a new due time changes what had counted: a correction, or news after the event."""
    passed = course.due_at is not None and fact.occurred_at > course.due_at
    return fact.text == "correction" or course.outcome != "" or passed


def _set_due(course: Course, fact: Fact, context: Context, flags: set[str]) -> None:
    if _rewrites(course, fact):
        flags.add(REWRITTEN)
        course.rewrites += (fact.occurred_at,)
    if course.outcome:
        return  # a closed verdict is not rewritten in silence
    if fact.text == "extension":
        course.extensions += 1
        if course.extensions > _rules(course, fact.occurred_at, context).extensions_allowed:
            flags.add(EXTENDED_TOO_OFTEN)
    course.due_at = fact.due_at
    if course.first_due_at is None:
        course.first_due_at = fact.due_at


def _resume(course: Course, at: int, due_at: int | None, context: Context) -> None:
    """The clock runs again: a due time from the source replaces our own shift, never both."""
    stopped_at, course.stopped_at = course.stopped_at, None
    restarts = False
    if due_at is not None:
        course.due_at = due_at
    elif stopped_at is not None:
        restarts = _move_due(course, stopped_at, at, context)
    if stopped_at is not None and course.received_at is not None:
        resume_step(course, at, restarts, context)


def _move_due(course: Course, stopped_at: int, at: int, context: Context) -> bool:
    """By a stop of the clock from ``stopped_at`` to ``at``; whether the limit begins anew."""
    due = course.due_at
    if due is None or stopped_at > due:
        return False
    calendar = context.calendar_named(course.calendar)
    rules = _rules(course, at, context)
    if rules.stop_mode == "restart" and course.received_at is not None:
        again = context.due_of(at, course.procedure, course.limit, course.calendar, rules)
        if again is None and course.first_due_at is not None:
            again = calendar.add(at, calendar.between(course.received_at, course.first_due_at))
        course.due_at = again
        return True
    unit = course.limit.unit if course.limit is not None else ""
    course.due_at = resume_shift(due, stopped_at, at, unit, calendar, rules)
    return False
