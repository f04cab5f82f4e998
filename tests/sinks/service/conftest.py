"""Topics, and a sink to start on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sinks.config import SinkConfig
from sinks.service import SinkService
from sinks.store import Store
from tests.sinks.service.rig import Starter
from tests.sinks.topics import (
    Topics,
    make_topics,
)
from tests.support.kafka import TestKafka


@pytest.fixture
def topics(kafka: TestKafka) -> Topics:
    return make_topics(kafka)


@pytest.fixture
def start(topics: Topics) -> Iterator[Starter]:
    """Starts sinks on the test's topics; all are stopped at its end."""
    started: list[SinkService] = []

    def starter(store: Store, **settings: Any) -> SinkService:
        defaults: dict[str, Any] = {
            "linger_s": 0.05,
            "retry_min_s": 0.05,
            "retry_max_s": 0.2,
            "timeline": "line",
        }
        config = SinkConfig(
            bootstrap=topics.kafka.bootstrap,
            **(defaults | settings),
        )
        service = SinkService(config, store)
        service.start()
        started.append(service)
        return service

    yield starter
    for service in started:
        service.stop()
