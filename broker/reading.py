"""Reading a topic, or a part of it, to the end that it has now, and nothing more.

Nothing is committed, no group is joined. What does not answer raises BrokerAway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, Message, TopicPartition

from broker.clients import AnyKafka, ConsumerClient
from broker.errors import BrokerError, unreachable

METADATA_TIMEOUT = 10.0  # s
SILENCE_TIMEOUT = 30.0  # s without a record or an end: the broker is gone
TO_THE_END: Mapping[str, Any] = {"fetch.wait.max.ms": 10}
"""For a consumer that is to tell of ends: the broker keeps a fetch at the end for so long."""
_MOST = 1_000  # records a call


def partitions_of(consumer: ConsumerClient, bootstrap: str, topic: str) -> list[int]:
    """Partition numbers of ``topic``, empty if there is no such topic."""
    try:
        metadata = consumer.list_topics(topic, timeout=METADATA_TIMEOUT)
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    found = metadata.topics.get(topic)
    return [] if found is None or found.error is not None else sorted(found.partitions)


def read_all(
    kafka: AnyKafka,
    topic: str,
    *,
    committed: bool = True,
    only: int | None = None,
) -> Iterator[Message]:
    """Every record from the topic's start to the end it has when its partitions are reached.

    ``only``: of this partition. Order holds within a partition. Nothing comes from a topic that
    does not exist. ``committed``: only what stands in no open or aborted transaction.
    """
    level = "read_committed" if committed else "read_uncommitted"
    consumer = kafka.consumer({**TO_THE_END, "isolation.level": level})
    try:
        found = partitions_of(consumer, kafka.bootstrap, topic)
        wanted = [p for p in found if only in (None, p)]
        yield from read_on(
            consumer, kafka.bootstrap, topic, dict.fromkeys(wanted, OFFSET_BEGINNING)
        )
    finally:
        consumer.close()


def topic_reader(kafka: AnyKafka) -> Callable[..., Iterator[Message]]:
    """``read_all`` of this broker, for who knows topics only."""
    return partial(read_all, kafka)


def read_on(
    consumer: ConsumerClient,
    bootstrap: str,
    topic: str,
    starts: Mapping[int, int],
    ends: Mapping[int, int] | None = None,
) -> Iterator[Message]:
    """Every record from the offsets ``starts``, by partition, to the end each has when it is
    reached, or up to its offset in ``ends``. The consumer must tell of ends."""
    left, ends = set(starts), ends or {}
    consumer.assign([TopicPartition(topic, p, offset) for p, offset in starts.items()])
    while left:
        # consume() alone waits for a full batch; poll() for the first record does not.
        first = consumer.poll(SILENCE_TIMEOUT)
        if first is None:
            raise unreachable(bootstrap)
        for message in (first, *consumer.consume(_MOST, 0)):
            error, partition = message.error(), message.partition() or 0
            if error is None:
                # Others are still being read, and this one has grown: a reader of several
                # partitions would see half of a transaction that was committed meanwhile.
                if partition in left:
                    if partition not in ends or (message.offset() or 0) < ends[partition]:
                        yield message
                    else:
                        left.discard(partition)
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard(partition)
            else:
                raise unreachable(bootstrap)


def read_places(kafka: AnyKafka, topic: str, places: Sequence[tuple[int, int]]) -> list[Message]:
    """The records at these places (partition, offset); raises BrokerError if one is not there."""
    consumer = kafka.consumer({})
    found = []
    try:
        for partition, offset in places:
            consumer.assign([TopicPartition(topic, partition, offset)])
            message = consumer.poll(SILENCE_TIMEOUT)
            if message is None:
                raise unreachable(kafka.bootstrap)
            if message.error() is not None or message.offset() != offset:
                raise BrokerError(f"Topic {topic} has no record at partition {partition}:{offset}.")
            found.append(message)
    finally:
        consumer.close()
    return found
