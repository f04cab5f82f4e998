"""An application over a small city: the live view in memory, ClickHouse in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.app import create_app
from api.config import ApiConfig
from api.core import Live
from dunghen.serving.process import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import TIMELINE, City, a_morning


@pytest.fixture(scope="module")
def stored_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Store]]:
    """The city's morning in ClickHouse, for tests that only read it."""
    city = City()
    for event in a_morning():
        city.publish(event)
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
        yield city, store


def config(**more: object) -> ApiConfig:
    fields: dict[str, object] = {
        "bootstrap": "127.0.0.1:1",
        "timeline": TIMELINE,
        "mode": "simulation",
        "partitions": 1,
        **more,
    }
    return ApiConfig(**fields)  # type: ignore[arg-type]


@dataclass
class Running:
    """An application whose routes are called in this process; nothing follows Kafka."""

    app: FastAPI
    city: City
    http: httpx.AsyncClient

    @property
    def live(self) -> Live:
        live: Live = self.app.state.live
        return live


@pytest_asyncio.fixture
async def api(stored_city: tuple[City, Store]) -> AsyncIterator[Running]:
    city, store = stored_city
    query = StoreQuery(store)
    app = create_app(config(), query)
    live: Live = app.state.live
    live.deliver(city.records())
    live.loaded()
    live.hub.publish()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Running(app, city, http)
    query.close()
