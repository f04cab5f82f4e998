"""Reading topics to their ends, while others write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError

from broker import reading


@dataclass
class Said:
    """A message of a consumer, or the end of a partition."""

    place: int
    text: str = ""
    end: bool = False

    def partition(self) -> int:
        return self.place

    def error(self) -> KafkaError | None:
        return KafkaError(KafkaError._PARTITION_EOF) if self.end else None


class Consumer:
    """Says what it was told to say."""

    def __init__(self, *said: Said) -> None:
        self._said: Iterator[Said] = iter(said)

    def assign(self, places: Any) -> None: ...

    def close(self) -> None: ...

    def poll(self, _seconds: float) -> Said | None:
        return next(self._said, None)

    def consume(self, _most: int, _seconds: float) -> list[Said]:
        return []


def test_what_comes_after_the_end_of_a_partition_is_left_out() -> None:
    """Else the states of one partition would be newer than the position that goes with them."""
    consumer = Consumer(
        Said(0, "a"),
        Said(0, end=True),
        Said(1, "b"),
        Said(0, "half of a transaction that came meanwhile"),
        Said(1, end=True),
    )
    found: list[Any] = list(reading.read_on(consumer, "", "topic", {0: 0, 1: 0}))  # type: ignore[arg-type]
    assert [message.text for message in found] == ["a", "b"]
