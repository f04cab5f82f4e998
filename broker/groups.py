"""Consumer groups: how far one lags behind the topics it reads, and who is in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import end_offsets
from broker.errors import BrokerError, unreachable
from broker.kafka import Kafka
from broker.reading import TO_THE_END
from dossiers.errors import UserError
from dossiers.wire.topics import EVENTS, PARTIALS

_SECONDS = 10.0
_NOT_YET = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
)
_GONE_SECONDS = 75.0  # workers and sinks are static members: they stay until their session ends


def group_lag(kafka: AnyKafka, group: str, topic: str, partitions: int) -> dict[int, int]:
    """Offsets between the group's commit and the end, by partition. Raises BrokerAway.

    Commit markers of transactions take offsets too: if only markers are left, a group has read
    everything and still shows a few. ``has_read_all`` knows the difference.
    """
    ends = end_offsets(kafka, topic)
    committed = committed_offsets(kafka, group, topic, partitions)
    return {p: max(ends.get(p, 0) - committed[p], 0) for p in range(partitions)}


def has_read_all(kafka: AnyKafka, group: str, partitions: int) -> bool:
    """Whether the worker's commits cover every record of the events and the partial tallies.
    Raises BrokerAway."""
    return all(
        _nothing_after(kafka, topic, committed_offsets(kafka, group, topic, partitions))
        for topic in (EVENTS, PARTIALS)
    )


def committed_offsets(kafka: AnyKafka, group: str, topic: str, partitions: int) -> dict[int, int]:
    """The next offset of each partition for this group, 0 if it has committed none. Raises
    BrokerAway."""
    consumer = kafka.consumer({"group.id": group})
    try:
        found = _asked_until_known(consumer, [TopicPartition(topic, p) for p in range(partitions)])
        return {place.partition: max(place.offset, 0) for place in found}
    except KafkaException as error:
        raise unreachable(kafka.bootstrap) from error
    finally:
        consumer.close()


def _asked_until_known(
    consumer: ConsumerClient, places: list[TopicPartition]
) -> list[TopicPartition]:
    """A broker that has just started, or hands a group over, does not know its offsets yet."""
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            return consumer.committed(places, _SECONDS)
        except KafkaException as error:
            if error.args[0].code() not in _NOT_YET or time.monotonic() > deadline:
                raise
            time.sleep(0.1)  # no event tells


def _nothing_after(kafka: AnyKafka, topic: str, committed: dict[int, int]) -> bool:
    """Whether no record, markers aside, stands at or after these offsets."""
    ends = end_offsets(kafka, topic)
    left = {p for p, offset in committed.items() if offset < ends.get(p, 0)}
    # At most one marker of each producer, one a source partition, can follow the last record.
    if any(ends[p] - committed[p] > len(committed) for p in left):
        return False
    consumer = kafka.consumer({**TO_THE_END, "isolation.level": "read_uncommitted"})
    try:
        consumer.assign([TopicPartition(topic, p, committed[p]) for p in left])
        for _ in range(len(left)):
            message = consumer.poll(_SECONDS)
            if message is None:
                raise unreachable(kafka.bootstrap)
            error = message.error()
            if error is None:
                return False
            if error.code() != KafkaError._PARTITION_EOF:  # nothing is known of this partition
                raise unreachable(kafka.bootstrap)
    finally:
        consumer.close()
    return True


def await_no_members(
    kafka: Kafka,
    groups: Sequence[str],
    still_there: UserError,
    note: Callable[[], None],
    stopped: Callable[[], bool],
) -> None:
    """Return once none of ``groups`` has members. ``note`` is called if that takes a moment. Raises
    ``still_there`` if they do not go, or the user does not wait for it."""
    if not groups:
        return
    admin = kafka.admin()
    begun, told = time.monotonic(), False
    while _has_members(admin, groups):
        if stopped() or time.monotonic() - begun > _GONE_SECONDS:
            raise still_there
        if not told:
            note()
            told = True
        time.sleep(1.0)


def _has_members(admin: AdminClient, groups: Sequence[str]) -> bool:
    try:
        found = admin.describe_consumer_groups(list(groups), request_timeout=_SECONDS)
        return any(future.result().members for future in found.values())
    except KafkaException as error:
        raise BrokerError(
            f"Kafka does not tell who reads from it: {error.args[0].str()}."
        ) from error
