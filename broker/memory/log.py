"""Topics in memory: partitions with offsets, markers of transactions, and stable ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from confluent_kafka import KafkaError, KafkaException

from broker.silence import PartitionId

Headers = Sequence[tuple[str, bytes]]


@dataclass
class Transaction:
    """Whether records of it count. ``places``: where some stand."""

    state: Literal["open", "committed", "aborted"] = "open"
    places: set[PartitionId] = field(default_factory=set)


@dataclass(frozen=True)
class Entry:
    """What stands at one offset; a marker is given to nobody."""

    key: bytes | None
    value: bytes | None
    headers: Headers | None
    transaction: Transaction | None = None
    marker: bool = False


class PartitionLog:
    """One partition."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def end(self, *, committed: bool) -> int:
        """The offset after the last entry; ``committed``: before the first open transaction."""
        if committed:
            for offset, entry in enumerate(self.entries):
                if entry.transaction is not None and entry.transaction.state == "open":
                    return offset
        return len(self.entries)

    def next_given(self, offset: int, *, committed: bool) -> int:
        """The first offset at or behind ``offset`` that a reader is given, or the end."""
        end = self.end(committed=committed)
        while offset < end and not self._is_given(self.entries[offset], committed=committed):
            offset += 1
        return min(offset, end)

    @staticmethod
    def _is_given(entry: Entry, *, committed: bool) -> bool:
        transaction = entry.transaction
        aborted = transaction is not None and transaction.state == "aborted"
        return not entry.marker and not (committed and aborted)


class Logs:
    """All topics. ``changed`` is notified of everything that a waiting client may wait for."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.topics: dict[str, list[PartitionLog]] = {}
        self.away = False
        self.refused: dict[str, int] = {}  # error code by topic

    def partition(self, place: PartitionId) -> PartitionLog:
        """Raises KafkaException if there is none."""
        partitions = self.topics.get(place.topic, [])
        if not 0 <= place.partition < len(partitions):
            raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
        return partitions[place.partition]

    def append(self, place: PartitionId, entry: Entry) -> int:
        """Its offset."""
        log = self.partition(place)
        log.entries.append(entry)
        if entry.transaction is not None:
            entry.transaction.places.add(place)
        self.changed.notify_all()
        return len(log.entries) - 1

    def finish(self, transaction: Transaction, state: Literal["committed", "aborted"]) -> None:
        """End a transaction: a marker in every partition that it wrote to."""
        transaction.state = state
        for place in transaction.places:
            self.append(place, Entry(None, None, None, marker=True))
        self.changed.notify_all()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """With the lock, if the broker is there; raises KafkaException if not."""
        with self.changed:
            if self.away:
                raise KafkaException(KafkaError(KafkaError._TRANSPORT, "the broker is away"))
            yield


@dataclass(frozen=True)
class TopicMetadata:
    """As confluent-kafka's."""

    topic: str
    partitions: Mapping[int, object]
    error: KafkaError | None = None


@dataclass(frozen=True)
class Metadata:
    """As ``confluent_kafka.admin.ClusterMetadata``."""

    topics: Mapping[str, TopicMetadata]
    brokers: Mapping[int, object]


def metadata(logs: Logs, topic: str | None) -> Metadata:
    """Of all topics or one, which may be missing. Raises KafkaException if the broker is away."""
    with logs.answering():
        found = {
            name: TopicMetadata(name, dict.fromkeys(range(len(partitions))))
            for name, partitions in logs.topics.items()
            if topic in (None, name)
        }
    if topic is not None and topic not in found:
        found[topic] = TopicMetadata(topic, {}, KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
    return Metadata(found, {1: "memory"})
