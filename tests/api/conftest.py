"""An application over a small city: the live view in memory, ClickHouse in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.app import create_app
from api.core import Live
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.city import City, a_morning
from tests.api.engines import Engines, fill
from tests.api.posting import FakeKafka, client
from tests.api.settings import config


def morning() -> City:
    city = City()
    for event in a_morning():
        city.publish(event)
    return city


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    return Engines(tmp_path_factory.mktemp("engines"))


@pytest.fixture(scope="module")
def stored_city(engines: Engines) -> Iterator[tuple[City, Store]]:
    """The city's morning in ClickHouse, for tests that only read it."""
    with engines.of("morning", morning) as found:
        yield found


@pytest.fixture(scope="module")
def own_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Store]]:
    """The same for a module that writes as well."""
    city = morning()
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        fill(store, city)
        yield city, store


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


@pytest.fixture
def kafka_double() -> FakeKafka:
    return FakeKafka()


@pytest_asyncio.fixture
async def http(kafka_double: FakeKafka) -> AsyncIterator[httpx.AsyncClient]:
    ingest = PortalIngest(kafka_double, max_body=100_000, timeout=0.2)  # type: ignore[arg-type]
    async with client(ingest) as found:
        yield found
