"""A Kafka whose first client falls silent: it stays in its group, and gives nothing."""

from __future__ import annotations

from collections.abc import Mapping
from logging import Logger
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from broker.clients import AnyKafka, ConsumerClient, ProducerClient

LIMIT = 2.0
"""Seconds after which a test's client counts as silent. One that can hear needs up to a second for
its first record, on an idle machine: it asks where to begin, and for that a fetch of its other
partitions comes to its end before, and one that finds less than it would like waits for more. A
client that is given up before it could hear is replaced by another one, for ever."""


class DeafConsumer:
    """As the consumer it wraps, until it has given ``hears`` records. ``answers``: whether it says
    then how far logs go."""

    def __init__(self, inner: ConsumerClient, hears: int, answers: bool) -> None:
        self._inner = inner
        self._left = hears
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def consume(self, num_messages: int, timeout: float) -> list[Message]:
        if self._left <= 0:
            self._inner.pause(self._inner.assignment())
        else:
            num_messages = min(num_messages, self._left)
        found = self._inner.consume(num_messages, timeout)
        self._left -= sum(message.error() is None for message in found)
        return found

    def offsets_for_times(
        self, partitions: list[TopicPartition], timeout: float
    ) -> list[TopicPartition]:
        if self._left <= 0 and not self._answers:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        return self._inner.offsets_for_times(partitions, timeout)

    def poll(self, timeout: float) -> Message | None:
        found = self.consume(1, timeout)
        return found[0] if found else None


class DeafKafka:
    """Of the consumers with ``of`` in their group's name the first one falls silent after ``hears``
    records, and the next ones, up to ``deaf`` in all, give nothing. ``answers``: see DeafConsumer.
    ``opened``: how many there have been."""

    def __init__(
        self, kafka: AnyKafka, hears: int, *, of: str, deaf: int = 1, answers: bool = True
    ) -> None:
        self.opened = 0
        self._kafka = kafka
        self._hears = hears
        self._deaf = deaf
        self._answers = answers
        self._of = of  # in the name of its group

    @property
    def bootstrap(self) -> str:
        return self._kafka.bootstrap

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        made = self._kafka.consumer(settings, logger)
        if self._of not in settings.get("group.id", ""):
            return made
        self.opened += 1
        if self.opened > self._deaf:
            return made
        hears = self._hears if self.opened == 1 else 0
        return cast(ConsumerClient, DeafConsumer(made, hears, self._answers))

    def producer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ProducerClient:
        return self._kafka.producer(settings, logger)
