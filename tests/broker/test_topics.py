"""What the administration of topics says when a broker goes away in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

from broker.errors import BrokerAway, BrokerError
from broker.kafka import Kafka
from broker.topics import TopicAdmin, TopicSpec


class Answering(Kafka):
    """One that answers every request for a topic with this code."""

    code = 0

    def admin(self, settings: Any = None, logger: Any = None) -> Any:
        return self

    def create_topics(self, new: Sequence[NewTopic], **_: Any) -> Mapping[str, Future[None]]:
        answer: Future[None] = Future()
        answer.set_exception(KafkaException(KafkaError(self.code)))
        return {topic.topic: answer for topic in new}


def create(code: int) -> None:
    kafka = type("One", (Answering,), {"code": code})("broker:9092")
    TopicAdmin(kafka).create([TopicSpec("events", 1, {})], replication=1)


@pytest.mark.parametrize(
    "code", [KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN]
)
def test_a_broker_that_does_not_answer_is_away(code: int) -> None:
    with pytest.raises(BrokerAway, match="broker:9092 does not answer"):
        create(code)


def test_a_broker_that_refuses_is_there() -> None:
    with pytest.raises(BrokerError, match="refuses to create topic events") as refused:
        create(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    assert not isinstance(refused.value, BrokerAway)
    create(KafkaError.TOPIC_ALREADY_EXISTS)
