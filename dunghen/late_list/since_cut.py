"""What came behind a cut, dossier by dossier, and facts without it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import msgspec

from broker.clients import AnyKafka
from broker.reading import TO_THE_END, read_on
from dossiers.portal.snapshots import MAX_REPEATS, place, singled
from dossiers.wire.acted import Acted
from dossiers.wire.events import Activate, Described, Tick, decode_event
from dossiers.wire.facts import Fact, SnapshotFact
from dossiers.wire.order import identity_of
from dossiers.wire.topics import EVENTS

Identity = tuple[str, str]  # madonvi and event id
Place = tuple[int, int]  # partition and offset


@dataclass
class Arrived:
    """Of one dossier: identities of events, and ids of actions."""

    events: set[Identity] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)


def arrived_between(
    kafka: AnyKafka,
    starts: Mapping[int, int],
    until: Mapping[int, int],
    only: Set[str] | None = None,
    skip: Set[Place] = frozenset(),
) -> dict[str, Arrived]:
    """What stands in topic dossier-events from ``starts`` on and before ``until``, by partition,
    but at places ``skip``. ``only``: of these dossiers. Raises BrokerAway."""
    wanted = None if only is None else {dossier.encode() for dossier in only}
    found: dict[str, Arrived] = {}
    consumer = kafka.consumer({**TO_THE_END, "isolation.level": "read_committed"})
    try:
        for message in read_on(consumer, kafka.bootstrap, EVENTS, starts, until):
            place_ = (message.partition() or 0, message.offset() or 0)
            if place_ in skip or (wanted is not None and message.key() not in wanted):
                continue
            try:
                event = decode_event(message.value() or b"")
            except msgspec.MsgspecError:
                continue  # a dead letter
            if isinstance(event, Tick | Activate | Described):
                continue
            of = found.setdefault(event.dossier_id, Arrived())
            if isinstance(event, Acted):
                of.actions.add(event.event_id)
            else:
                of.events.add((event.madonvi, event.event_id))
    finally:
        consumer.close()
    return found


def without(facts: list[Fact], new: Set[Identity]) -> list[Fact] | None:
    """``facts`` as they were before those of these identities came; None if that cannot be told
    from them: a dossier that had left begins anew with them, or a snapshot that was sent again and
    again has forgotten when it was sent first."""
    apart = singled(facts)
    left = [fact for fact in apart if identity_of(fact) not in new]
    if len(left) == len(apart):
        return facts
    if not left:
        return None
    gone = any(type(fact) is SnapshotFact and identity_of(fact) in new for fact in apart)
    if not gone:
        return [fact for fact in facts if identity_of(fact) not in new]
    if any(type(fact) is SnapshotFact and len(fact.repeats) == MAX_REPEATS for fact in facts):
        return None
    kept: list[Fact] = []
    for fact in left:
        kept, _ = place(kept, fact)
    return kept
