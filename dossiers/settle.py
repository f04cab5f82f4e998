"""One step of a dossier: its course and an instant become its new state and what to announce."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from dossiers.alerts import transitions
from dossiers.context import Context
from dossiers.course import Course
from dossiers.events import (
    AnyDossierEvent,
    DueSet,
    Reassigned,
    Reopened,
    Restored,
    Snapshot,
    Voided,
)
from dossiers.flags import HANDED_OVER, REWRITTEN, VOIDED, with_backdated
from dossiers.records import AlertState, DossierRecord, Owned
from dossiers.retention import expires_at
from dossiers.standing import standing_at

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
    after = DossierRecord(
        timeline=before.timeline,
        epoch=place.epoch,
        offset=place.offset,
        dossier_id=before.dossier_id,
        as_of=as_of,
        standing=standing.verdict,
        unit=unit,
        named_unit="" if unit == course.unit else course.unit,
        officer=course.officer,
        step=course.step,
        procedure=course.procedure,
        scopes=present.scopes(unit, course.officer),
        submitted_at=course.submitted_at,
        received_at=course.received_at,
        due_at=course.due_at,
        first_due_at=course.first_due_at,
        stopped_at=course.stopped_at,
        outcome=course.outcome,
        finished_at=course.finished_at,
        breached_at=standing.breached_at,
        due_soon=standing.due_soon,
        late_reception=standing.late_reception,
        late_reception_at=standing.late_reception_at,
        next_at=next_at,
        flags=_flags(before.owned, course, standing.backdated),
        alerts=states,
        responsible=course.responsible,
        calendar=course.calendar,
        limit=course.limit,
        rules=course.rules,
        extensions=course.extensions,
        rewrites=course.rewrites,
        step_due_at=course.step_due_at,
        steps_left=course.steps_left,
        step_breaches=course.step_breaches,
        step_overdue=standing.step_overdue,
        restarted_at=course.restarted_at,
        due_since=course.due_since,
        promised_at=course.promised_at,
        judged_until=course.judged_until,
        known_step=course.known_step,
        step_over=course.step_over,
        tail=facts.tail,
        snapshots=facts.snapshots or before.snapshots,
        owned=before.owned,
        unrewritten=standing.unrewritten,
        rewritten=standing.rewritten,
        as_shown=standing.as_shown,
        shown_at=course.shown_at,
        end_status=course.end_status,
        reopened_at=course.reopened_at,
        reopenings=course.reopenings,
        fact_count=facts.number,
        fact_bytes=facts.size,
        facts=facts.raw,
    )
    return after, changed


def _flags(owned: Owned | None, course: Course, backdated: bool) -> tuple[str, ...]:
    """What is odd about its data, whether that decides between late and not late now, and whether
    somebody has acted to whom it was handed."""
    flags = with_backdated(course.flags, backdated)
    if owned is None or not owned.handed:
        return flags
    return tuple(sorted({*flags, HANDED_OVER}))
