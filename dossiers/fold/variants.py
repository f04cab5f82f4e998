"""How a dossier whose dates were rewritten would stand by other readings of them.

``unrewritten`` leaves out every change that is flagged. ``rewritten`` takes all of them, in the
order of the facts, also those after the end; and of an end that was changed the last one: a stop in
which that lies moves the due time up to it. If the dossier was reopened, it is open. If the
reception or the procedure was changed, ``rewritten`` goes by the last one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec

from dossiers.fold.notes import FoldNotes
from dossiers.fold.taking import says_nothing_new, set_due, take
from dossiers.portal.told_facts import (
    AnyDueSet,
    DueTold,
    EndRewritten,
    HolderTold,
    ReceptionRewritten,
    end_fact,
    head_of,
)
from dossiers.reference.context import Context
from dossiers.wire.course import Course, Ending, Variant
from dossiers.wire.facts import EndFact, Fact, ReceivedFact, ReopenedFact, ResumedFact

_occurred_at = attrgetter("occurred_at")


def variants(
    facts: Sequence[Fact], left_out: Collection[int], context: Context
) -> tuple[Variant, Variant]:
    """(unrewritten, rewritten). ``facts``: elementary, in order; ``left_out``: the places of those
    that rewrite something, or of a due time that was named and none."""
    plain: list[Fact] = []
    for place, fact in enumerate(facts):
        if isinstance(fact, ResumedFact) and place in left_out:  # the clock ran all the same
            plain.append(msgspec.structs.replace(fact, due_at=None))
        elif place in left_out or isinstance(fact, ReopenedFact):
            plain.append(_silent(fact))
        else:
            plain.append(fact)
    full = with_last_ends(with_last_reception(facts))
    unrewritten, first = _read(plain, context)
    rewritten, last = _read(full, context)
    if last != first:
        rewritten = msgspec.structs.replace(rewritten, received_at=last)
    return unrewritten, rewritten


def _silent(fact: Fact) -> Fact:
    """Who held the dossier, as the fact says, and nothing else of it."""
    return HolderTold(*head_of(fact))


class _End(NamedTuple):
    """``place``: before which of the other facts it stands, None if its date says so."""

    fact: EndFact
    place: int | None


class _Lifetime(NamedTuple):
    """What had ended was open again from ``reopened`` on, before the other fact at ``place``."""

    end: _End
    reopened: Fact
    place: int


def with_last_reception(facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` (in order) with the reception as it was told last."""
    first = next((fact for fact in facts if isinstance(fact, ReceivedFact)), None)
    changes = [fact for fact in facts if isinstance(fact, ReceptionRewritten)]
    if first is None or not changes:
        return list(facts)
    received = first
    for fact in changes:
        at = received.occurred_at if fact.accepted_at is None else fact.accepted_at
        procedure = fact.procedure or received.procedure
        received = msgspec.structs.replace(received, occurred_at=at, procedure=procedure)
    if received.occurred_at > first.occurred_at:
        received = msgspec.structs.replace(received, unit="")  # others may have it by then
    told = (ReceivedFact, ReceptionRewritten)
    others = [_silent(fact) if isinstance(fact, told) else fact for fact in facts]
    others.insert(bisect_left(others, received.occurred_at, key=_occurred_at), received)
    return others


