"""The bounds of a partition whose broker has just started, and does not lead it yet."""

from __future__ import annotations

from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from broker.ends import bounds_of
from broker.silence import PartitionId

PLACE = PartitionId("t", 3)


class Starting:
    """A client whose broker refuses with each of these codes, then answers."""

    def __init__(self, *codes: int) -> None:
        self.left = list(codes)

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        assert (partition.topic, partition.partition) == PLACE
        if self.left:
            raise KafkaException(KafkaError(self.left.pop(0)))
        return 2, 9


def test_it_is_asked_again_until_it_leads() -> None:
    client: Any = Starting(KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION)
    assert bounds_of(client, PLACE, 60) == (2, 9)


def test_not_for_ever() -> None:
    client: Any = Starting(*[KafkaError.NOT_LEADER_FOR_PARTITION] * 9)
    with pytest.raises(KafkaException):
        bounds_of(client, PLACE, -1)
    assert len(client.left) == 8


def test_whatever_else_it_refuses_is_told_at_once() -> None:
    client: Any = Starting(KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.UNKNOWN)
    with pytest.raises(KafkaException):
        bounds_of(client, PLACE, 60)
    assert len(client.left) == 1
