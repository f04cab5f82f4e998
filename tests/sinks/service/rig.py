"""What tests of the sink share."""

from __future__ import annotations

from collections.abc import Callable

from sinks.service import SinkService, TopicStatus
from sinks.store import Store

Starter = Callable[..., SinkService]


def topic_status(service: SinkService, topic: str) -> TopicStatus:
    return next(status for status in service.status() if status.topic == topic)


def count(store: Store, table: str) -> int:
    return int(store.query(f"SELECT count() AS n FROM {table} FINAL")[0]["n"])  # noqa: S608
