"""A timeline on the session's broker, its workers, and what they should have made of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from broker.kafka import Kafka
from dossiers.wire import keys, records, topics
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Reference, Rules
from dossiers.wire.tallies import Tally
from dossiers.wire.timeline import Timeline
from dunghen.timeline.tallies import FollowedTallies
from dunghen.timeline.topics import ensure_topics
from sources.publisher import Publisher
from streams.config import WorkerConfig
from streams.kafka_record import KafkaRecord
from streams.references import References
from streams.status import WorkerStatus, read_status
from tests.streams.figures import Figures, recount
from tests.streams.story import BEGIN, HOUR
from tests.support import wait_for
from tests.support.kafka import TestKafka

PARTITIONS = 2
REFERENCE = Reference(
    calendar=CalendarSpec(kind="24x7"),
    limit=Limit(30, "hours"),
    rules=Rules(backlog_overdue=3),
)
_NAMES = {
    topics.EVENTS, topics.REFERENCE, topics.DOSSIERS, topics.PARTIALS, topics.TALLIES,
    topics.ALERTS, topics.TRAITS, topics.DEAD_LETTERS,
}  # fmt: skip


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
        with FollowedTallies(Kafka(self.kafka.bootstrap), self.timeline.id) as tallies:
            assert tallies.read_until(lambda: tallies.watermark >= self.now, 60), self.log()[-3000:]

    # Figures

    def expected(self) -> Figures:
        """The same records through engines in this process, by one owner and without a broker."""
        logs: dict[int, list[KafkaRecord]] = defaultdict(list)
        for message in self.kafka.read_all(topics.EVENTS):
            partition, offset = message.partition(), message.offset()
            assert partition is not None
            assert offset is not None
            logs[partition].append((offset, message.key(), message.value()))
        references = References(
            WorkerConfig(self.kafka.bootstrap, self.timeline.id, PARTITIONS, self.folder)
        )
        return recount(self.timeline.id, logs, references.of)

    def actual(self) -> Figures:
        """What readers of committed data have, and the tallies as their readers see them."""
        figures = Figures()
        for topic in (topics.DOSSIERS, topics.ALERTS, topics.DEAD_LETTERS):
            for message in self.kafka.read_all(topic):
                partition = message.partition()
                assert partition is not None
                figures.add(topic, message.key(), message.value(), partition)
        with FollowedTallies(Kafka(self.kafka.bootstrap), self.timeline.id) as tallies:
            tallies.read_to_end()
            figures.tallies = {scope: tally.vector for scope, tally in tallies.scopes.items()}
        figures.sort()
        return figures

    def wait_committed(self) -> None:
        """Until the committed position of every partition is behind the last event, and the
        committed clock of every merger at the last tick."""
        ends: dict[int, int] = {}
        for message in self.kafka.read_all(topics.EVENTS):
            ends[message.partition() or 0] = (message.offset() or 0) + 1

        def committed() -> bool:
            positions: dict[int, int] = {}
            for message in self.kafka.read_all(topics.DOSSIERS):
                if message.key() == keys.POSITION_KEY:
                    value = msgspec.json.decode(message.value() or b"", type=records.Position)
                    positions[message.partition() or 0] = value.next_offset
            return positions == ends

        def merged() -> bool:
            clocks: dict[int, int] = {}
            for message in self.kafka.read_all(topics.TALLIES):
                tally = msgspec.json.decode(message.value() or b"", type=Tally)
                if tally.scope == keys.CLOCK_SCOPE:
                    clocks[message.partition() or 0] = tally.now
            return len(clocks) == PARTITIONS and min(clocks.values()) >= self.now

        wait_for(committed, 60, every=0.2)
        wait_for(merged, 60, every=0.2)
