"""Fixtures of the sources' tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Message

from broker.kafka import Kafka
from sources.publisher import Publisher
from sources.ticks import LastTick, last_ticks
from tests.support.kafka import TestKafka

PARTITIONS = 3
SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass
class Topics:
    """Event and dead-letter topics of one test."""

    kafka: TestKafka
    name: str
    dead_letter_name: str
    partitions: int = PARTITIONS

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap

    def publisher(self, **options: Any) -> Publisher:
        return Publisher(
            Kafka(self.bootstrap, options.pop("user", None)),
            options.pop("partitions", self.partitions),
            topic=self.name,
            dead_letter_topic=self.dead_letter_name,
            **options,
        )

    def events(self) -> list[Message]:
        return self.kafka.read_all(self.name)

    def dead_letters(self) -> list[Message]:
        return self.kafka.read_all(self.dead_letter_name)

    def last_ticks(self) -> list[LastTick | None]:
        return last_ticks(Kafka(self.bootstrap), self.partitions, topic=self.name)


@pytest.fixture
def topics(kafka: TestKafka) -> Topics:
    name, dead_letter_name = kafka.unique("events"), kafka.unique("dead-letters")
    kafka.create_topics(name, partitions=PARTITIONS)
    kafka.create_topics(dead_letter_name)
    return Topics(kafka, name, dead_letter_name)


@pytest.fixture(scope="session")
def receipt() -> Path:
    """The permit log of the CoSeLoG project, where it lies beside the repository."""
    path = SHARED / "receipt.csv"
    if not path.exists():
        pytest.skip(f"the public permit log is not on this machine ({path})")
    return path
