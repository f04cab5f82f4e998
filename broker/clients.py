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

    def assign(self, partitions: list[TopicPartition]) -> None: ...
    def unassign(self) -> None: ...
    def assignment(self) -> list[TopicPartition]: ...
    def subscribe(
        self,
        topics: list[str],
        on_assign: Rebalanced | None = None,
        on_revoke: Rebalanced | None = None,
    ) -> None: ...
    def poll(self, timeout: float) -> Message | None: ...
    def consume(self, num_messages: int, timeout: float) -> list[Message]: ...
    def seek(self, partition: TopicPartition) -> None: ...
    def pause(self, partitions: list[TopicPartition]) -> None: ...
    def resume(self, partitions: list[TopicPartition]) -> None: ...
    def position(self, partitions: list[TopicPartition]) -> list[TopicPartition]: ...
    def commit(
        self, *, offsets: list[TopicPartition], asynchronous: bool
    ) -> list[TopicPartition] | None: ...
    def committed(
        self, partitions: list[TopicPartition], timeout: float
    ) -> list[TopicPartition]: ...
    def get_watermark_offsets(
        self, partition: TopicPartition, timeout: float
    ) -> tuple[int, int]: ...
    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Any: ...
    def close(self) -> None: ...


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
    ) -> None: ...
    def poll(self, timeout: float) -> int: ...
    def flush(self, timeout: float) -> int: ...
    def purge(self) -> None: ...
    def init_transactions(self, timeout: float) -> None: ...
    def begin_transaction(self) -> None: ...
    def commit_transaction(self, timeout: float) -> None: ...
    def abort_transaction(self, timeout: float) -> None: ...
    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Any: ...
    def __len__(self) -> int: ...


class Broker(Protocol):
    """A Kafka, and who we are there. ``bootstrap``: its address, for messages."""

    @property
    def bootstrap(self) -> str: ...

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        """A consumer with these settings of ours over ``broker.settings.READING``. ``logger`` hears
        librdkafka's own messages; without one it says nothing."""

    def producer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ProducerClient:
        """A producer with these settings of ours over ``broker.settings.DURABLE``."""
