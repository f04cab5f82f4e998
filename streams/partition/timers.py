"""What a tick does: deadlines pass, closed dossiers leave, and reference data takes effect."""

from __future__ import annotations

from dossiers.admission.ownership import owners_of
from dossiers.fold.retention import expires_at
from dossiers.tallies.tally import NOTHING, contribution
from dossiers.wire.records import DossierRecord, Owned
from streams.partition.activation import take_effect
from streams.partition.admission import decode_facts
from streams.partition.outputs import encode
from streams.partition.settling import settle_into
from streams.partition.state import PartitionState


def tick(state: PartitionState, now: int) -> None:
    """Let the partition's time go on to ``now`` (ms), with a stop at every version of the
    reference data that takes effect on the way."""
    state.ticked = True
    while (since := state.versions.next_at) is not None and since <= now:
        _advance(state, since)
        take_effect(state, since)
    _advance(state, now)


def _advance(state: PartitionState, now: int) -> None:
    """To ``now`` (ms), under the version in force. Time never goes back."""
    if now <= state.now:
        return
    state.now = now
    for dossier_id in state.deadlines.due(now):
        if (loaded := state.load(dossier_id)) is None:
            continue
        record, facts = loaded
        try:
            if _leaves(state, record, now):
                _expire(state, record)
            else:
                settle_into(state, record, facts, record.course, now)
        except Exception as error:
            state.skip("time has stopped for a dossier", error)
    state.advance_windows()


def _leaves(state: PartitionState, record: DossierRecord, now: int) -> bool:
    """Whether it is time for a dossier to be dropped; else something about its alerts changes."""
    course = record.course
    if course.finished_at is None or course.reopened_at is not None:
        return False
    if not record.actions:
        return True
    retention = state.versions.current.retention
    return retention is not None and expires_at(record.facts.tail[0], retention) <= now


def _expire(state: PartitionState, record: DossierRecord) -> None:
    """The retention of a closed dossier is over. What this batch made of it is still written."""
    dossier_id = record.dossier_id
    touched = state.touched.pop(dossier_id, None)
    if touched is not None:
        state.write(touched[0])
    del state.dossiers[dossier_id]
    state.tallies.replace(contribution(record, state.versions.all_time), NOTHING)
    state.deadlines.set(dossier_id, None)
    owned = _last_owners(state, record)
    state.departed.put(dossier_id, owned)
    value = None if owned is None else encode(owned)
    state.outputs.append(state.encoder.state(dossier_id, value))


def _last_owners(state: PartitionState, record: DossierRecord) -> Owned | None:
    """The owners of a dossier that leaves, by the version in force when its retention was over:
    the same whenever the tick comes."""
    if record.owned is None and not state.versions.current.codes.any:
        return None
    retention = state.versions.current.retention or 0
    version = state.versions.at(expires_at(record.facts.tail[0], retention))
    owners = owners_of(record.owned, lambda: decode_facts(record.facts.raw), version)
    handed = record.owned is not None and record.owned.handed
    return Owned(owners, True, handed) if owners else None
