"""How far a consumer group is behind the topics it reads."""

from __future__ import annotations

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from broker.reading import Client, open_consumer, unreachable
from dossiers.wire.records import EVENTS, PARTIALS

_SECONDS = 10.0


def group_lag(
    bootstrap: str, group: str, topic: str, partitions: int, *, client: Client = None
) -> dict[int, int]:
    """Offsets between the group's commit and the end, by partition.

    Commit markers of transactions take offsets too: where only markers are left, a group has read
    everything and still shows a few. ``has_read_all`` knows the difference.
    """
    ends = _ends(bootstrap, topic, partitions, client)
    committed = _committed(bootstrap, group, topic, partitions, client)
    return {p: max(ends[p] - committed[p], 0) for p in range(partitions)}


def has_read_all(bootstrap: str, group: str, partitions: int, *, client: Client = None) -> bool:
    """Whether the worker's commits cover every record of the events and the partial tallies."""
    return all(
        _nothing_after(
            bootstrap, topic, _committed(bootstrap, group, topic, partitions, client), client
        )
        for topic in (EVENTS, PARTIALS)
    )


def _nothing_after(bootstrap: str, topic: str, committed: dict[int, int], client: Client) -> bool:
    """Whether no record, markers aside, stands at or after these offsets."""
    ends = _ends(bootstrap, topic, len(committed), client)
    left = {p for p, offset in committed.items() if offset < ends[p]}
    # At most one marker of each producer, one a source partition, can follow the last record.
    if any(ends[p] - committed[p] > len(committed) for p in left):
        return False
    consumer = open_consumer(bootstrap, client, **{"isolation.level": "read_uncommitted"})
    try:
        consumer.assign([TopicPartition(topic, p, committed[p]) for p in left])
        for _ in range(len(left)):
            message = consumer.poll(_SECONDS)
            if message is None:
                raise unreachable(bootstrap)
            if message.error() is None:
                return False
    finally:
        consumer.close()
    return True


def _ends(bootstrap: str, topic: str, partitions: int, client: Client) -> dict[int, int]:
    consumer = open_consumer(bootstrap, client)
    try:
        return {
            p: consumer.get_watermark_offsets(TopicPartition(topic, p), _SECONDS)[1]
            for p in range(partitions)
        }
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    finally:
        consumer.close()


def _committed(
    bootstrap: str, group: str, topic: str, partitions: int, client: Client
) -> dict[int, int]:
    admin = AdminClient({**(client or {}), "bootstrap.servers": bootstrap, "log_level": 0})
    wanted = ConsumerGroupTopicPartitions(
        group, [TopicPartition(topic, p) for p in range(partitions)]
    )
    try:
        [future] = admin.list_consumer_group_offsets([wanted], request_timeout=_SECONDS).values()
        found = future.result().topic_partitions or []
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    return {p.partition: max(p.offset, 0) for p in found}
