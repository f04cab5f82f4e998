"""The application that lets nobody in for being near."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
import pytest_asyncio

from api.access.provider import ProviderFiles
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.access.provider import OpenIdProvider
from tests.api.access.provider_wire import OURS, Clock, Wire
from tests.api.city import City


@pytest.fixture(scope="module")
def query(stored_city: tuple[City, Store]) -> Iterator[StoreQuery]:
    found = StoreQuery(stored_city[1])
    yield found
    found.close()


@pytest.fixture(scope="module")
def one_guard(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    return guarded(stored_city[0], query)


@pytest.fixture
def guard(one_guard: Guarded) -> Guarded:
    """For tests that only ask: one application for all of a module, with an empty trail."""
    one_guard.trail.entries.clear()
    one_guard.live.channels._channels.clear()  # their tasks ended with the loop of another test
    return one_guard


@pytest_asyncio.fixture
async def let_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Awaitable[None]]:
    """Lets seconds pass on the running loop at once; what was to happen within them happens."""
    loop = asyncio.get_running_loop()
    passed, clock = 0.0, loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + passed)

    async def let_pass(seconds: float) -> None:
        nonlocal passed
        passed += seconds
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # a deadline that is over ends its task now

    return let_pass


@pytest.fixture(scope="module")
def issuing() -> OpenIdProvider:
    return OpenIdProvider()


@pytest.fixture
def wire(issuing: OpenIdProvider) -> Wire:
    return Wire(issuing)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(wire: Wire, clock: Clock) -> ProviderFiles:
    return ProviderFiles(OURS, wire.http, clock)


@pytest.fixture(scope="module")
def near(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    """As the embedded mode on loopback is made."""
    return guarded(stored_city[0], query, loopback="admin")
