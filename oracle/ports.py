"""How the recount reaches Kafka, ClickHouse and files: whoever starts it passes these in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from confluent_kafka import Message


class ReadTopic(Protocol):
    """Every record of a topic, from its start to its present end, in order within a partition."""

    def __call__(self, topic: str, /, *, committed: bool = True) -> Iterator[Message]:
        """``committed``: only what stands in committed transactions."""
        ...


class Database(Protocol):
    """ClickHouse; times are aware datetimes."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Result of one SELECT; bind values as ``{name:Type}``."""
        ...


class KeptFiles(Protocol):
    """Files by the SHA-256 of what they hold."""

    def state(self, digest: str, /) -> str:
        """kept, erased, missing or damaged."""
        ...

    def read(self, digest: str, /) -> bytes | None:
        """What is kept under this name; None if it is not there, was erased, or is damaged."""
        ...
