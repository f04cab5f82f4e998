"""The stops of one dossier in the order of its facts, before anybody asks which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dossiers.fold.notes import FoldNotes
from dossiers.fold.stops import stops_clock
from dossiers.fold.taking import take
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.facts import (
    EndFact,
    Fact,
    ReceivedFact,
    ResumedFact,
    SubmittedFact,
    SuspendedFact,
)

Key = tuple[int, int]  # when something was recorded (ms), its place among the facts
NEVER = 2**62


class ReadStop(NamedTuple):
    """The clock stood from ``start`` to ``end`` (ms), which the fact at place ``closed`` ended.
    ``due_at``: what that brought, recorded at ``key``. ``calendar``: of the dossier by then."""

    start: int
    end: int
    closed: int
    due_at: int | None
    key: Key
    calendar: str


class StopsRead(NamedTuple):
    """``received``: the place of the reception, NEVER without one; ``after``: the course as of
    then. ``ended_at`` (ms): the first end, None while open."""

    stops: list[ReadStop]
    received: int
    after: Course
    ended_at: int | None


def read_stops(facts: Sequence[Fact], context: Context) -> StopsRead:
    """Of elementary ``facts``, in order. A stop that lasts ends at NEVER."""
    course, notes = Course(), FoldNotes()
    received, after, stopped_at = NEVER, Course(), -1
    stops: list[ReadStop] = []
    ended_at: int | None = None
    for place, fact in enumerate(facts):
        course.unit = fact.unit or course.unit
        if isinstance(fact, ReceivedFact | SubmittedFact):
            if isinstance(fact, ReceivedFact) and course.received_at is None:
                received, after = place, course
            take(course, fact, context, notes)
        elif ended_at is not None:
            continue
        elif isinstance(fact, SuspendedFact):
            if stopped_at < 0 and stops_clock(course, fact, context):
                stopped_at = fact.occurred_at
        elif isinstance(fact, ResumedFact | EndFact):
            if stopped_at >= 0:
                stops.append(_stop(stopped_at, fact, place, course.calendar))
                stopped_at = -1
            if not isinstance(fact, ResumedFact):
                ended_at = fact.occurred_at
    if stopped_at >= 0:
        stops.append(ReadStop(stopped_at, NEVER, NEVER, None, (NEVER, 0), course.calendar))
    return StopsRead(stops, received, after, ended_at)


def _stop(start: int, fact: Fact, place: int, calendar: str) -> ReadStop:
    """One that ``fact`` ends."""
    at = fact.occurred_at
    due_at = fact.due_at if isinstance(fact, ResumedFact) else None
    return ReadStop(start, at, place, due_at, (max(at, fact.received_at), place), calendar)
