"""The ends of topics, open transactions included.

The end for readers of committed data would be too early: a producer's commit returns before its
markers stand in the partitions, and until then that end lies before the records just committed.
"""

from __future__ import annotations

import threading

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

_TIMEOUT_S = 10.0

Ends = dict[tuple[str, int], int]


class EndReader:
    """Thread-safe."""

    def __init__(self, bootstrap: str, kafka: dict[str, str]) -> None:
        self._admin = AdminClient(
            # What fails is raised by the call that needs it.
            {**kafka, "bootstrap.servers": bootstrap, "log_level": 0}
        )
        self._lock = threading.Lock()

    def read(self, topics: list[str], *, committed: bool = False) -> Ends:
        """(topic, partition) to the offset behind its last record or marker; ``committed``: behind
        the last that stands in no open transaction.

        Raises KafkaException if a topic is missing or the broker does not answer.
        """
        with self._lock:
            found = self._admin.list_topics(timeout=_TIMEOUT_S).topics
            wanted = {}
            for topic in topics:
                metadata = found.get(topic)
                if metadata is None or metadata.error is not None:
                    raise KafkaException(
                        metadata.error if metadata is not None else f"no topic {topic}"
                    )
                for partition in metadata.partitions:
                    wanted[TopicPartition(topic, partition)] = OffsetSpec.latest()  # type: ignore[no-untyped-call]
            futures = self._admin.list_offsets(
                wanted,
                isolation_level=(
                    IsolationLevel.READ_COMMITTED if committed else IsolationLevel.READ_UNCOMMITTED
                ),
                request_timeout=_TIMEOUT_S,
            )
            return {
                (place.topic, place.partition): future.result().offset
                for place, future in futures.items()
            }
