"""One step of a dossier: its course and an instant become its new state and what to announce."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from dossiers.fold.alerts import transitions
from dossiers.fold.course import Course
from dossiers.fold.flags import HANDED_OVER, REWRITTEN, VOIDED, with_backdated
from dossiers.fold.retention import expires_at
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Reassigned,
    Reopened,
    Restored,
    Snapshot,
    Voided,
)
from dossiers.wire.records import AlertState, DossierRecord, Owned

_encode = msgspec.json.Encoder().encode
# Looked up by type, since it runs for every event.
_REACHES_BACK = frozenset([DueSet, Reassigned, Reopened, Restored, Snapshot, Voided])
_FOLDED_ANEW = frozenset({REWRITTEN, VOIDED})  # with these flags all facts are looked at


class Place(NamedTuple):
    """Where in the log a state was made: the owner's epoch and the record's offset."""

    epoch: int
    offset: int


class Facts(NamedTuple):
    """A dossier's facts as bytes, and the place of the last one in their order. ``number``,
    ``size`` (bytes): 0 where nobody has counted. ``snapshots``: some of them are, as far as this
    step knows."""

    tail: tuple[int, str, int, str]
    raw: msgspec.Raw
    number: int
    size: int
    snapshots: bool = False


def facts_of(record: DossierRecord) -> Facts:
    """Those of a record, as they are."""
    return Facts(record.tail, record.facts, record.fact_count, record.fact_bytes)


def unborn(timeline: str, dossier_id: str) -> DossierRecord:
    """Before the first event: nothing, and not even an empty state (offset -1)."""
    return DossierRecord(
        timeline=timeline, epoch=0, offset=-1, dossier_id=dossier_id, as_of=0, standing="unreceived"
    )


def mentions(record: DossierRecord, event_id: str) -> bool:
    """Whether the id stands anywhere among the facts, if only as another field's text. Where it
    does not, the event is a new one, and nobody has to decode them to know."""
    return _encode(event_id) in bytes(record.facts)


def comes_last(record: DossierRecord, event: AnyDossierEvent) -> bool:
    """Whether an event that is not mentioned can be added without a look at the facts: the usual
    case. One that is dated before a new due time was recorded may say whether that counts."""
    place = (event.occurred_at, event.source, event.source_seq, event.event_id)
    return (
        not record.snapshots
        and type(event) not in _REACHES_BACK
        and place > record.tail
        and event.occurred_at > record.judged_until
        and (not record.flags or _FOLDED_ANEW.isdisjoint(record.flags))
    )


def settle(
    before: DossierRecord,
    course: Course,
    as_of: int,
    context: Context,
    place: Place,
    facts: Facts,
    present: Context,
) -> tuple[DossierRecord, list[AlertState]]:
    """The state of a dossier with ``course`` as of ``as_of`` (ms), and its alerts that changed.

    ``context`` judges it; ``present``, which may be newer, says where it counts and how long it
    stays.
    """
    standing = standing_at(course, as_of, context)
    next_at = standing.next_at
    # One that is open again stays; it leaves after its next end.
    if present.retention is not None and course.outcome and course.reopened_at is None:
        next_at = expires_at(facts.tail[0], present.retention)
    states, changed = transitions(before.alerts, course, standing, context.rules.backdated_alerts)
    unit = context.present_unit(course.unit)
    # By place: with so many names the call alone would take a tenth of an event's time.
    after = DossierRecord(
        before.timeline, place.epoch, place.offset, before.dossier_id, as_of, standing.verdict,
        unit, "" if unit == course.unit else course.unit, course.officer, course.step,
        course.procedure, present.scopes(unit, course.officer), course.submitted_at,
        course.received_at, course.due_at, course.first_due_at, course.stopped_at, course.outcome,
        course.finished_at, standing.breached_at, standing.due_soon, standing.late_reception,
        standing.late_reception_at, next_at, _flags(before.owned, course, standing.backdated),
        states, course.responsible, course.calendar, course.limit, course.rules, course.extensions,
        course.rewrites, course.step_due_at, course.steps_left, course.step_breaches,
        standing.step_overdue, course.restarted_at, course.due_since, course.promised_at,
        course.judged_until, course.known_step, course.step_over, facts.tail,
        facts.snapshots or before.snapshots, before.owned, standing.unrewritten, standing.rewritten,
        standing.as_shown, course.shown_at, course.end_status, course.reopened_at,
        course.reopenings, facts.number, facts.size, facts.raw,
    )  # fmt: skip
    return after, changed


def _flags(owned: Owned | None, course: Course, backdated: bool) -> tuple[str, ...]:
    """What is odd about its data, whether that decides between late and not late now, and whether
    somebody has acted to whom it was handed."""
    flags = with_backdated(course.flags, backdated)
    if owned is None or not owned.handed:
        return flags
    return tuple(sorted({*flags, HANDED_OVER}))
