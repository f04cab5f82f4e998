"""A dossier that has left the stream comes back before somebody acts on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.memory.kafka import MemoryKafka
from broker.producing import Writer
from broker.reading import read_all
from dossiers.admission.bounds import DEFAULT_BOUND
from dossiers.wire.acted import Acted, kept_action
from dossiers.wire.events import (
    Activate,
    AnyEvent,
    Finished,
    Received,
    Restored,
    Tick,
    decode_event,
    encode_event,
)
from dossiers.wire.reference import content_hash
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS, EVENTS
from dunghen.acting.returning import ReturningDossiers
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Decoder, Record
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.migrate import migrate
from sinks.store import Store
from streams.partition.engine import PartitionEngine
from tests.dunghen.dead_letters.stream import DAY, NOW, REFERENCE, T0, fields

TOPICS = (EVENTS, DOSSIERS, ALERTS, DEAD_LETTERS)

RETENTION = 62 * DAY
TIMELINE = "5f0a3d0e-7c0b-4d0e-9a5c-3c0d7a0a5e11"


class InMemory:
    """One partition on a broker in memory: an engine for the worker, a store filled as by the
    sink."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kafka = MemoryKafka()
        self.kafka.create_topics(*TOPICS)
        self.engine = PartitionEngine(TIMELINE, 0, lambda _: REFERENCE, lambda _: 0, 1)
        self.engine.restore([])
        self.publish(Activate(hash=content_hash(REFERENCE), since=0))

    def publish(self, *events: AnyEvent) -> None:
        with Writer(self.kafka) as writer:
            for event in events:
                key = None if isinstance(event, Tick | Activate) else event.dossier_id.encode()
                writer.send(EVENTS, 0, key, encode_event(event))

    def fold(self) -> None:
        """Everything, and all of it into ClickHouse."""
        log = [(m.offset() or 0, m.key(), m.value()) for m in read_all(self.kafka, EVENTS)]
        with Writer(self.kafka) as writer:
            for topic, _, key, value in [*self.engine.fold_in(log), *self.engine.closing()]:
                if topic in TOPICS:
                    writer.send(topic, 0, key, value)  # type: ignore[arg-type]
        decoders: list[Decoder[Any]] = [EventDecoder(TIMELINE), FactDecoder(), AlertDecoder()]
        for decoder in decoders:
            found = read_all(self.kafka, decoder.topic)
            records = [Record(0, m.offset() or 0, m.key(), m.value()) for m in found]
            decoded = decoder.decode(records)
            if decoded.rows is not None:
                decoder.insert(self.store, decoded.rows)

    def returning(self, dossier: str, now: int) -> bytes | None:
        archive = ReturningDossiers(self.kafka, self.store, TIMELINE, DEFAULT_BOUND)  # type: ignore[arg-type]
        return archive.returning(dossier, "an-event", now, RETENTION)


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[InMemory]:
    with Store.embedded(str(tmp_path / "engine")) as store:
        store.ensure_database()
        migrate(store)
        yield InMemory(store)


def explained(dossier: str, at: int) -> Acted:
    return Acted(
        **{**fields(dossier, "a1", at), "source": "desk"}, action="explain", alert_id="an-alert",
        sequence=1, alert_kind="overdue", level=0, cause=T0 + DAY, person="o1", capacity="holder",
        reason="in_hand",
    )  # fmt: skip


def life(dossier: str, *more: AnyEvent) -> list[AnyEvent]:
    finish: dict[str, Any] = fields(dossier, "f", T0 + 3 * DAY)
    return [
        Tick(now=T0),
        Received(**fields(dossier, "r", T0, unit="u1"), due_at=T0 + DAY, procedure="p"),
        Tick(now=T0 + 2 * DAY),
        *more,
        Finished(**finish, status=10),
    ]


def test_it_comes_back_with_facts_alerts_and_what_was_done(stream: InMemory) -> None:
    acted = explained("d", T0 + 2 * DAY)
    stream.publish(*life("d", acted), Tick(now=NOW))
    stream.fold()
    assert not stream.engine.state.dossiers
    value = stream.returning("d", NOW)
    assert value is not None
    back = decode_event(value)
    assert isinstance(back, Restored)
    assert (back.event_id, back.occurred_at, len(back.facts)) == ("restored-an-event", NOW, 2)
    assert back.actions == (kept_action(acted),)
    assert {state.kind for state in back.alerts} >= {"overdue"}
    # Nobody looks for one that never was, and one that is still there needs no way back.
    assert stream.returning("nobody", NOW) is None
    assert stream.returning("d", T0 + 3 * DAY + RETENTION) is None
