"""Topics for a measurement: made, filled, read and deleted."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from benchmarks.contract import CONSUMER, PRODUCER
from broker.ends import EndReader
from broker.kafka import Kafka
from broker.producing import DurableProducer
from broker.reading import read_on
from broker.topics import TopicAdmin, TopicSpec

STAMPED = {"message.timestamp.type": "LogAppendTime"}
"""Records carry the broker's time of arrival: one clock for all engines."""


class Record(NamedTuple):
    """One record; ``at``: its stamp, ms."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    at: int


def create(
    bootstrap: str, topics: Iterable[str], partitions: int, config: Mapping[str, str] | None = None
) -> None:
    """Create ``topics`` and wait until the broker has them."""
    specs = [TopicSpec(topic, partitions, dict(config or {})) for topic in topics]
    TopicAdmin(Kafka(bootstrap)).create(specs, replication=1)
    admin = Kafka(bootstrap).admin()
    names = {spec.name for spec in specs}
    deadline = time.monotonic() + 30
    while names:  # created is not yet led: clients would be refused for a moment
        found = admin.list_topics(timeout=10).topics
        names = {n for n in names if n not in found or not _led(found[n], partitions)}
        if names and time.monotonic() > deadline:
            raise TimeoutError(f"the topics {sorted(names)} did not get ready within 30 s")


def _led(topic: Any, partitions: int) -> bool:
    return len(topic.partitions) == partitions and all(
        p.leader >= 0 for p in topic.partitions.values()
    )


def delete(bootstrap: str, topics: Iterable[str]) -> None:
    """Delete ``topics``; those that do not exist are no error."""
    TopicAdmin(Kafka(bootstrap)).delete(list(topics))


def fill(bootstrap: str, topic: str, records: Iterable[tuple[bytes, bytes]]) -> int:
    """Produce key and value pairs and wait until all are acknowledged; returns how many. Raises
    NotDelivered."""
    producer = DurableProducer(Kafka(bootstrap), PRODUCER, poll_every=10_000)
    count = 0
    for key, value in records:
        producer.send(topic, value, key=key)
        count += 1
    producer.close(60)
    return count


class EndOffsets:
    """How many records a topic holds, asked again and again over one connection."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._reader = EndReader(Kafka(bootstrap))
        self._topic = topic

    def total(self) -> int:
        """The sum of the partitions' end offsets; it counts transaction markers too."""
        return sum(self._reader.read([self._topic]).values())

    def close(self) -> None:
        """Close the connection."""
        self._reader.close()


def read(
    bootstrap: str,
    topic: str,
    partitions: int,
    *,
    committed: bool = True,
    login: Mapping[str, str] | None = None,
) -> Iterator[Record]:
    """All (committed) records of ``topic`` up to its present end, in order by partition. Raises
    BrokerAway."""
    level = "read_committed" if committed else "read_uncommitted"
    consumer = Kafka(bootstrap, login).consumer({**CONSUMER, "isolation.level": level})
    try:
        starts = dict.fromkeys(range(partitions), 0)
        for message in read_on(consumer, bootstrap, topic, starts):
            yield Record(
                message.partition() or 0,
                message.offset() or 0,
                message.key(),
                message.value(),
                message.timestamp()[1],
            )
    finally:
        consumer.close()
