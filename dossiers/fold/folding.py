"""A dossier's course: the fold of its facts, in order, without any notion of now.

Facts are kept and folded again when one arrives, so that any order of arrival ends in the same
course. The order is (occurred_at, source, source_seq, event_id, madonvi).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import msgspec

from dossiers.fold.changes import judged, judged_until
from dossiers.fold.notes import FoldNotes
from dossiers.fold.taking import says_nothing_new, take
from dossiers.fold.variants import variant_of, variants
from dossiers.portal.comparing import expand, tell
from dossiers.portal.snapshots import singled
from dossiers.portal.told_facts import DueTold
from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.course import Course
from dossiers.wire.facts import (
    DueSetFact,
    Fact,
    ProgressedFact,
    ReceivedFact,
    ResumedFact,
    SnapshotFact,
    SubmittedFact,
    VoidedFact,
)
from dossiers.wire.flags import (
    DUE_BEFORE_RECEPTION,
    FINISHED_BEFORE_RECEPTION,
    NEVER_RECEIVED,
    REWRITTEN,
    STEP_UNKNOWN,
    VOIDED,
)

# These follow from the course as it stands; the others stay once they are there.
_DERIVED = frozenset({NEVER_RECEIVED, DUE_BEFORE_RECEPTION, FINISHED_BEFORE_RECEPTION})


_MAY_CHANGE_DUE = frozenset({DueSetFact, DueTold, SnapshotFact})
_NAMES_PROCEDURE = frozenset({ReceivedFact, SubmittedFact})


def fold(facts: Sequence[Fact], context: Context) -> Course:
    """The course that ``facts`` (in order, no two with one identity) describe."""
    facts = context.named(facts)
    kinds = {type(fact) for fact in facts}
    course = Course()
    notes = FoldNotes()
    if VoidedFact in kinds:
        notes.flags.add(VOIDED)
        facts = alive(facts)
    as_shown: Sequence[Fact] | None = None
    if SnapshotFact in kinds:
        facts, as_shown, course.shown_at = tell(facts, context)
    if not kinds.isdisjoint(_MAY_CHANGE_DUE):
        facts = judged(facts, context)
        course.judged_until = judged_until(facts)
    left_out: set[int] = set()  # places of facts that rewrite something, or name no new due time
    for place, fact in enumerate(facts):
        rewrites = course.rewrites
        if type(fact) is ResumedFact and says_nothing_new(course, fact, context):
            left_out.add(place)
        take(course, fact, context, notes)
        if course.rewrites is not rewrites:
            left_out.add(place)
    if REWRITTEN in notes.flags:
        course.unrewritten, course.rewritten = variants(facts, left_out, context)
    if as_shown is not None:
        other, ignored = Course(), FoldNotes()
        for fact in judged(as_shown, context):
            take(other, fact, context, ignored)
        course.as_shown = variant_of(other)
    return _finish(course, notes.flags)


def alive(facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` without those that were taken back, by the same madonvi; every repeat of a snapshot
    for itself."""
    voided = {(f.madonvi, f.target) for f in facts if isinstance(f, VoidedFact)}
    return [f for f in singled(facts) if (f.madonvi, f.event_id) not in voided]


def elementary(facts: Sequence[Fact], context: Context) -> list[Fact]:
    """What has happened, in order: nothing taken back, snapshots compared with the ones before,
    officers matched from their names (``unknown`` if that fails)."""
    facts = expand(alive(context.named(facts)), context)
    unit = ""
    found: list[Fact] = []
    for fact in facts:
        unit = fact.unit or unit
        if isinstance(fact, ProgressedFact) and fact.officer_name and not fact.officer:
            officer = context.officer_named(unit, fact.officer_name, fact.occurred_at) or UNKNOWN
            fact = msgspec.structs.replace(fact, officer=officer)  # noqa: PLW2901
        found.append(fact)
    return found


def extend(course: Course, fact: Fact, context: Context) -> Course | None:
    """``course`` with one more fact, which must come last and void nothing. None if only a fold
    of all facts can tell what comes of it."""
    course = copy(course)
    notes = FoldNotes(course.flags)
    notes.flags -= _DERIVED
    (fact,) = context.named((fact,))
    if type(fact) in _NAMES_PROCEDURE and (course.step or STEP_UNKNOWN in notes.flags):
        return None  # which of the steps that were named are known depends on the procedure
    rewrites = course.rewrites
    take(course, fact, context, notes)
    if course.rewrites is not rewrites:
        return None
    return _finish(course, notes.flags)


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
