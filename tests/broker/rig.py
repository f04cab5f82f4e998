"""Both brokers behind one handle: a real one, and its twin in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from broker.clients import AnyKafka, ProducerClient
from broker.ends import EndReader
from broker.kafka import Kafka
from broker.memory.kafka import MemoryKafka
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for

PATIENCE = 30.0  # s

Plain = tuple[int, bytes | None, bytes | None]  # partition, key, value


@dataclass
class Rig:
    """``name``: of a topic, group or transaction that nobody else uses."""

    broker: AnyKafka
    real: TestKafka | None
    names: int = 0

    def unique(self, prefix: str = "test") -> str:
        if self.real is not None:
            return self.real.unique(prefix)
        self.names += 1
        return f"{prefix}-{self.names}"

    def topic(self, partitions: int = 1) -> str:
        name = self.unique("topic")
        if self.real is not None:
            self.real.create_topics(name, partitions=partitions)
        else:
            assert isinstance(self.broker, MemoryKafka)
            self.broker.create_topics(name, partitions=partitions)
        return name

    def delete(self, topic: str) -> None:
        if self.real is not None:
            self.real.delete_topics(topic)
        else:
            assert isinstance(self.broker, MemoryKafka)
            self.broker.delete_topics(topic)

    def send(self, topic: str, *records: Plain) -> None:
        producer = self.broker.producer({"linger.ms": 0})
        for partition, key, value in records:
            producer.produce(topic, value, key, partition)
        assert producer.flush(PATIENCE) == 0

    def writer(self, name: str) -> ProducerClient:
        """A transactional producer, ready to begin."""
        producer = self.broker.producer({"transactional.id": name, "linger.ms": 0})
        producer.init_transactions(PATIENCE)
        return producer

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[ProducerClient]:
        producer = self.writer(self.unique("writer"))
        producer.begin_transaction()
        yield producer
        assert producer.flush(PATIENCE) == 0  # a broker refuses to abort what never began
        if commit:
            producer.commit_transaction(PATIENCE)
        else:
            producer.abort_transaction(PATIENCE)

    def settle(self, topic: str) -> None:
        """Wait for the markers of finished transactions, while none is open: Kafka writes them
        after it has said that a transaction is committed or aborted."""
        reader = EndReader(self.broker)
        wait_for(lambda: reader.read([topic]) == reader.read([topic], committed=True), PATIENCE)
        reader.close()


def real_rig(kafka: TestKafka) -> Rig:
    return Rig(Kafka(kafka.bootstrap), kafka)


def memory_rig() -> Rig:
    return Rig(MemoryKafka(), None)
