"""A notifier of people over a Kafka in memory, and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sinks.telling.config import TellingConfig
from sinks.telling.service import TellingService
from tests.sinks.notifier.conftest import hook, letterbox  # noqa: F401 (fixtures)
from tests.sinks.telling.rig import BASE, KEY, LINE, Line, Starter
from tests.sinks.topics import PATIENCE_S


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def tell(line: Line) -> Iterator[Starter]:
    started: list[TellingService] = []

    def starter(store: Any = None, **settings: Any) -> TellingService:
        defaults: dict[str, Any] = {
            "kind": "live", "enabled": True, "link_key": KEY, "retry_min_s": 0.02,
            "retry_max_s": 0.1, "from_beginning": True,
        }  # fmt: skip
        config = TellingConfig(
            bootstrap="memory", timeline=LINE, partitions=2, base_url=BASE, **(defaults | settings)
        )
        service = TellingService(config, store, line.kafka)
        started.append(service)
        service.start()
        if not service.reason and settings.get("instance", "0") == "0":
            assert service.ready.wait(PATIENCE_S), service.status()
        return service

    yield starter
    for service in started:
        service.stop()
