"""Bringing one dossier to a course and an instant: its state, alerts, tallies and deadline."""

from __future__ import annotations

import msgspec

from dossiers.admission.ownership import owned_after
from dossiers.fold.settle import Place, settle
from dossiers.tallies.tally import NOTHING, contribution
from dossiers.wire.acted import KeptAction
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, Reassigned, Restored
from dossiers.wire.facts import Fact
from dossiers.wire.records import DossierRecord, Facts, Owned
from streams.partition.state import PartitionState

_CHANGES_OWNER = frozenset({Reassigned, Restored})  # even without a madonvi in the event


def settle_into(
    state: PartitionState,
    before: DossierRecord,
    known: list[Fact] | None,
    course: Course,
    as_of: int,
    *,
    event: AnyDossierEvent | None = None,
    facts: Facts | None = None,
    owned: Owned | None = None,
    actions: tuple[KeptAction, ...] | None = None,
    action: KeptAction | None = None,
) -> DossierRecord:
    """Settle a dossier at ``course`` as of ``as_of`` (ms), in ``state``. Returns its new record.

    ``known``: its facts if they were decoded. ``event``: what brought this about, None if time or
    reference data did, or an ``action``. ``facts``, ``owned``, ``actions``: if it changed them.
    """
    versions, tallies = state.versions, state.tallies
    # A dossier that has just appeared contributed nothing, not an empty state.
    was = contribution(before, versions.all_time) if before.offset >= 0 else NOTHING
    owned = owned or before.owned
    if event is not None and (event.madonvi or owned is not None or type(event) in _CHANGES_OWNER):
        owned = owned_after(owned, event, before.course.received_at, course.received_at)
    if owned is not before.owned:
        before = msgspec.structs.replace(before, owned=owned)
    place = Place(state.epoch, state.next_offset - 1)
    judge = versions.judging(course.finished_at)
    after, changed = settle(
        before, course, as_of, judge, place, facts or before.facts, versions.current,
        before.actions if actions is None else actions, action,
    )  # fmt: skip
    tallies.replace(was, contribution(after, versions.all_time))
    for change in changed:
        state.outputs.append(state.encoder.alert(after, change, event, action))
    state.deadlines.set(after.dossier_id, after.standing.next_at)
    state.touched[after.dossier_id] = (after, known)
    return after


def fire_due(
    state: PartitionState, record: DossierRecord, facts: list[Fact] | None, at: int
) -> DossierRecord:
    """The dossier's deadlines up to ``at`` (ms) pass, before what happens then is taken: a breach
    is announced, then ended."""
    if record.standing.next_at is None or record.standing.next_at > at:
        return record
    return settle_into(state, record, facts, record.course, at)
