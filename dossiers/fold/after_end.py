"""What happens to a dossier after its end: the first verdict stands, whatever comes.

A dossier that its source works on again is open again until another end is told. Anything else
that happens after an end is shown as a flag, but for a result that is handed out (10 after 9).
"""

from __future__ import annotations

from dossiers.fold.notes import FoldNotes
from dossiers.portal.told_facts import EndRewritten
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.facts import (
    EndFact,
    Fact,
    FinishedFact,
    ProgressedFact,
    ReceivedFact,
    RefusedFact,
    ReopenedFact,
    ResumedFact,
    SubmittedFact,
    SuspendedFact,
    WithdrawnFact,
)
from dossiers.wire.flags import AFTER_END, REOPENED
from dossiers.wire.standing import NO_REOPENINGS, Reopenings

_ACTIVITY = (
    FinishedFact, WithdrawnFact, RefusedFact, SubmittedFact, ReceivedFact, ProgressedFact,
    SuspendedFact, ResumedFact,
)  # fmt: skip
_RETURNED = 10  # status: Đã trả kết quả
_DONE = 9


def take_after_end(course: Course, fact: Fact, notes: FoldNotes) -> bool:
    """Note a fact of a dossier that has ended; whether that changes its end (flag ``rewritten``).
    Changes ``course`` and ``notes``."""
    if isinstance(fact, ReopenedFact):
        if course.reopened_at is not None:
            return False
        course.reopened_at = fact.occurred_at
        notes.flags.add(REOPENED)
        return True
    if course.reopened_at is not None:
        if isinstance(fact, EndFact):
            _end_again(course, course.reopened_at, fact.occurred_at, end_status_of(fact))
            return True
        if isinstance(fact, EndRewritten) and fact.outcome:
            at = fact.occurred_at if fact.ended_at is None else fact.ended_at
            _end_again(course, course.reopened_at, at, fact.status)
    elif isinstance(fact, _ACTIVITY) and not _hands_out(course, fact):
        notes.flags.add(AFTER_END)
    return False


def end_status_of(fact: EndFact) -> int:
    """9 or 10 of a dossier that is finished with ``fact``, else 0."""
    return fact.status if isinstance(fact, FinishedFact) else 0


def _end_again(course: Course, since: int, at: int, status: int) -> None:
    course.reopenings += ((since, max(since, at)),)
    course.reopened_at = None
    course.end_status = status


def _hands_out(course: Course, fact: Fact) -> bool:
    if not isinstance(fact, FinishedFact):
        return False
    return (course.end_status, fact.status) == (_DONE, _RETURNED)


def reopenings_at(course: Course, now: int, context: Context) -> Reopenings:
    """Which reopenings last, or lasted, longer than rules.reopened_hours of working time, by the
    calendar of the due time, at ``now`` (ms)."""
    since = course.reopened_at
    if since is None and not course.reopenings:
        return NO_REOPENINGS
    add, hours = context.calendar_named(course.calendar).add_hours, context.rules.reopened_hours
    limits = ((add(begin, hours), end) for begin, end in course.reopenings)
    ended = tuple(at for at, end in limits if end > at)
    if since is None:
        return Reopenings(ended)
    at = add(since, hours)
    return Reopenings(ended, at) if now > at else Reopenings(ended, None, at + 1)
