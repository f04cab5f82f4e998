"""A dossier's facts from the records of the log that are its own."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from broker.clients import AnyKafka
from broker.reading import read_places
from dossiers.fold.retention import unknown_facts
from dossiers.portal.snapshots import place
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Restored, decode_event
from dossiers.wire.facts import Fact, SnapshotFact
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.topics import EVENTS


def facts_at(kafka: AnyKafka, places: Iterable[tuple[int, int]]) -> list[Fact]:
    """In their order. ``places``: of all events that were taken, by partition and offset. Raises
    BrokerError if one is not there."""
    facts: list[Fact] = []
    for message in read_places(kafka, EVENTS, sorted(places)):
        event = decode_event(message.value() or b"")
        if not isinstance(event, DossierEvent):
            continue
        fact = fact_of(event)
        if isinstance(event, Restored):
            for archived in unknown_facts(facts, event):
                insort(facts, archived, key=fact_order)
        if any(isinstance(each, SnapshotFact) for each in (fact, *facts)):
            facts, _ = place(facts, fact)
        else:
            insort(facts, fact, key=fact_order)
    return facts
