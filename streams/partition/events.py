"""One event of a dossier: judged, and folded into the dossier's state."""

from __future__ import annotations

from bisect import insort

import msgspec

from dossiers.admission.action_bound import joined_actions
from dossiers.fold.retention import restore_into
from dossiers.fold.settle import comes_last, empty_state, mentions
from dossiers.portal.snapshots import kept_places, knows, last_place, place, repeats
from dossiers.wire.events import AnyDossierEvent, Restored
from dossiers.wire.facts import Fact, SnapshotFact
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order, tail_of
from dossiers.wire.records import DossierRecord, Facts, Owned
from streams.partition.admission import Arrival, admit, authorized, decode_facts, with_counts
from streams.partition.intake import refuse_archived
from streams.partition.judging import extended, folded
from streams.partition.outputs import encode
from streams.partition.settling import fire_due, settle_into
from streams.partition.state import Loaded, PartitionState


def fold_event(state: PartitionState, event: AnyDossierEvent) -> None:
    """Fold one event into ``state``, which counts it if it is a duplicate. Raises Refusal."""
    fact = fact_of(event)
    arrival = Arrival(event, fact, encode(fact))
    loaded = state.load(event.dossier_id) if event.dossier_id in state.dossiers else None
    if loaded is not None and not loaded[0].facts.count:
        loaded = _with_counts(state, loaded[0])
    if loaded is None:
        _first(state, arrival)
    else:
        _next(state, *loaded, arrival)


def _first(state: PartitionState, arrival: Arrival) -> None:
    """An event of a dossier that has no state."""
    event = arrival.event
    empty = empty_state(state.timeline, event.dossier_id)
    owned = state.departed.get(event.dossier_id) if state.departed else None
    if owned is not None:  # a dossier that has left the stream still has owners
        empty = msgspec.structs.replace(empty, owned=owned)
    if event.madonvi:  # first of all: a stranger's late event must bring no dossier back
        owned = authorized(empty, [], event, state.versions.current)
    refuse_archived(event, state.now, state.versions.current)
    admit(state.bound, empty, [], arrival)
    state.dossiers[event.dossier_id] = b""
    _insert(state, empty, [], arrival, owned)


def _next(
    state: PartitionState, record: DossierRecord, facts: list[Fact] | None, arrival: Arrival
) -> None:
    """An event of a dossier that has a state."""
    event = arrival.event
    mentioned = mentions(record, event.event_id)
    if mentioned:
        facts = decode_facts(record.facts.raw) if facts is None else facts
        if knows(facts, event.event_id, event.madonvi):
            state.duplicates += 1
            return
    owned = record.owned
    if event.madonvi:
        owned = authorized(record, facts, event, state.versions.current)
    has_room = type(event) is not Restored and state.bound.has_room(record, len(arrival.raw) + 1)
    if not has_room and not admit(state.bound, record, facts, arrival):
        state.duplicates += 1
        return
    record = fire_due(state, record, facts, event.occurred_at)
    if mentioned or not comes_last(record, event):
        facts = decode_facts(record.facts.raw) if facts is None else facts
        _insert(state, record, facts, arrival, owned)
    else:
        _append(state, record, facts, arrival, owned)


def _with_counts(state: PartitionState, record: DossierRecord) -> Loaded | None:
    """A state of a version that did not count, with its facts; None if it has no facts."""
    facts = decode_facts(record.facts.raw)
    dossier_id = record.dossier_id
    if not facts:
        state.forget(dossier_id, ValueError("it has no facts"))
        state.touched.pop(dossier_id, None)
        return None
    record = with_counts(record, facts)
    # Once is enough, also if nothing more is taken: here, and not in the changelog.
    if dossier_id in state.touched:
        state.touched[dossier_id] = (record, facts)
    else:
        state.dossiers[dossier_id] = encode(record)
    return record, facts


def _append(
    state: PartitionState,
    record: DossierRecord,
    facts: list[Fact] | None,
    arrival: Arrival,
    owned: Owned | None,
) -> None:
    """An event that comes last: the usual case, in which nothing is decoded."""
    event, fact, raw = arrival
    course = extended(state.versions, record, fact)
    if course is None:
        facts = decode_facts(record.facts.raw) if facts is None else facts
        _insert(state, record, facts, arrival, owned)
        return
    joined = b"".join((bytes(record.facts.raw)[:-1], b",", raw, b"]"))
    as_of = max(state.now, event.occurred_at, record.as_of)
    known = Facts(tail_of(fact), record.facts.count + 1, len(joined), raw=msgspec.Raw(joined))
    if facts is not None:
        facts.append(fact)
    settle_into(state, record, facts, course, as_of, event=event, facts=known, owned=owned)


def _insert(
    state: PartitionState,
    record: DossierRecord,
    facts: list[Fact],
    arrival: Arrival,
    owned: Owned | None,
) -> None:
    """An event that belongs among the others: all facts are folded again."""
    event, fact, _ = arrival
    compared = record.facts.snapshots or type(fact) is SnapshotFact
    if compared and kept_places(facts) >= state.bound.facts and repeats(facts, fact):
        state.duplicates += 1  # they need no room, but each costs as much as a fact
        return
    if isinstance(event, Restored):
        actions = joined_actions(record.actions, event.actions)
        record = msgspec.structs.replace(restore_into(record, facts, event), actions=actions)
        compared = any(type(known) is SnapshotFact for known in facts)
    if compared:
        facts, is_new = place(facts, fact)
        state.duplicates += not is_new
    else:
        insort(facts, fact, key=fact_order)
    raw = encode(facts)
    tail = last_place(facts) if compared else tail_of(facts[-1])
    known = Facts(tail, len(facts), len(raw), compared, msgspec.Raw(raw))
    course = folded(state.versions, facts, record.course.finished_at)
    as_of = max(state.now, event.occurred_at, record.as_of)
    settle_into(state, record, facts, course, as_of, event=event, facts=known, owned=owned)
