"""What we ask of a Kafka client: the part of confluent-kafka that the product uses.

The clients of a real broker are confluent-kafka's own; those of ``broker.memory`` have the same
methods and behave alike (tests/broker).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from logging import Logger
from typing import Any, Protocol

from confluent_kafka import KafkaError, Message, TopicPartition

Delivered = Callable[[KafkaError | None, Message], None]
Rebalanced = Callable[[Any, list[TopicPartition]], None]


class ConsumerClient(Protocol):
    """As ``confluent_kafka.Consumer``. For one thread. What asks the broker raises
    KafkaException; what waits takes seconds."""

    def assign(self, partitions: list[TopicPartition]) -> None:
        """Read these partitions from their offsets on, and no others."""

    def unassign(self) -> None:
        """Read nothing."""

    def assignment(self) -> list[TopicPartition]:
        """What is read."""

    def subscribe(
        self,
        topics: list[str],
        on_assign: Rebalanced | None = None,
        on_revoke: Rebalanced | None = None,
    ) -> None:
        """Join the group; what it gives and takes is told from within ``poll`` and ``consume``."""

    def unsubscribe(self) -> None:
        """Ask the group for no partitions any more."""

    def poll(self, timeout: float) -> Message | None:
        """The next record or error; None if ``timeout`` (seconds) passes first."""

    def consume(self, num_messages: int, timeout: float) -> list[Message]:
        """So many, or what came within ``timeout`` (seconds)."""

    def seek(self, partition: TopicPartition) -> None:
        """Go on at its offset."""

    def pause(self, partitions: list[TopicPartition]) -> None:
        """Give nothing of these until ``resume``."""

    def resume(self, partitions: list[TopicPartition]) -> None:
        """Give records of these again."""

    def position(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """With the offsets after what was given last; OFFSET_INVALID before that."""

    def commit(
        self, *, offsets: list[TopicPartition], asynchronous: bool
    ) -> list[TopicPartition] | None:
        """Keep these next offsets with the group; ``asynchronous``: in the background."""

    def committed(self, partitions: list[TopicPartition], timeout: float) -> list[TopicPartition]:
        """Offsets kept with the group, OFFSET_INVALID if none; ``timeout``: seconds."""

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        """Offset of the first record, and after the last; ``timeout``: seconds."""

    def offsets_for_times(
        self, partitions: list[TopicPartition], timeout: float
    ) -> list[TopicPartition]:
        """The ends of all these, if their offsets are OFFSET_END; ``timeout``: seconds. One
        question for all, which waits for a fetch that is under way once only."""

    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Any:
        """Metadata of all topics or one; ``timeout``: seconds."""

    def close(self) -> None:
        """Leave, with what was committed kept."""


class ProducerClient(Protocol):
    """As ``confluent_kafka.Producer``. Reports of deliveries are served by ``poll`` and
    ``flush``."""

    def produce(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        partition: int = -1,
        *,
        on_delivery: Delivered | None = None,
        headers: Sequence[tuple[str, bytes]] | None = None,
    ) -> None:
        """Queue one record; BufferError if the queue is full. Partition -1: by the key."""

    def poll(self, timeout: float) -> int:
        """Serve reports, waiting ``timeout`` (seconds) for one; how many."""

    def flush(self, timeout: float) -> int:
        """Wait for an empty queue, ``timeout`` (seconds) at most; how many are left."""

    def purge(self) -> None:
        """Drop what is on its way."""

    def init_transactions(self, timeout: float) -> None:
        """Fence whoever has the same transactional id; ``timeout``: seconds."""

    def begin_transaction(self) -> None:
        """What is produced from here on counts once it is committed."""

    def commit_transaction(self, timeout: float) -> None:
        """Let it count; ``timeout``: seconds."""

    def abort_transaction(self, timeout: float) -> None:
        """Undo it; ``timeout``: seconds."""

    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Any:
        """Metadata of all topics or one; ``timeout``: seconds."""

    def __len__(self) -> int:
        """Records and reports on their way."""


class AnyKafka(Protocol):
    """A Kafka, and who we are there. ``bootstrap``: its address, for messages."""

    @property
    def bootstrap(self) -> str: ...

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        """A consumer with these settings of ours over ``broker.settings.READING``. ``logger`` hears
        librdkafka's own messages; without one it says nothing."""

    def producer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ProducerClient:
        """A producer with these settings of ours over ``broker.settings.DURABLE``."""
