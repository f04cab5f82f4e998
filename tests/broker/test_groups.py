"""Whether a group has read everything, when Kafka does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from logging import Logger
from typing import Any

import pytest
from confluent_kafka import KafkaError, Message

from broker.clients import ConsumerClient
from broker.errors import BrokerAway
from broker.groups import has_read_all
from broker.memory.kafka import MemoryKafka
from dossiers.wire.topics import EVENTS, PARTIALS


class Failing(MemoryKafka):
    """Its readers are given this error in place of what comes next."""

    code: int | None = None

    def consumer(self, settings: Mapping[str, Any], logger: Logger | None = None) -> ConsumerClient:
        made = super().consumer(settings, logger)
        if self.code is not None:
            message = Message(EVENTS, 0, 0, error=KafkaError(self.code))
            made.poll = lambda timeout: message  # type: ignore[method-assign]
        return made


def test_an_error_is_no_end() -> None:
    kafka = Failing()
    kafka.create_topics(EVENTS, PARTIALS)
    assert has_read_all(kafka, "worker", 1)
    kafka.producer({}).produce(EVENTS, b"{}", b"D1", 0)
    assert not has_read_all(kafka, "worker", 1)
    kafka.code = KafkaError._TRANSPORT
    with pytest.raises(BrokerAway):
        has_read_all(kafka, "worker", 1)
