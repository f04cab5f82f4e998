"""Fixtures of the whole suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from infra.kafka.broker import EmbeddedKafka
from tests.support import containers
from tests.support.containers import ClickHouseServer
from tests.support.kafka import TestKafka

# No test is timed. The same examples every time, for a run whose verdict must be had again
# (.ci/run); elsewhere new ones, so that what nobody thought of is found.
settings.register_profile("new", deadline=None)
settings.register_profile(
    "fixed", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("few", deadline=None, derandomize=True, max_examples=8)
settings.load_profile(os.environ.get("DUNGHEN_TEST_EXAMPLES", "new"))

# The suite starts many brokers for a short time: without its second compiler a JVM needs half the
# processor time to start.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")


# What takes minutes, the longest first: whole stacks are started and broken, brokers and browsers
# waited for.
_LONG = (
    "e2e/test_personal_data.py", "e2e", "faults", "broker",
    "dashboards", "dunghen/dead_letters", "streams/test_reference_loading.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)  # behind whoever shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: at the end every process would wait for the one that got the last."""
    ranks: dict[Path, int] = {}

    def rank(item: pytest.Item) -> int:
        if item.path not in ranks:
            name = item.path.relative_to(Path(__file__).parent).as_posix()
            found = (n for n, each in enumerate(_LONG) if f"{name}/".startswith(f"{each}/"))
            ranks[item.path] = next(found, len(_LONG))
        return ranks[item.path]

    items.sort(key=rank)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestKafka]:
    """A real broker: embedded, or in a container where the environment asks for it."""
    if containers.wanted():
        if not containers.engine_present():
            pytest.skip("DUNGHEN_TEST_BROKER=testcontainers, but no Docker engine answers")
        with containers.kafka_container() as bootstrap:
            yield TestKafka(bootstrap)
        return
    # Like a server that asks nobody who he is; tests/e2e has the stack's own, which does.
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka"), ask=False) as broker:
        yield TestKafka(broker.bootstrap)


@pytest.fixture(scope="session")
def clickhouse_server() -> Iterator[ClickHouseServer]:
    """A ClickHouse server in a container; the test is skipped where there cannot be one."""
    if not (containers.wanted() and containers.engine_present()):
        pytest.skip("needs DUNGHEN_TEST_BROKER=testcontainers and a Docker engine")
    with containers.clickhouse_container() as server:
        yield server
