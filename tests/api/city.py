"""A small city whose records are made by the real engine and merger, without a broker."""

from __future__ import annotations

from collections.abc import Iterable

from api.live.view import TopicRecord
from dossiers.reference.context import Context
from dossiers.reference.in_force import Activation, InForce
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Suspended,
    Tick,
    encode_event,
)
from dossiers.wire.reference import (
    Officer,
    Procedure,
    Reference,
    Rules,
    Unit,
    content_hash,
    encode_reference,
)
from dossiers.wire.topics import ALERTS, DOSSIERS, EVENTS, PARTIALS, REFERENCE, TALLIES
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Record as SinkRecord
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.decode.tallies import TallyDecoder
from sinks.judging import LateJudge
from sinks.store import Store
from streams.partition.activation import activate
from streams.partition.engine import PartitionEngine
from streams.tallies.merger import Merger

HOUR = 3_600_000
START = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam
TIMELINE = "5f0a3d0e-7c0b-4d0e-9a5c-3c0d7a0a5e11"
EVIL = '<script>alert("1")</script>'

REFERENCE_DATA = Reference(
    title="Thành phố Thử",
    calendar=CalendarSpec(kind="vn-office"),
    rules=Rules(backlog_overdue=2),
    units=(
        Unit(id="city", name="Thành phố", kind="province"),
        Unit(id="u1", name="Phường Một", short="Một", parent="city", kind="commune"),
        Unit(id="u/2", name="Sở Hai", parent="city", kind="department"),
    ),
    officers=(
        Officer(id="o1", name="Nguyễn Thị Hoa", unit="u1"),
        Officer(id="o2", name="Đỗ Văn An", unit="u/2"),
    ),
    procedures=(Procedure(id="p1", name="Đăng ký khai sinh"),),
)


class OneReference:
    """Reference data that counts always."""

    def __init__(self, reference: Reference) -> None:
        self._in_force = InForce([(0, Context(reference))])

    def in_force(self, _activations: tuple[Activation, ...]) -> InForce:
        return self._in_force

    def knows(self, activations: tuple[Activation, ...]) -> bool:
        return True

    def close(self) -> None:
        """Nothing is read."""


class City:
    """Events in, records of all topics out; ``insert`` writes them to a store as the sink does."""

    def __init__(self, timeline: str = TIMELINE, reference: Reference = REFERENCE_DATA) -> None:
        self.timeline = timeline
        self.reference = reference
        self.engine = PartitionEngine(timeline, 0, lambda _: reference, lambda _: 0, 1)
        activate(self.engine.state, Activate(hash=content_hash(reference), since=0))
        self.merger = Merger(timeline, 0, 1)
        self.log: list[tuple[str, bytes, bytes | None]] = []
        self.engine.restore([])
        self.add(REFERENCE, content_hash(reference).encode(), encode_reference(reference))

    def add(self, topic: str, key: bytes, value: bytes | None) -> None:
        self.log.append((topic, key, value))

    def publish(self, *events: AnyEvent) -> list[TopicRecord]:
        """Fold events in one batch; the new records that a live view reads."""
        first = len(self.log)
        offset = self.engine.state.next_offset
        batch = []
        for number, event in enumerate(events):
            key = event.dossier_id.encode() if isinstance(event, AnyDossierEvent) else None
            batch.append((offset + number, key, encode_event(event)))
            self.add(EVENTS, key or b"", encode_event(event))
        partials = []
        for output in self.engine.process(batch):
            if output.topic == PARTIALS:
                partials.append((output.key, output.value))
            else:
                self.add(output.topic, output.key, output.value)
        self.merger.absorb(partials)
        for key, value in self.merger.emit(self.reference):
            self.add(TALLIES, key, value)
        for output in self.merger.watch.drain():
            self.add(output.topic, output.key, output.value or b"")
        return self.records(first)

    def records(self, first: int = 0) -> list[TopicRecord]:
        """What topics other than events and dossiers hold."""
        return [r for r in self.log[first:] if r[0] not in (EVENTS, DOSSIERS)]

    def insert(self, store: Store, batch: int = 0) -> None:
        """All records so far into ClickHouse; ``batch`` tells retries of other tests apart."""
        for topic, decoder in (
            (EVENTS, EventDecoder(self.timeline)),
            (DOSSIERS, FactDecoder(LateJudge(OneReference(self.reference)))),
            (TALLIES, TallyDecoder()),
            (ALERTS, AlertDecoder()),
        ):
            found = [
                SinkRecord(0, offset, key, value)
                for offset, (of, key, value) in enumerate(self.log)
                if of == topic
            ]
            decoded = decoder.decode(found)
            assert not decoded.bad
            if decoded.rows is not None:
                decoder.insert(store, decoded.rows, f"{topic}-{batch}")


def received(
    dossier: str, at: int, due: int | None, unit: str = "u1", officer: str = "o1"
) -> Received:
    return Received(
        event_id=f"{dossier}-r", dossier_id=dossier, occurred_at=at, received_at=at,
        source="portal", unit=unit, officer=officer, procedure="p1", due_at=due,
    )  # fmt: skip


def progressed(dossier: str, at: int, step: str, unit: str = "", officer: str = "") -> Progressed:
    return Progressed(
        event_id=f"{dossier}-p{at}", dossier_id=dossier, occurred_at=at, received_at=at,
        source="portal", step=step, unit=unit, officer=officer,
    )  # fmt: skip


def finished(dossier: str, at: int) -> Finished:
    return Finished(
        event_id=f"{dossier}-f", dossier_id=dossier, occurred_at=at, received_at=at, source="portal"
    )


def suspended(dossier: str, at: int) -> Suspended:
    return Suspended(
        event_id=f"{dossier}-s", dossier_id=dossier, occurred_at=at, received_at=at, source="portal"
    )


def a_morning() -> Iterable[AnyEvent]:
    """Two units, every verdict, names that try to be markup and formulas. Ends at 10:00."""
    day = 24 * HOUR
    yield Tick(START - 4 * day)
    yield received("late-1", START - 4 * day, START - day)
    yield Tick(START - 3 * day)
    yield received("early-1", START - 3 * day, START + 9 * day)
    yield received("wait-1", START - 3 * day, START + 5 * day, "u/2", "o2")
    yield received("over-1", START - 3 * day, START - 3 * day + 2 * HOUR)
    yield Tick(START - 2 * day)
    yield received("=cmd|' /C calc'!A0", START - 2 * day, START - HOUR, "u1", EVIL)
    yield received("over-2", START - 2 * day, START + HOUR, "u/2", "o2")
    yield Tick(START - HOUR)
    yield received("open-1", START - HOUR, START + 20 * day, "u/2", "unknown-officer")
    yield Tick(START)
    yield progressed("over-1", START, "thẩm định")
    yield suspended("wait-1", START)
    yield finished("early-1", START + 1)
    yield finished("late-1", START + HOUR // 2)
    yield Tick(START + 2 * HOUR)
