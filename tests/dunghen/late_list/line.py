"""A timeline in memory: what is sent is folded, and what is folded is in ClickHouse once told."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Sequence

import msgspec

from broker.memory.kafka import MemoryKafka
from broker.partitioner import partition_of
from dossiers.publication.freezing import FrozenList, bytes_of
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_list import month_of
from dossiers.wire.dead_letters import REPLAYED, DeadLetter
from dossiers.wire.events import Activate, AnyDossierEvent, AnyEvent, Tick, encode_event
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import encode_reference
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS, EVENTS, REFERENCE
from dunghen.late_list.cut import KnownLog, cut_now
from dunghen.late_list.freezing import FreezeAsked, ListedBefore, frozen_from, remake
from dunghen.late_list.refused import refused_places
from dunghen.late_list.stored import StoredFacts
from sinks.decode.base import Record
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.store import Store
from streams.partition.engine import PartitionEngine

PARTITIONS = 2
SECRET = bytes(range(32))
_NUMBERS = itertools.count()


class Line:
    """One timeline; its dossiers have ids that no other has. ``versions``: reference data, each
    with its instant (ms)."""

    def __init__(self, versions: Sequence[tuple[int, Context]]) -> None:
        self.id = str(uuid.UUID(int=next(_NUMBERS)))
        self.in_force = InForce([(0, versions[0][1])])
        self.kafka = MemoryKafka()
        self.kafka.create_topics(EVENTS, DOSSIERS, partitions=PARTITIONS)
        self.kafka.create_topics(DEAD_LETTERS, REFERENCE)
        self.timeline = Timeline(id=self.id, kind="live", partitions=PARTITIONS, created_at=0)
        self.contexts = {context.hash: context for _, context in versions}
        self._producer = self.kafka.producer({})
        self._events: list[list[Record]] = [[] for _ in range(PARTITIONS)]
        self._states: list[list[Record]] = [[] for _ in range(PARTITIONS)]
        self._told = [[0, 0] for _ in range(PARTITIONS)]  # events and states in ClickHouse
        self.letters: list[DeadLetter] = []
        self.now = 0
        self._engines = [
            PartitionEngine(self.id, p, lambda h: self.contexts[h].reference, lambda _: 0, 1)
            for p in range(PARTITIONS)
        ]
        for engine in self._engines:
            engine.restore(())
        for since, context in versions:
            self._everywhere(Activate(hash=context.hash, since=since))
            self.in_force.add(context, since, 0)

    def named(self, event: AnyDossierEvent) -> AnyDossierEvent:
        """The event, of a dossier of this timeline."""
        return msgspec.structs.replace(event, dossier_id=f"{self.id[-4:]}.{event.dossier_id}")

    def send(self, events: Iterable[AnyDossierEvent]) -> None:
        for event in events:
            self._write(partition_of(event.dossier_id, PARTITIONS), event)

    def tick(self, now: int) -> None:
        self.now = max(now, self.now)
        self._everywhere(Tick(now=now))

    def send_refused_again(self) -> None:
        """Every dead letter that is an event, with the mark that says so."""
        for letter in [each for each in self.letters if each.offset >= 0]:
            mark = msgspec.structs.replace(letter, reason=REPLAYED)
            self._produce(DEAD_LETTERS, 0, b"", msgspec.json.encode(mark))
            old = self._events[letter.partition][letter.offset]
            self._fold(letter.partition, old.key, old.value or b"")
        self.letters.clear()

    def state(self, dossier: str) -> DossierRecord | None:
        """As its partition has it."""
        value = self._engines[partition_of(dossier, PARTITIONS)].state.dossiers.get(dossier)
        return msgspec.json.decode(value, type=DossierRecord) if value else None

    def vectors(self, scope: str) -> list[tuple[int, ...]]:
        """The counters of a scope, by partition."""
        found = (engine.state.tallies.vectors.get(scope) for engine in self._engines)
        return [tuple(vector) for vector in found if vector is not None]

    def fill(self, store: Store) -> None:
        """ClickHouse takes what it has not taken yet."""
        for partition in range(PARTITIONS):
            told = self._told[partition]
            for place, decoder, records in (
                (0, EventDecoder(self.id), self._events[partition]),
                (1, FactDecoder(), self._states[partition]),
            ):
                decoded = decoder.decode(records[told[place] :])
                if decoded.rows is not None:
                    store.insert(decoder.table, decoded.rows)
                told[place] = len(records)

    def cut(self) -> KnownLog:
        return cut_now(self.kafka, self.timeline)

    def frozen(
        self, store: Store, known: KnownLog, month: str, scope: str = "",
        before: ListedBefore | None = None,
    ) -> FrozenList:  # fmt: skip
        """By ClickHouse, at the cut."""
        refused = refused_places(self.kafka, self.id, known.cut.dead_letters)
        facts = StoredFacts(store, self.kafka, self.id, known.cut, refused)
        asked = FreezeAsked(month, scope, listed_before=before or {})
        span = month_of(month, self.in_force.at(known.watermark))
        return frozen_from(facts, asked, known, self.timeline, span, self.in_force, SECRET)

    def remade(self, found: FrozenList, before: ListedBefore | None = None) -> FrozenList:
        """From the log alone."""
        references = {h: encode_reference(c.reference) for h, c in self.contexts.items()}
        return remake(
            self.kafka, self.timeline, references, self.in_force, found.core, SECRET, before or {}
        )

    def _everywhere(self, event: AnyEvent) -> None:
        for partition in range(PARTITIONS):
            self._fold(partition, None, encode_event(event))

    def _write(self, partition: int, event: AnyDossierEvent) -> None:
        self._fold(partition, event.dossier_id.encode(), encode_event(event))

    def _fold(self, partition: int, key: bytes | None, value: bytes) -> None:
        offset = len(self._events[partition])
        self._produce(EVENTS, partition, key, value)
        self._events[partition].append(Record(partition, offset, key, value))
        engine = self._engines[partition]
        for output in [*engine.process([(offset, key, value)]), engine.position()]:
            if output.topic == DOSSIERS:
                states = self._states[partition]
                states.append(Record(partition, len(states), output.key, output.value))
                self._produce(DOSSIERS, partition, output.key, output.value)
            elif output.topic == DEAD_LETTERS:
                self.letters.append(msgspec.json.decode(output.value or b"", type=DeadLetter))
                self._produce(DEAD_LETTERS, 0, output.key, output.value)

    def _produce(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> None:
        self._producer.produce(topic, value=value, key=key, partition=partition)
        self._producer.flush(5)


def files(found: FrozenList) -> tuple[bytes, ...]:
    """As they are kept."""
    return tuple(bytes_of(found))
