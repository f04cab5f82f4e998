"""One step of a dossier: its course and an instant become its new state and what to announce."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from dossiers.fold.alerting import alerts_after
from dossiers.fold.alerts import Change, moved
from dossiers.fold.retention import expires_at
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.time.day_table import LATEST
from dossiers.wire.acted import KeptAction
from dossiers.wire.course import Course
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Reassigned,
    Reopened,
    Restored,
    Snapshot,
    Voided,
)
from dossiers.wire.flags import REWRITTEN, VOIDED
from dossiers.wire.records import DossierRecord, Facts
from dossiers.wire.standing import Standing

_encode = msgspec.json.Encoder().encode
# Looked up by type, since it runs for every event.
_REACHES_BACK = frozenset([DueSet, Reassigned, Reopened, Restored, Snapshot, Voided])
_FOLDED_ANEW = frozenset({REWRITTEN, VOIDED})  # with these flags all facts are looked at


class Place(NamedTuple):
    """Where in the log a state was made: the owner's epoch and the record's offset."""

    epoch: int
    offset: int


def empty_state(timeline: str, dossier_id: str) -> DossierRecord:
    """Before the first event: nothing, and not even an empty state (offset -1)."""
    return DossierRecord(timeline, 0, -1, dossier_id, 0, Course(), Standing("unreceived"))


def mentions(record: DossierRecord, event_id: str) -> bool:
    """Whether the id stands anywhere among the facts, if only as another field's text. If it
    does not, the event is a new one, and nobody has to decode them to know."""
    return _encode(event_id) in bytes(record.facts.raw)


def comes_last(record: DossierRecord, event: AnyDossierEvent) -> bool:
    """Whether an event that is not mentioned can be added without a look at the facts: the usual
    case. One that is dated before a new due time was recorded may say whether that counts."""
    place = (event.occurred_at, event.source, event.source_seq, event.event_id)
    return (
        not record.facts.snapshots
        and type(event) not in _REACHES_BACK
        and place > record.facts.tail
        and event.occurred_at > record.course.judged_until
        and (not record.course.flags or _FOLDED_ANEW.isdisjoint(record.course.flags))
    )


def settle(
    before: DossierRecord,
    course: Course,
    as_of: int,
    context: Context,
    place: Place,
    facts: Facts,
    present: Context,
    actions: tuple[KeptAction, ...] = (),
    action: KeptAction | None = None,
) -> tuple[DossierRecord, list[Change]]:
    """The state of a dossier with ``course`` as of ``as_of`` (ms), and its alerts that changed, or
    of which something is to be told.

    ``context`` judges it; ``present``, which may be newer, says where it counts and how long it
    stays. ``actions``: those on its alerts, in order; ``action``: the one among them that has just
    come.
    """
    standing = standing_at(course, as_of, context)
    states, changed, next_at = alerts_after(
        before.alerts, course, standing, as_of, actions, action, context
    )
    if next_at is not None and next_at < (standing.next_at or LATEST):
        standing.next_at = next_at
    # One that is open again stays; it leaves after its next end.
    if present.retention is not None and course.outcome and course.reopened_at is None:
        leaves_at = expires_at(facts.tail[0], present.retention)
        standing.next_at = min(leaves_at, next_at or leaves_at)
    unit = context.present_unit(course.unit)
    whose = (unit, course.officer)
    # One that has just been restored is where it was.
    if states and before.offset >= 0 and whose != (before.unit, before.course.officer):
        states, changed = moved(states, changed, as_of)
    scopes = present.scopes(unit, course.officer)
    # By place: with names the call alone would take a twentieth of an event's time.
    after = DossierRecord(
        before.timeline, place.epoch, place.offset, before.dossier_id, as_of, course, standing,
        scopes, "" if unit == course.unit else unit, states, before.owned, facts, actions,
    )  # fmt: skip
    return after, changed
