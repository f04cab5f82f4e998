"""What new reference data does to the dossiers of a partition: they are folded again.

Rules and units reach into every state. Dossiers that ended before keep their verdict.
"""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.tallies.tally import contribution
from dossiers.wire.events import Activate
from dossiers.wire.records import DossierRecord
from streams.partition.admission import decode_facts
from streams.partition.judging import folded
from streams.partition.settling import settle_into
from streams.partition.state import Loaded, PartitionState


def activate(state: PartitionState, event: Activate) -> None:
    """Take a version of the reference data; raises Refusal for what cannot be used."""
    since = state.versions.activate(event, state.now)
    if since is not None:
        take_effect(state, since)


def take_effect(state: PartitionState, since: int) -> None:
    """A version that applies from ``since`` (ms) on was added, or its time has come."""
    before = state.versions.current
    state.versions.advance(state.now)
    state.listen()
    changed = state.versions.current is not before
    for dossier_id in list(state.dossiers):
        if (loaded := state.load(dossier_id)) is None:
            continue
        # Its time is still to come, but events dated later may have ended a dossier already.
        if changed or (loaded[0].course.finished_at or 0) >= since:
            try:
                _fold_again(state, loaded, before, since)
            except Exception as error:
                state.skip("a dossier stays as it was judged before", error)
    if changed:
        state.tallies.dirty.update(state.tallies.vectors)


def _fold_again(state: PartitionState, loaded: Loaded, before: Context, since: int) -> None:
    record, facts = loaded
    now = state.versions.current
    if _keeps_verdict(record, since):
        same = now.scopes(record.unit, record.course.officer) == record.scopes
        if same and before.retention == now.retention:
            return
    if before.retention != now.retention:
        was = contribution(record, before.retention is None)
        state.tallies.replace(was, contribution(record, state.versions.all_time))
    facts = decode_facts(record.facts.raw) if facts is None else facts
    course = folded(state.versions, facts, record.course.finished_at)
    settle_into(state, record, facts, course, max(state.now, record.as_of))


def _keeps_verdict(record: DossierRecord, since: int) -> bool:
    return record.course.finished_at is not None and record.course.finished_at < since
