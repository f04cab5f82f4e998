"""The ends of topics, open transactions included or not, and what is given before them.

For who wants to know whether all that was written has been taken, the end for readers of committed
data would be too early: a producer's commit returns before its markers stand in the partitions, and
until then that end lies before the records just committed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from confluent_kafka import OFFSET_END, KafkaError, KafkaException, TopicPartition

from broker.clients import AnyKafka, ConsumerClient
from broker.errors import unreachable
from broker.silence import ANSWER_SECONDS, PartitionId

_TIMEOUT_S = 10.0
# A broker that has just started answers before it leads its partitions.
_NOT_YET = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
_AGAIN_S = 0.05

Ends = dict[PartitionId, int]


class EndReader:
    """Asks again and again, by clients that it keeps. Thread-safe."""

    def __init__(self, kafka: AnyKafka) -> None:
        self._clients = {
            committed: kafka.consumer({"isolation.level": level})
            for committed, level in ((True, "read_committed"), (False, "read_uncommitted"))
        }
        self._lock = threading.Lock()

    def read(self, topics: Sequence[str], *, committed: bool = False) -> Ends:
        """The offset behind the last record or marker of every partition; ``committed``: behind the
        last that stands before every open transaction.

        Raises KafkaException if a topic is missing, the broker does not answer, or this is closed.
        """
        with self._lock:
            if not self._clients:
                raise KafkaException(KafkaError(KafkaError._DESTROY, "who asks is closed"))
            return read_ends(self._clients[committed], topics)

    def close(self) -> None:
        """Let go of the clients."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients = {}


def read_ends(client: ConsumerClient, topics: Sequence[str]) -> Ends:
    """As ``EndReader.read``, for readers of what ``client`` reads."""
    found = client.list_topics(timeout=_TIMEOUT_S).topics
    places = []
    for topic in topics:
        metadata = found.get(topic)
        if metadata is None:
            raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART, f"no topic {topic}"))
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        places += [PartitionId(topic, partition) for partition in sorted(metadata.partitions)]
    return ends_of(client, places, _TIMEOUT_S)


def ends_of(client: ConsumerClient, places: Sequence[PartitionId], seconds: float) -> Ends:
    """The end of each of these partitions, for readers of what ``client`` reads. Raises
    KafkaException if one is unknown or no answer came within ``seconds``."""
    wanted = [TopicPartition(*place, OFFSET_END) for place in places]
    found: Ends = {}
    for each in client.offsets_for_times(wanted, timeout=seconds) if wanted else []:
        if each.error is not None:
            raise KafkaException(each.error)
        found[PartitionId(each.topic, each.partition)] = each.offset
    return found


def bounds_of(client: ConsumerClient, place: PartitionId, seconds: float) -> tuple[int, int]:
    """The offset of a partition's first record and the one behind its last, once the broker leads
    it. Raises KafkaException if there is no answer, or no leader within ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return client.get_watermark_offsets(TopicPartition(*place), timeout=seconds)
        except KafkaException as error:
            if error.args[0].code() not in _NOT_YET or time.monotonic() > deadline:
                raise
        time.sleep(_AGAIN_S)


def end_offsets(kafka: AnyKafka, topic: str) -> dict[int, int]:
    """The offset behind the last record of every partition, for readers of committed data; empty if
    there is no such topic. Raises BrokerAway."""
    client = kafka.consumer({})
    try:
        return {place.partition: end for place, end in read_ends(client, [topic]).items()}
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return {}
        raise unreachable(kafka.bootstrap) from error
    finally:
        client.close()


def next_given(kafka: AnyKafka, positions: Mapping[PartitionId, int]) -> dict[PartitionId, int]:
    """Of each partition the offset after the first record that a client made for it is given at or
    behind its position; the position itself if it is given none. A log may end with markers of
    transactions, which nobody is given. Blocks; raises KafkaException."""
    consumer = kafka.consumer(
        {"enable.partition.eof": False, "isolation.level": "read_uncommitted"}
    )
    found = dict(positions)
    try:
        ends = ends_of(consumer, list(positions), ANSWER_SECONDS)
        for place, position in positions.items():
            if ends[place] <= position:
                continue
            consumer.assign([TopicPartition(*place, position)])
            message = consumer.poll(ANSWER_SECONDS)
            if message is None:
                continue
            if (error := message.error()) is not None:
                raise KafkaException(error)
            found[place] = (message.offset() or 0) + 1
        return found
    finally:
        consumer.close()
