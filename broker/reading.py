"""Reading a topic from its start to its present end, and nothing more.

Used where a command needs what a topic holds now: the timeline, the reference data, the tallies
behind a replay's result, the dead letters. Nothing is committed, no group is joined.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from broker.errors import BrokerAway
from dossiers.errors import UserError

Client = Mapping[str, str] | None  # SASL and TLS settings of librdkafka
METADATA_TIMEOUT = 10.0  # s
SILENCE_TIMEOUT = 30.0  # s without a record or an end: the broker is gone


def unreachable(bootstrap: str) -> BrokerAway:
    """The sentence for a broker that does not answer."""
    return BrokerAway(
        f"Kafka at {bootstrap} does not answer.",
        "Start the stack with `dunghen up`, or correct the setting kafka.bootstrap.",
    )


def answers(bootstrap: str, client: Client = None, seconds: float = 1.0) -> bool:
    """Whether a broker answers at this address within a moment."""
    admin = AdminClient({**(client or {}), "bootstrap.servers": bootstrap, "log_level": 0})
    try:
        return bool(admin.list_topics(timeout=seconds).brokers)
    except KafkaException:
        return False


def partitions_of(consumer: Consumer, bootstrap: str, topic: str) -> list[int]:
    """Partition numbers of ``topic``, empty if there is no such topic."""
    try:
        metadata = consumer.list_topics(topic, timeout=METADATA_TIMEOUT)
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    found = metadata.topics.get(topic)
    return [] if found is None or found.error is not None else sorted(found.partitions)


def open_consumer(bootstrap: str, client: Client, **settings: object) -> Consumer:
    """A consumer that joins no group; ``client`` adds SASL or TLS settings of librdkafka."""
    return Consumer(
        {
            **(client or {}),
            "bootstrap.servers": bootstrap,
            "group.id": f"dunghen-read-{uuid.uuid4()}",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            # librdkafka prints every failed connection itself; a failure is raised here instead.
            "log_level": 0,
            **settings,
        }
    )


def read_partition(bootstrap: str, topic: str, partition: int, client: Client) -> Iterator[Message]:
    """As ``read_all``, of one partition."""
    return read_all(bootstrap, topic, client=client, only=partition)


def read_all(
    bootstrap: str,
    topic: str,
    *,
    client: Client = None,
    committed: bool = True,
    only: int | None = None,
) -> Iterator[Message]:
    """Every record from the topic's start to the end it has when its partitions are reached.

    Order holds within a partition. Nothing comes from a topic that does not exist. Raises
    UserError if the broker does not answer.
    """
    level = "read_committed" if committed else "read_uncommitted"
    consumer = open_consumer(bootstrap, client, **{"isolation.level": level})
    try:
        left = set(partitions_of(consumer, bootstrap, topic))
        left &= left if only is None else {only}
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in left])
        while left:
            # consume() alone waits for a full batch; poll() for the first record does not.
            first = consumer.poll(SILENCE_TIMEOUT)
            if first is None:
                raise unreachable(bootstrap)
            for message in (first, *consumer.consume(1000, 0)):
                error = message.error()
                if error is None:
                    # Others are still being read, and this one has grown: a reader of several
                    # partitions would see half of a transaction that was committed meanwhile.
                    if message.partition() in left:
                        yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
                else:
                    raise unreachable(bootstrap)
    finally:
        consumer.close()


def topic_reader(bootstrap: str, client: Client = None) -> Callable[..., Iterator[Message]]:
    """``read_all`` of this broker, for who knows topics only."""
    return partial(read_all, bootstrap, client=client)


def read_places(
    bootstrap: str, topic: str, places: Sequence[tuple[int, int]], client: Client
) -> list[Message]:
    """The records at these places (partition, offset); raises UserError if one is not there or the
    broker is away."""
    consumer = open_consumer(bootstrap, client)
    found = []
    try:
        for partition, offset in places:
            consumer.assign([TopicPartition(topic, partition, offset)])
            message = consumer.poll(SILENCE_TIMEOUT)
            if message is None:
                raise unreachable(bootstrap)
            if message.error() is not None or message.offset() != offset:
                raise UserError(f"Topic {topic} has no record at partition {partition}:{offset}.")
            found.append(message)
    finally:
        consumer.close()
    return found


def end_offsets(bootstrap: str, topic: str, *, client: Client = None) -> dict[int, int]:
    """The next offset of every partition (high watermark); empty if there is no such topic."""
    consumer = open_consumer(bootstrap, client)
    try:
        return {
            p: consumer.get_watermark_offsets(TopicPartition(topic, p), METADATA_TIMEOUT)[1]
            for p in partitions_of(consumer, bootstrap, topic)
        }
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    finally:
        consumer.close()
