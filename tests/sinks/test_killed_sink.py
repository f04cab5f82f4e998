"""A sink that is killed: every row is in ClickHouse once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sinks.conftest import new_database
from tests.sinks.topics import (
    Topics,
    make_topics,
    progressed,
)
from tests.support.clickhouse_gateway import PASSWORD, USER
from tests.support.kafka import TestKafka


@pytest.fixture
def topics(kafka: TestKafka) -> Topics:
    return make_topics(kafka)


SINK = """
import signal, sys
from sinks.config import SinkConfig
from sinks.migrate import migrate
from sinks.service import SinkService
from sinks.store import Store
from tests.support.waiting import wait_for
bootstrap, place, database, until_end = sys.argv[1:]
if place.startswith("http"):
    store = Store.server(place, {user!r}, {password!r}, database)
else:
    store = Store.embedded(place, database)
migrate(store)
config = SinkConfig(bootstrap, "line", batch_rows=100, linger_s=0.02)
service = SinkService(config, store)
service.start()
if until_end == "no":
    written = lambda: next(s.rows for s in service.status() if s.topic == "dossier-events")
    print(wait_for(written, every=0.005), flush=True)
    signal.pause()
assert service.wait_caught_up(60)
found = store.query("SELECT count() AS n, uniqExact(event_id) AS u FROM dossier_events FINAL")[0]
print("end", found["n"], found["u"], flush=True)
"""


@pytest.mark.parametrize("adapter", ["embedded", "gateway"])
def test_a_killed_sink_goes_on_where_it_was(
    topics: Topics, request: pytest.FixtureRequest, tmp_path: Path, adapter: str
) -> None:
    """kill -9 in the middle, twice: every row is there once, for readers with FINAL."""
    number = 2_000
    topics.events([progressed(n) for n in range(0, number, 2)], partition=0)
    topics.events([progressed(n) for n in range(1, number, 2)], partition=1)
    gateway = adapter == "gateway"
    place = request.getfixturevalue("gateway").url if gateway else str(tmp_path)
    database = new_database()
    for _ in range(2):
        with _sink(topics, place, database, "no") as sink:
            assert sink.stdout is not None
            rows = int(sink.stdout.readline())
            sink.kill()
        assert rows < number // 2  # it was killed in the middle, or this proves nothing
    with _sink(topics, place, database, "yes") as sink:
        assert sink.stdout is not None
        *_, last = sink.stdout
    assert last.split() == ["end", str(number), str(number)]


def _sink(topics: Topics, place: str, database: str, until_end: str) -> subprocess.Popen[str]:
    script = SINK.format(user=USER, password=PASSWORD)
    arguments = (topics.kafka.bootstrap, place, database, until_end)
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
