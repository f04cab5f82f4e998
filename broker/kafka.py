"""The clients of a real Kafka."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Any, cast

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from broker.clients import ConsumerClient, ProducerClient
from broker.settings import DURABLE, READING, ClientSettings, UserSettings, client_settings


@dataclass(frozen=True)
class Kafka:
    """A Kafka at ``bootstrap``. ``user``: settings of librdkafka, how to log in among them; they
    hold secrets, so they are never shown."""

    bootstrap: str
    user: UserSettings = field(default=None, repr=False)

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        return cast(ConsumerClient, Consumer(self.settings({**READING, **settings}, logger)))

    def producer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ProducerClient:
        return cast(ProducerClient, Producer(self.settings({**DURABLE, **settings}, logger)))

    def admin(
        self, settings: Mapping[str, Any] | None = None, logger: Logger | None = None
    ) -> AdminClient:
        """A client for topics, groups and offsets."""
        return AdminClient(self.settings(settings or {}, logger))

    def settings(self, ours: Mapping[str, Any], logger: Logger | None) -> ClientSettings:
        """Settings of one client. Without ``logger`` it keeps its messages to itself: librdkafka
        prints every failed connection, and a failure is raised by the call it concerns."""
        heard = {"log_level": 0} if logger is None else {"logger": logger}
        return client_settings(
            self.bootstrap, self.user, {**heard, "log.connection.close": False, **ours}
        )

    def answers(self, seconds: float = 1.0) -> bool:
        """Whether a broker answers at this address within this time."""
        try:
            return bool(self.admin().list_topics(timeout=seconds).brokers)
        except KafkaException:
            return False
