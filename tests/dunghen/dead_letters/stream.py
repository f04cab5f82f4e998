"""One partition of a timeline, for tests of dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from dossiers.wire import topics
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    AnyEvent,
    Tick,
    encode_event,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules
from dunghen.timeline.topics import ensure_topics
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Decoder, Record
from sinks.decode.dead_letters import DeadLetterDecoder
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.migrate import migrate
from sinks.store import Store
from streams.partition.engine import PartitionEngine
from tests.dunghen.timeline.test_topics import NAMES
from tests.support.kafka import TestKafka

DAY = 86_400_000
T0 = 1_790_000_000_000
NOW = T0 + 100 * DAY
REFERENCE = Reference(calendar=CalendarSpec(kind="24x7"), rules=Rules(tombstones=True))


def fields(dossier: str, event_id: str, at: int, **more: Any) -> dict[str, Any]:
    return {
        "dossier_id": dossier, "event_id": event_id, "occurred_at": at, "received_at": at,
        "source": "portal", **more,
    }  # fmt: skip


class Stream:
    """One partition on a real broker: an engine for the worker, a store filled as by the sink."""

    def __init__(self, kafka: TestKafka, store: Store) -> None:
        self.bootstrap, self.store, self.kafka = kafka.bootstrap, store, kafka
        self.timeline = ensure_topics(
            kafka.bootstrap, partitions=1, kind="live", reference=REFERENCE
        ).id
        self.engine = PartitionEngine(self.timeline, 0, lambda _: REFERENCE, lambda _: 0, 1)
        self.engine.restore([])

    def publish(self, *events: AnyEvent) -> None:
        with Writer(Kafka(self.bootstrap)) as writer:
            for event in events:
                key = None if isinstance(event, Tick) else event.dossier_id.encode()  # type: ignore[union-attr]
                writer.send(topics.EVENTS, 0, key, encode_event(event))

    def fold(self) -> None:
        """Everything that is new in the topic."""
        new = [
            (message.offset() or 0, message.key(), message.value())
            for message in self.kafka.read_all(topics.EVENTS)
            if (message.offset() or 0) >= self.engine.state.next_offset
        ]
        with Writer(Kafka(self.bootstrap)) as writer:
            for topic, _, key, value in [*self.engine.fold_in(new), *self.engine.closing()]:
                if topic in (topics.DOSSIERS, topics.ALERTS, topics.DEAD_LETTERS):
                    writer.send(topic, 0, key, value)  # type: ignore[arg-type]

    def sink(self) -> None:
        decoders: list[Decoder[Any]] = [
            EventDecoder(self.timeline), FactDecoder(), AlertDecoder(), DeadLetterDecoder(),
        ]  # fmt: skip
        for decoder in decoders:
            found = [
                Record(0, message.offset() or 0, message.key(), message.value())
                for message in self.kafka.read_all(decoder.topic)
            ]
            decoded = decoder.decode(found)
            if decoded.rows is not None:
                decoder.insert(self.store, decoded.rows)

    def state(self, dossier: str) -> DossierRecord:
        return msgspec.json.decode(self.engine.state.dossiers[dossier], type=DossierRecord)


def streamed(kafka: TestKafka, tmp_path: Path) -> Iterator[Stream]:
    """One on topics and an engine of its own, for a fixture."""

    def clean() -> None:
        if found := kafka.topic_names() & NAMES:
            kafka.delete_topics(*found)

    clean()
    with Store.embedded(str(tmp_path / "engine")) as store:
        store.ensure_database()
        migrate(store)
        yield Stream(kafka, store)
    clean()
