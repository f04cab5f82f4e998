"""The clients of a Kafka in memory, and what a test does to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from logging import Logger
from typing import Any

from broker.clients import ConsumerClient, ProducerClient
from broker.memory.consumer import MemoryConsumer
from broker.memory.groups import Group
from broker.memory.log import Logs, PartitionLog
from broker.memory.producer import MemoryProducer, Writers
from broker.settings import DURABLE, READING


class MemoryKafka:
    """See ``broker.clients.AnyKafka``. Its clients may be used by several threads."""

    bootstrap = "memory"

    def __init__(self) -> None:
        self._logs = Logs()
        self._groups: defaultdict[str, Group] = defaultdict(Group)
        self._writers = Writers()

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        settings = {**READING, **settings}
        return MemoryConsumer(self._logs, self._groups[settings["group.id"]], settings)

    def producer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ProducerClient:
        return MemoryProducer(self._logs, self._writers, {**DURABLE, **settings})

    def create_topics(self, *names: str, partitions: int = 1) -> None:
        """Topics that do not exist yet."""
        with self._logs.changed:
            for name in names:
                self._logs.topics[name] = [PartitionLog() for _ in range(partitions)]
            self._logs.changed.notify_all()

    def delete_topics(self, *names: str) -> None:
        """With all that stands in them."""
        with self._logs.changed:
            for name in names:
                del self._logs.topics[name]
            self._logs.changed.notify_all()

    def be_away(self, away: bool = True) -> None:
        """Answer nobody, until told otherwise."""
        with self._logs.changed:
            self._logs.away = away
            self._logs.changed.notify_all()

    def refuse(self, topic: str, code: int | None) -> None:
        """Take no record of ``topic`` but answer with this code of KafkaError; None: take them
        again."""
        with self._logs.changed:
            if code is None:
                self._logs.refused.pop(topic, None)
            else:
                self._logs.refused[topic] = code