def with_last_ends(facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` (in order) with each end where it was put last, and a fact ``reopened`` where the
    dossier was open again."""
    others: list[Fact] = []
    lifetimes: list[_Lifetime] = []
    end: _End | None = None
    for fact in facts:
        if isinstance(fact, EndFact):
            end = end or _End(fact, len(others))
            others.append(_silent(fact))
        elif isinstance(fact, EndRewritten) and fact.outcome:
            at = fact.occurred_at if fact.ended_at is None else fact.ended_at
            while lifetimes and at < lifetimes[-1].reopened.occurred_at:
                end = lifetimes.pop().end  # it had been over all the while
            place = end.place if end is not None and end.fact.occurred_at == at else None
            if place is None and at == fact.occurred_at:
                place = len(others)  # told as it happened: what came with it comes after it
            end = _End(_ended(fact, fact.outcome, at), place)
        elif end is not None and _opens_again(fact):
            lifetimes.append(
                _Lifetime(_by(end, fact.occurred_at), ReopenedFact(*head_of(fact)), len(others))
            )
            end = None
        elif isinstance(fact, (EndRewritten, ReopenedFact)):
            others.append(_silent(fact))
        else:
            others.append(fact)
    found: list[Fact] = []
    begin = 0
    for lifetime in lifetimes:
        place = _place(lifetime.end, others, begin, lifetime.place)
        found += [
            *others[begin:place],
            lifetime.end.fact,
            *others[place : lifetime.place],
            lifetime.reopened,
        ]
        begin = lifetime.place
    if end is None:
        return found + others[begin:]
    place = _place(end, others, begin, len(others))
    return [*found, *others[begin:place], end.fact, *others[place:]]


def _opens_again(fact: Fact) -> bool:
    back = isinstance(fact, EndRewritten) and not fact.status
    return back or isinstance(fact, ReopenedFact)


def _ended(fact: EndRewritten, outcome: Ending, at: int) -> EndFact:
    """The end (ms) that ``fact`` tells."""
    return msgspec.structs.replace(end_fact(head_of(fact), outcome, fact.status), occurred_at=at)


def _by(end: _End, at: int) -> _End:
    """``end``, at ``at`` (ms) at the latest."""
    if end.fact.occurred_at <= at:
        return end
    return _End(msgspec.structs.replace(end.fact, occurred_at=at), None)


def _place(end: _End, others: Sequence[Fact], low: int, high: int) -> int:
    """Behind whatever happened by then."""
    if end.place is not None:
        return end.place
    return bisect_right(others, end.fact.occurred_at, low, high, key=_occurred_at)


def _read(facts: Iterable[Fact], context: Context) -> tuple[Variant, int | None]:
    """How a dossier stands if every new due time in ``facts`` counts, and when it was received
    (ms), None if never."""
    course = Course()
    ignored = FoldNotes()
    stood: list[tuple[int, int]] = []
    for fact in facts:
        at = fact.occurred_at
        ends_stop = isinstance(fact, ResumedFact | EndFact)
        if ends_stop and course.stopped_at is not None and not course.outcome:
            stood.append((course.stopped_at, at))
        course.unit = fact.unit or course.unit
        if isinstance(fact, AnyDueSet):
            set_due(course, _not_before_stop(fact, course, stood), at, context)
        elif isinstance(fact, ResumedFact) and says_nothing_new(course, fact, context):
            take(course, msgspec.structs.replace(fact, due_at=None), context, ignored)
        elif isinstance(fact, ResumedFact) and fact.due_at is not None:
            due_at = fact.due_at if course.stopped_at is None else max(fact.due_at, at)
            course.stopped_at = course.due_since = None
            set_due(course, due_at, at, context)
        elif isinstance(fact, ReopenedFact):
            course.outcome, course.finished_at = "", None
        else:
            take(course, fact, context, ignored)
    return variant_of(course), course.received_at


def _not_before_stop(fact: AnyDueSet, course: Course, stood: Sequence[tuple[int, int]]) -> int:
    """A due time that was told later for a supplement is not earlier than its stop's end (ms)."""
    asked_at = fact.asked_at if isinstance(fact, DueTold) else None
    stands = course.stopped_at
    if asked_at is None or (stands is not None and stands <= asked_at):
        return fact.due_at
    return max(fact.due_at, *(end for begin, end in stood if begin <= asked_at <= end), 0)


def variant_of(course: Course) -> Variant:
    """What a reading of the facts comes to."""
    return Variant(
        due_at=course.due_at,
        stopped_at=course.stopped_at,
        outcome=course.outcome,
        finished_at=course.finished_at,
    )
