"""Fixtures of the whole suite."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Most of what is made here stays: looking through it for garbage, again and again, took a
    fifth of the collection, and slowed down tests after it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


# What takes longest, the longest first.
_BUSY = (
    "e2e/test_personal_data.py", "e2e", "dashboards", "api/test_fuzzed.py", "infra", "sinks",
)  # fmt: skip
# What takes as long, but waits most of the time: for a broker, a lease, an outage to be over.
_WAITING = (
    "faults/test_outage.py", "faults/test_rounds.py", "e2e/test_faults.py",
    "streams/test_reference_loading.py", "streams/test_worker.py", "dunghen/dead_letters",
    "streams/test_bulk.py", "broker/test_following.py", "broker/test_conformance.py",
    "streams/test_silent_client.py", "streams/test_ownership.py", "api/access/test_flood.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)  # behind whoever shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: at the end every process would wait for the one that got the last. And of
    three one that waits, so that the processors are busy and no more is asked of them."""
    files = list(dict.fromkeys(item.path for item in items))
    waiting = [file for file in files if _rank(file, _WAITING) < len(_WAITING)]
    busy = [file for file in files if _rank(file, _WAITING) == len(_WAITING)]
    busy.sort(key=lambda file: _rank(file, _BUSY))
    waiting.sort(key=lambda file: _rank(file, _WAITING))
    places = {file: float(number) for number, file in enumerate(busy)}
    places |= {file: 2 * number + 0.5 for number, file in enumerate(waiting)}
    items.sort(key=lambda item: places[item.path])


def _rank(file: Path, names: tuple[str, ...]) -> int:
    """The place of a file, or of the folder that holds it, among the names; behind all if none."""
    path = f"{file.relative_to(Path(__file__).parent).as_posix()}/"
    found = (number for number, name in enumerate(names) if path.startswith(f"{name}/"))
    return next(found, len(names))


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
