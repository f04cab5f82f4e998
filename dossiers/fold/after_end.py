"""What happens to a dossier after its end: the first verdict stands, whatever comes.

A dossier that its source works on again is open again until another end is told. Anything else
that happens after an end is shown as a flag, but for a result that is handed out (10 after 9).
"""

from __future__ import annotations

from dossiers.fold.notes import FoldNotes
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.facts import Fact
from dossiers.wire.flags import AFTER_END, REOPENED
from dossiers.wire.standing import NO_REOPENINGS, Reopenings

_ENDS = frozenset({"finished", "withdrawn", "refused"})
_ACTIVITY = _ENDS | {"submitted", "received", "progressed", "suspended", "resumed"}
_RETURNED = 10  # status: Đã trả kết quả
_DONE = 9


def take_after_end(course: Course, fact: Fact, notes: FoldNotes) -> bool:
    """Note a fact of a dossier that has ended; whether that changes its end (flag ``rewritten``).
    Changes ``course`` and ``notes``."""
    kind = fact.kind
    if kind == "reopened":
        if course.reopened_at is not None:
            return False
        course.reopened_at = fact.occurred_at
        notes.flags.add(REOPENED)
        return True
    if course.reopened_at is not None:
        if kind in _ENDS:
            _end_again(course, fact.occurred_at)
            course.end_status = fact.status
            return True
        if kind == "rewritten" and fact.text:
            _end_again(course, fact.occurred_at if fact.due_at is None else fact.due_at)
            course.end_status = fact.status
    elif kind in _ACTIVITY and not _hands_out(course, fact):
        notes.flags.add(AFTER_END)
    return False


def _end_again(course: Course, at: int) -> None:
    since = course.reopened_at
    assert since is not None  # noqa: S101 (for the type checker)
    course.reopenings += ((since, max(since, at)),)
    course.reopened_at = None


def _hands_out(course: Course, fact: Fact) -> bool:
    return fact.kind == "finished" and (course.end_status, fact.status) == (_DONE, _RETURNED)


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
