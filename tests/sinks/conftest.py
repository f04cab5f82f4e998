"""Both adapters of the store, and a gateway that stands for a ClickHouse server."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sinks.migrate import migrate
from sinks.store import Store
from tests.support import containers
from tests.support.clickhouse_gateway import PASSWORD, USER


@dataclass(frozen=True)
class Gateway:
    """chDB behind ClickHouse's HTTP protocol, in a process of its own."""

    url: str

    def fail(self, times: int, how: str, match: str = "") -> None:
        """The next ``times`` statements that begin with ``match`` fail (``error``: nothing is
        done; ``lost``: done, but the answer never comes)."""
        plan: dict[str, str | int] = {"times": times, "how": how, "match": match}
        httpx.post(f"{self.url}/_fail", params=plan).raise_for_status()

    def failures_met(self) -> int:
        return int(httpx.get(f"{self.url}/_fail").json()["met"])


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.clickhouse_gateway", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Gateway(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        process.stdin.close()
        process.wait(60)


@pytest.fixture(scope="module")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The folder of this process's engine while a module runs: a process can have only one open,
    so a module's stores share it, each with its own database."""
    folder = str(tmp_path_factory.mktemp("engine"))
    keeper = Store.embedded(folder, "default")
    keeper.ping()
    yield folder
    keeper.close()


def new_database() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


Opener = Callable[[], Store]


@pytest.fixture(params=["embedded", "gateway", "server"])
def open_store(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens stores on one new database, through each adapter in turn."""
    database = new_database()
    opened: list[Store] = []

    def embedded() -> Store:
        return Store.embedded(request.getfixturevalue("engine_folder"), database)

    def over_http() -> Store:
        url = request.getfixturevalue("gateway").url
        return Store.server(url, USER, PASSWORD, database)

    def server() -> Store:
        found = request.getfixturevalue("clickhouse_server")
        return Store.server(found.url, found.user, found.password, database)

    how: dict[str, Opener] = {"embedded": embedded, "gateway": over_http, "server": server}

    def opener() -> Store:
        opened.append(how[request.param]())
        return opened[-1]

    if request.param == "server" and not (containers.wanted() and containers.engine_present()):
        pytest.skip("needs DUNGHEN_TEST_BROKER=testcontainers and a Docker engine")
    yield opener
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Opener) -> Store:
    """A migrated store, through each adapter in turn."""
    store = open_store()
    migrate(store)
    return store


@pytest.fixture
def embedded_store(engine_folder: str) -> Iterator[Store]:
    """A migrated store in this process, for tests to which the adapter does not matter."""
    store = Store.embedded(engine_folder, new_database())
    migrate(store)
    yield store
    store.close()


@pytest.fixture
def gateway_store(gateway: Gateway) -> Iterator[Store]:
    """A migrated store over HTTP whose server can be told to fail."""
    store = Store.server(gateway.url, USER, PASSWORD, new_database())
    migrate(store)
    yield store
    store.close()
