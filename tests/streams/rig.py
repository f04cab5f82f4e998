"""A Faust app with bulk delivery in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import faust
from confluent_kafka import TopicPartition
from faust.types import TP, EventT

from broker.kafka import Kafka
from streams.delivery.bulk import BulkConsumer
from streams.delivery.transport import BulkSchema, BulkTransport
from streams.kafka_record import KafkaRecord
from tests.support.kafka import TestKafka

Handler = Callable[[TP, list[KafkaRecord]], Awaitable[None]]


@dataclass
class Rig:
    """What one app has seen, and what was asked of its effects."""

    app: faust.App
    topic: str
    handler: Handler
    seen: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    sizes: list[int] = field(default_factory=list)
    commits: list[dict[int, int]] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)
    refuse: BaseException | None = None
    expulsions: int = 0

    # The effects of streams.delivery.bulk

    async def commit(self, offsets: Mapping[TP, int]) -> None:
        if self.refuse is not None:
            raise self.refuse
        for tp, offset in offsets.items():
            assert offset <= self.next_offset(tp.partition), "committed past work in flight"
        self.commits.append({tp.partition: offset for tp, offset in offsets.items()})

    def start_of(self, tp: TP) -> int | None:
        return self.starts.get(tp.partition)

    async def failed(self, error: BaseException) -> None:
        self.errors.append(error)

    async def expelled(self) -> None:
        self.expulsions += 1

    # For tests

    @property
    def consumer(self) -> BulkConsumer:
        consumer = self.app.consumer
        assert isinstance(consumer, BulkConsumer)
        return consumer

    def tp(self, partition: int) -> TP:
        return TP(self.topic, partition)

    def next_offset(self, partition: int) -> int:
        """The offset after the last record that was handled to its end."""
        return self.seen[partition][-1] + 1 if self.seen[partition] else 0

    def counts(self) -> int:
        return sum(len(offsets) for offsets in self.seen.values())

    async def take(self, event: EventT[Any]) -> None:
        records = cast(list[KafkaRecord], event.value)
        tp = event.message.tp
        self.sizes.append(len(records))
        await self.handler(tp, records)
        self.seen[tp.partition].extend(offset for offset, _, _ in records)


async def ignore(tp: TP, records: list[KafkaRecord]) -> None:
    """The handler of tests that only look at what arrives."""


@asynccontextmanager
async def running(
    kafka: TestKafka,
    topic: str,
    folder: Path,
    *,
    group: str,
    instance: str = "one",
    handler: Handler = ignore,
    starts: dict[int, int] | None = None,
    acks: bool = True,
) -> Any:
    """A started rig. ``acks=False``: the test acks the events of ``rig.held`` itself."""
    app = faust.App(
        group,
        broker=f"kafka://{kafka.bootstrap}",
        datadir=str(folder / instance),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        broker_commit_interval=0.1,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        consumer_group_instance_id=f"{group}-{instance}",
        stream_buffer_maxsize=4,
    )
    rig = Rig(app, topic, handler, starts={} if starts is None else starts)
    held: list[EventT[Any]] = []
    rig.held = held  # type: ignore[attr-defined]
    app.transport = BulkTransport(app, rig, [topic])
    app.finalize()

    @app.agent(app.topic(topic, schema=BulkSchema()))
    async def agent(stream: Any) -> None:
        if acks:
            async for event in stream.events():
                await rig.take(event)
        else:
            async for event in stream.noack().events():
                held.append(event)

    await app.start()
    try:
        yield rig
    finally:
        await app.stop()
        await asyncio.sleep(0)


def fill(kafka: TestKafka, topic: str, partition: int, count: int) -> None:
    """Append ``count`` records to a partition; their values are numbers."""
    producer = Kafka(kafka.bootstrap).producer({"linger.ms": 1})
    for number in range(count):
        producer.produce(topic, b"%d" % number, b"key", partition)
    assert producer.flush(20) == 0


def group_offset(kafka: TestKafka, group: str, topic: str, partition: int) -> int:
    """What the group has committed, as the broker knows it."""

    consumer = Kafka(kafka.bootstrap).consumer({"group.id": group})
    try:
        return consumer.committed([TopicPartition(topic, partition)], timeout=20)[0].offset
    finally:
        consumer.close()
