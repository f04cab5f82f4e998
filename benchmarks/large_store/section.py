"""Section large-store: what pages ask of a large ClickHouse, question by question.

In this process against the embedded engine, one question at a time, each page as the first one.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI

from api.app import create_app
from api.config import ApiConfig
from api.core import Live
from benchmarks.large_store.generated import LINE, NOW, REFERENCE, generate
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from dossiers.wire.keys import CLOCK_SCOPE, clock_key
from dossiers.wire.reference import content_hash, encode_reference
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import REFERENCE as REFERENCES
from dossiers.wire.topics import TALLIES
from dunghen.serving.store_query import StoreQuery
from sinks.engines import EmbeddedEngine
from sinks.errors import StoreError
from sinks.migrate import migrate
from sinks.store import Rows, Store

ASKED = 20  # times a page, each round
MOST_MS = 200  # of a page's slowest question
PAGES: Mapping[str, str] = {
    "a unit": "/units/U100",
    "the largest unit": "/units/U000",
    "the largest unit, one channel": "/units/U000?channel=2",
    "an officer": "/officers/O10005",
    "a unit's list": "/dossiers?unit=U100",
    "a unit's late ones of the month": "/dossiers?unit=U100&what=late&window=month",
    "the city's overdue ones": "/dossiers?standing=overdue",
    "the city's home": "/",
    "the city as a unit": "/units/C",
    "the city's units, one channel": "/units?channel=2",
}


class TimedStore(Store):
    """One question at a time. ``took``: ms of processor time of each; ``refused``: why one has no
    answer."""

    def __init__(self, folder: str) -> None:
        super().__init__(EmbeddedEngine(folder))
        self.took: list[float] = []
        self.refused = ""
        self._turn = threading.Lock()

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Rows:
        """As Store.query."""
        with self._turn:
            begun = time.process_time()
            try:
                return super().query(sql, parameters, settings)
            except StoreError as error:
                self.refused = str(error)[:200]
                raise
            finally:
                self.took.append((time.process_time() - begun) * 1000)


def run(options: Options) -> Section:
    """Generate ``options.dossiers`` dossiers and ask."""
    rows = {
        path: Row(name=path, label=f"{name}, slowest question, p99", role="ours", unit="ms")
        for name, path in PAGES.items()
    }
    folder = str(options.work / "large-store")
    with Store.embedded(folder) as store:
        store.ensure_database()
        migrate(store)
        generate(store, options.dossiers, options.say)
    timed = TimedStore(folder)
    with timed:
        query = StoreQuery(timed)
        app = create_app(ApiConfig("127.0.0.1:1", LINE, mode="simulation", partitions=1), query)
        fill(app.state.live)
        for _ in range(options.rounds):
            for row in rows.values():
                options.say(f"large-store: {row.name}")
                asyncio.run(_ask(app, timed, row))
        query.close()
    return Section(
        name="large-store",
        title=f"What pages ask of {options.dossiers:,} dossiers with ten events each",
        how=f"processor time of one question, one at a time; a page {ASKED} times a round",
        higher=False,
        rows=list(rows.values()),
        aims=[Aim(of=path, at_least=False, bound=MOST_MS) for path in PAGES.values()],
    )


def fill(live: Live) -> None:
    """The reference data and the data time."""
    clock = Tally(timeline=LINE, scope=CLOCK_SCOPE, now=NOW, vector=(), versions={"0": (1, 1)})
    name = content_hash(REFERENCE).encode()
    live.deliver(
        [
            (REFERENCES, name, encode_reference(REFERENCE)),
            (TALLIES, clock_key(0), msgspec.json.encode(clock)),
        ]
    )
    live.loaded()


async def _ask(app: FastAPI, timed: TimedStore, row: Row) -> None:
    """The 99th of a hundred times of the slowest question of the page that ``row`` is named by."""
    found = []
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for _ in range(ASKED):
            app.state.live.recent.clear()
            timed.took, timed.refused = [], ""
            await http.get(row.name)
            if timed.refused:
                row.failure = timed.refused
                return
            found.append(max(timed.took))
    row.values.append(percentile(found, 99))
