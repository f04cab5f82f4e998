"""A timeline on the session's broker, its workers, and what they should have made of it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from broker.kafka import Kafka
from dossiers.wire import records
from dossiers.wire.events import (
    DossierEvent,
    Finished,
    Limit,
    Progressed,
    Received,
    Suspended,
    Voided,
)
from dossiers.wire.records import Alert, DeadLetter, DossierRecord, PartialTally, Tally, Timeline
from dossiers.wire.reference import CalendarSpec, Reference, Rules
from dunghen.timeline.tallies import FollowedTallies
from dunghen.timeline.topics import ensure_topics
from sources.publisher import Publisher
from streams.config import WorkerConfig
from streams.kafka_record import KafkaRecord
from streams.partition.engine import PartitionEngine
from streams.references import References
from streams.status import WorkerStatus, read_status
from streams.tallies.partitioner import scope_partition
from tests.support import wait_for
from tests.support.kafka import TestKafka

HOUR = 3_600_000
BEGIN = 1_700_000_000_000
PARTITIONS = 2
REFERENCE = Reference(
    calendar=CalendarSpec(kind="24x7"),
    limit=Limit(30, "hours"),
    rules=Rules(backlog_overdue=3),
)
_NAMES = {
    records.EVENTS, records.REFERENCE, records.DOSSIERS, records.PARTIALS, records.TALLIES,
    records.ALERTS, records.DEAD_LETTERS,
}  # fmt: skip


@dataclass
class Figures:
    """What stands in the topics, without the epochs, which differ from life to life."""

    states: dict[str, DossierRecord] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    dead_letters: list[DeadLetter] = field(default_factory=list)
    tallies: dict[str, tuple[int, ...]] = field(default_factory=dict)
    backlogs: dict[str, list[Alert]] = field(default_factory=lambda: defaultdict(list))  # by unit


class Line:
    """One timeline; make it with the fixture ``line``."""

    def __init__(self, kafka: TestKafka, folder: Path) -> None:
        self.kafka = kafka
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.clean()
        self.timeline: Timeline = ensure_topics(
            kafka.bootstrap, partitions=PARTITIONS, kind="replay", reference=REFERENCE
        )
        self.publisher = Publisher(Kafka(kafka.bootstrap), PARTITIONS)
        self.now = BEGIN

    def clean(self) -> None:
        if found := self.kafka.topic_names() & _NAMES:
            self.kafka.delete_topics(*found)

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.send_signal(signal.SIGCONT)
                process.wait()
        self.publisher.close()
        self.clean()

    # Workers

    def worker(
        self, instance: str = "one", module: str = "worker_process", **fields: Any
    ) -> subprocess.Popen[bytes]:
        config = {
            "bootstrap": self.kafka.bootstrap,
            "timeline": self.timeline.id,
            "partitions": PARTITIONS,
            "state_dir": str(self.folder),
            "instance": instance,
            "commit_interval": 0.3,
            "session_timeout": 6.0,
            **fields,
        }
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"tests.streams.{module}", json.dumps(config)],
                stdout=log, stderr=log, cwd=Path(__file__).parents[2], env=os.environ,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def status(self, instance: str = "one") -> WorkerStatus | None:
        return read_status(self.folder / "run", instance)

    def wait_folded(self, process: subprocess.Popen[bytes], count: int) -> None:
        """Until the worker with this process has ``count`` events behind it."""

        def folded() -> bool:
            assert process.poll() is None, self.log()[-3_000:]
            status = self.status()
            return (
                status is not None
                and status.pid == process.pid
                and sum(p.events for p in status.partitions.values()) >= count
            )

        wait_for(folded, 60, what=f"{count} events folded")

    # Events

    def publish(self, events: Iterator[DossierEvent], count: int) -> None:
        """The next ``count`` events of the story, a tick after every tenth."""
        for number in range(count):
            event = next(events)
            self.now = max(self.now, event.occurred_at)
            self.publisher.publish(event)
            if number % 10 == 9:
                self.publisher.tick(self.now)
        self.publisher.flush()

    def finish(self, hours: int = 1) -> None:
        """Publish the last tick, and wait until every merger has it."""
        self.now += hours * HOUR
        self.publisher.tick(self.now)
        self.publisher.flush()
        with FollowedTallies(self.kafka.bootstrap, self.timeline.id) as tallies:
            assert tallies.read_until(lambda: tallies.watermark >= self.now, 60), self.log()[-3000:]

    # Figures

    def expected(self) -> Figures:
        """The same records through engines in this process, in one life and without a broker."""
        logs: dict[int, list[KafkaRecord]] = defaultdict(list)
        for message in self.kafka.read_all(records.EVENTS):
            partition, offset = message.partition(), message.offset()
            assert partition is not None
            assert offset is not None
            logs[partition].append((offset, message.key(), message.value()))
        figures = Figures()
        references = References(
            WorkerConfig(self.kafka.bootstrap, self.timeline.id, PARTITIONS, self.folder)
        )
        vectors: dict[tuple[str, int], tuple[int, ...]] = {}
        for partition, log in sorted(logs.items()):
            engine = PartitionEngine(
                self.timeline.id, partition, references.of,
                lambda scope: scope_partition(scope, PARTITIONS), PARTITIONS,
            )  # fmt: skip
            engine.restore([])
            for record in log:
                for topic, _, key, value in engine.process([record]):
                    if topic == records.PARTIALS:
                        partial = msgspec.json.decode(value or b"", type=PartialTally)
                        vectors[partial.scope, partial.partition] = partial.vector
                    else:
                        _add(figures, topic, key, value, partition)
        for (scope, _), vector in vectors.items():
            if scope != records.CLOCK_SCOPE:
                known = figures.tallies.get(scope, (0,) * len(vector))
                figures.tallies[scope] = tuple(map(sum, zip(known, vector, strict=True)))
        figures.dead_letters.sort(key=lambda letter: (letter.partition, letter.offset))
        return figures

    def actual(self) -> Figures:
        """What readers of committed data have, and the tallies as their readers see them."""
        figures = Figures()
        for topic in (records.DOSSIERS, records.ALERTS, records.DEAD_LETTERS):
            for message in self.kafka.read_all(topic):
                partition = message.partition()
                assert partition is not None
                _add(figures, topic, message.key(), message.value(), partition)
        with FollowedTallies(self.kafka.bootstrap, self.timeline.id) as tallies:
            tallies.read_to_end()
            figures.tallies = {scope: tally.vector for scope, tally in tallies.scopes.items()}
        figures.dead_letters.sort(key=lambda letter: (letter.partition, letter.offset))
        return figures

    def wait_committed(self) -> None:
        """Until the committed position of every partition is behind the last event, and the
        committed clock of every merger at the last tick."""
        ends: dict[int, int] = {}
        for message in self.kafka.read_all(records.EVENTS):
            ends[message.partition() or 0] = (message.offset() or 0) + 1

        def committed() -> bool:
            positions: dict[int, int] = {}
            for message in self.kafka.read_all(records.DOSSIERS):
                if message.key() == records.POSITION_KEY:
                    value = msgspec.json.decode(message.value() or b"", type=records.Position)
                    positions[message.partition() or 0] = value.next_offset
            return positions == ends

        def merged() -> bool:
            clocks: dict[int, int] = {}
            for message in self.kafka.read_all(records.TALLIES):
                tally = msgspec.json.decode(message.value() or b"", type=Tally)
                if tally.scope == records.CLOCK_SCOPE:
                    clocks[message.partition() or 0] = tally.now
            return len(clocks) == PARTITIONS and min(clocks.values()) >= self.now

        wait_for(committed, 60, every=0.2)
        wait_for(merged, 60, every=0.2)


def _add(
    figures: Figures, topic: str, key: bytes | None, value: bytes | None, partition: int
) -> None:
    assert value is not None
    if topic == records.DOSSIERS and key != records.POSITION_KEY:
        state = msgspec.json.decode(value, type=DossierRecord)
        figures.states[state.dossier_id] = msgspec.structs.replace(state, epoch=0)
    elif topic == records.ALERTS:
        alert = msgspec.json.decode(value, type=Alert)
        if alert.kind == "unit_backlog":
            figures.backlogs[alert.unit].append(alert)
        else:
            figures.alerts[partition].append(alert)
    elif topic == records.DEAD_LETTERS:
        figures.dead_letters.append(msgspec.json.decode(value, type=DeadLetter))


def story(seed: int) -> Iterator[DossierEvent]:
    """Endless events of a few hundred dossiers: duplicates, out of order, late, taken back."""
    chance = random.Random(seed)
    at, number = BEGIN, 0
    known: list[str] = []
    last: DossierEvent | None = None
    while True:
        number += 1
        at += chance.randrange(HOUR // 4)
        if last is not None and chance.random() < 0.03:
            yield last
            continue
        fresh = not known or (len(known) < 300 and chance.random() < 0.25)
        dossier = f"d-{len(known)}" if fresh else chance.choice(known)
        if fresh:
            known.append(dossier)
        occurred = at - (chance.randrange(40 * HOUR) if chance.random() < 0.1 else 0)
        fields: dict[str, Any] = {
            "event_id": f"e-{number}", "dossier_id": dossier, "occurred_at": occurred,
            "received_at": at, "source": "test", "source_seq": number,
            "unit": f"u{chance.randrange(5)}", "officer": f"o{chance.randrange(12)}",
        }  # fmt: skip
        kind = chance.random()
        if fresh:
            last = Received(**fields, limit=Limit(chance.randrange(2, 60), "hours"))
        elif kind < 0.25:
            last = Finished(**fields)
        elif kind < 0.35:
            last = Suspended(**fields)
        elif kind < 0.4 and last is not None and last.dossier_id == dossier:
            last = Voided(**fields, target=last.event_id)
        else:
            last = Progressed(**fields, step=f"s{number % 7}")
        yield last
