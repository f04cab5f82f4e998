"""Topics for a measurement: made, filled, read and deleted with plain clients."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks.contract import CONSUMER, PRODUCER

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
    admin = AdminClient({"bootstrap.servers": bootstrap})
    wanted = [NewTopic(t, partitions, 1, config=dict(config or {})) for t in topics]
    for future in admin.create_topics(wanted).values():
        try:
            future.result(30)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    names = {topic.topic for topic in wanted}
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
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.delete_topics(list(topics)).values():
        try:
            future.result(30)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise


def fill(bootstrap: str, topic: str, records: Iterable[tuple[bytes, bytes]]) -> int:
    """Produce key and value pairs and wait until all are acknowledged; returns how many."""
    producer = Producer({**PRODUCER, "bootstrap.servers": bootstrap})
    count = 0
    for key, value in records:
        while True:
            try:
                producer.produce(topic, value, key)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        if not count % 10_000:
            producer.poll(0)
    if producer.flush(60):
        raise RuntimeError(f"{topic}: not all records were acknowledged within 60 s")
    return count


class EndOffsets:
    """How many records a topic holds, asked again and again over one connection."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench-offsets"})
        self._partitions = [TopicPartition(topic, p) for p in range(partitions)]

    def total(self) -> int:
        """The sum of the partitions' end offsets; it counts transaction markers too."""
        return sum(self._consumer.get_watermark_offsets(p, timeout=10)[1] for p in self._partitions)

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()


def read(
    bootstrap: str,
    topic: str,
    partitions: int,
    *,
    committed: bool = True,
    seconds: float = 60,
    login: Mapping[str, str] | None = None,
) -> Iterator[Record]:
    """All (committed) records of ``topic`` up to its present end, in order by partition.

    Raises TimeoutError when its end is not reached in time.
    """
    config = {
        **CONSUMER,
        **(login or {}),
        "bootstrap.servers": bootstrap,
        "group.id": "bench-read",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "isolation.level": "read_committed" if committed else "read_uncommitted",
    }
    deadline = time.monotonic() + seconds
    with closing(Consumer(config)) as consumer:
        consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        at_end: set[int] = set()
        while len(at_end) < partitions:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topic} could not be read within {seconds:.0f} s")
            for message in cast(list[Any], consumer.consume(1_000, 0.2)):
                error = message.error()
                if error is None:
                    yield Record(
                        message.partition(),
                        message.offset(),
                        message.key(),
                        message.value(),
                        message.timestamp()[1],
                    )
                elif error.code() == KafkaError._PARTITION_EOF:
                    at_end.add(message.partition())
                else:
                    raise KafkaException(error)
