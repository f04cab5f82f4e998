"""The broker that tests talk to, wherever it runs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Message
from confluent_kafka.admin import AdminClient, NewTopic

from broker.kafka import Kafka
from broker.reading import read_all
from tests.support.waiting import wait_for


@dataclass
class TestKafka:
    """A real broker of the test session; topics of one test must not be another's."""

    __test__ = False  # not a test class

    bootstrap: str
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    _admin: AdminClient | None = field(default=None, repr=False)

    @property
    def client(self) -> dict[str, Any]:
        """Settings of librdkafka for any client."""
        return {**self.login, "bootstrap.servers": self.bootstrap, "log_level": 0}

    @property
    def admin(self) -> AdminClient:
        """A client for topics, groups and offsets."""
        if self._admin is None:
            self._admin = Kafka(self.bootstrap, self.login).admin()
        return self._admin

    def create_topics(
        self, *names: str, partitions: int = 1, config: Mapping[str, str] | None = None
    ) -> None:
        """Create topics and wait until they exist."""
        topics = [NewTopic(name, partitions, 1, config=dict(config or {})) for name in names]
        for future in self.admin.create_topics(topics, request_timeout=20).values():
            future.result(20)
        # The controller has made them; the broker that answers for topics hears of it later.
        wait_for(lambda: set(names) <= self.topic_names(), 20)

    def delete_topics(self, *names: str) -> None:
        """Delete topics and wait until nobody is told of them any more."""
        for future in self.admin.delete_topics(list(names), request_timeout=20).values():
            future.result(20)
        # The controller has deleted them; the broker that answers for topics hears of it later.
        wait_for(lambda: not self.topic_names() & set(names), 20)

    def remove_topics(self, *names: str) -> None:
        """Delete those of them that exist: names of the product are the same in every test."""
        if found := self.topic_names() & set(names):
            self.delete_topics(*found)

    def topic_names(self) -> set[str]:
        """Return the names of all topics."""
        return set(self.admin.list_topics(timeout=20).topics)

    def unique(self, prefix: str = "test") -> str:
        """Return a name for a topic, group or transaction that nobody else uses."""
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def read_all(self, topic: str, *, committed: bool = True) -> list[Message]:
        """Read a topic from its start to its present end, partition by partition."""
        messages = read_all(Kafka(self.bootstrap, self.login), topic, committed=committed)
        return sorted(messages, key=lambda m: (m.partition() or 0, m.offset() or 0))
