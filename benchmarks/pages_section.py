"""Section pages: a unit's page, with many open dossiers in the unit.

By HTTP, without a socket, against the embedded engine in this process: everything from the request
to the last byte. Every page is the first one: what was answered a moment ago is forgotten. The
questions are measured by themselves, too, one after the other. A browser gets the page over a
socket, as a visitor who has nothing of it yet.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import httpx
import msgspec
from fastapi import FastAPI
from playwright.async_api import Error

from api.access.principal import ANYBODY
from api.access.reach import EVERYTHING
from api.app import create_app
from api.config import ApiConfig
from api.core import Live
from api.insight.backlog_classes import backlog
from api.insight.filters import Filter
from api.insight.officers import officers
from api.insight.procedures import procedures
from api.insight.receptions import receptions
from api.insight.steps import steps
from api.insight.unit_windows import windows
from api.viewer import Viewer
from benchmarks.browser import interactive
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Aim, Role, Row, Section
from dossiers.wire.course import Course
from dossiers.wire.keys import CLOCK_SCOPE, clock_key
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Unit, content_hash, encode_reference
from dossiers.wire.standing import Standing
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import REFERENCE, TALLIES
from dunghen.serving.store_query import StoreQuery
from sinks.decode.base import Record
from sinks.decode.facts import FactDecoder
from sinks.migrate import migrate
from sinks.store import Store

OPEN = 5_000
ENDED = 15_000  # in the eight months before
ASKED = 100  # times a round
VISITS = 10  # of a browser, each round
WARM_UP = 5  # before the first round: a process that has just started reads and compiles
NOW = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam
_HOUR = 3_600_000
_LINE = "pages"
_REFERENCE = Reference(units=(Unit(id="city", name="City"), Unit(id="u", name="U", parent="city")))
_ROWS: tuple[tuple[str, str, Role, str], ...] = (
    ("started", "the first page after a start", "part", "ms"),
    ("opened-p50", "the page is opened, p50", "ours", "ms"),
    ("opened-p99", "the page is opened, p99", "ours", "ms"),
    ("opened-cpu", "of these, work of all threads", "part", "ms"),
    ("again-p50", "opened by the next one, p50", "part", "ms"),
    ("interactive-p50", "in a new browser: until its modules run, p50", "part", "ms"),
    ("interactive-max", "the slowest of these", "ours", "ms"),
    ("page-p50", "its questions one by one, p50", "part", "ms"),
    ("page-p99", "its questions one by one, p99", "part", "ms"),
)


def run(options: Options) -> Section:
    """Measure in the embedded engine."""
    rows = {
        name: Row(name=name, label=label, role=role, unit=unit) for name, label, role, unit in _ROWS
    }
    with Store.embedded(str(options.work / "pages")) as store:
        store.ensure_database()
        migrate(store)
        for records in (_records(), _ended()):
            decoder = FactDecoder()
            decoded = decoder.decode(list(records))
            assert decoded.rows is not None  # noqa: S101 (records of our own)
            decoder.insert(store, decoded.rows)
        query = StoreQuery(store)
        app = create_app(_config(), query)
        fill(app.state.live)
        begun = time.perf_counter()
        asyncio.run(_opened(app, 1))
        rows["started"].values.append((time.perf_counter() - begun) * 1000)
        asyncio.run(_opened(app, WARM_UP - 1))
        for round_ in range(options.rounds):
            options.say(f"pages: round {round_ + 1} of {options.rounds}")
            waits = asyncio.run(_measure(Viewer(app.state.live, ANYBODY, EVERYTHING)))
            rows["page-p50"].values.append(percentile(waits, 50))
            rows["page-p99"].values.append(percentile(waits, 99))
            for name, value in asyncio.run(_opened(app, ASKED)).items():
                rows[name].values.append(value)
            _in_browser(app, rows["interactive-p50"], rows["interactive-max"])
        query.close()
    return Section(
        name="pages",
        title=f"A unit's page, {OPEN:,} dossiers open and {ENDED:,} ended in the unit",
        how=f"in one process, without a socket; {ASKED} times a round",
        higher=False,
        rows=list(rows.values()),
        aims=[
            Aim(of="opened-p99", at_least=False, bound=100),
            Aim(of="interactive-max", at_least=False, bound=1_000),
        ],
    )


def _in_browser(app: FastAPI, half: Row, most: Row) -> None:
    try:
        waits = asyncio.run(interactive(app, "/units/u", VISITS))
    except Error as error:
        half.failure = most.failure = error.message.partition("\n")[0]
        return
    half.values.append(percentile(waits, 50))
    most.values.append(max(waits))


def _records() -> Iterator[Record]:
    scopes = ("all", "unit:u", "unit:city")
    for number in range(OPEN):
        due = NOW + (number % 400 - 40) * _HOUR
        late = due < NOW
        course = Course(
            unit="u", officer=f"o{number % 40}", step=f"s{number % 5}", procedure=f"p{number % 60}",
            received_at=due - 200 * _HOUR, due_at=due, first_due_at=due,
        )  # fmt: skip
        standing = Standing("overdue" if late else "within", breached_at=due if late else None)
        record = DossierRecord(
            _LINE, 1, number, f"u-{number:06}", NOW, course, standing,
            (*scopes, f"officer:o{number % 40}"),
        )  # fmt: skip
        yield Record(0, number, record.dossier_id.encode(), msgspec.json.encode(record))


def _ended() -> Iterator[Record]:
    scopes = ("all", "unit:u", "unit:city")
    for number in range(ENDED):
        end = NOW - number % 6_000 * _HOUR
        due = end + (number % 50 - 5) * _HOUR
        late = due < end
        course = Course(
            unit="u", officer=f"o{number % 40}", step=f"s{number % 5}", procedure=f"p{number % 60}",
            received_at=end - 100 * _HOUR, due_at=due, first_due_at=due, finished_at=end,
        )  # fmt: skip
        standing = Standing("late" if late else "early", breached_at=due if late else None)
        record = DossierRecord(
            _LINE, 1, OPEN + number, f"e-{number:06}", NOW, course, standing,
            (*scopes, f"officer:o{number % 40}"),
        )  # fmt: skip
        yield Record(0, record.offset, record.dossier_id.encode(), msgspec.json.encode(record))


def _config() -> ApiConfig:
    return ApiConfig("127.0.0.1:1", _LINE, mode="simulation", partitions=1)


def fill(live: Live) -> None:
    """The reference data and the data time."""
    clock = Tally(timeline=_LINE, scope=CLOCK_SCOPE, now=NOW, vector=(), versions={"0": (1, 1)})
    name = content_hash(_REFERENCE).encode()
    live.deliver(
        [
            (REFERENCE, name, encode_reference(_REFERENCE)),
            (TALLIES, clock_key(0), msgspec.json.encode(clock)),
        ]
    )
    live.loaded()


async def _opened(app: FastAPI, times: int) -> dict[str, float]:
    """The page as a browser at this machine gets it, so many times."""
    waits, again, used = [], [], 0.0
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for _ in range(times):
            app.state.live.recent.clear()
            begun, worked = time.perf_counter(), time.process_time()
            (await http.get("/units/u")).raise_for_status()
            waits.append((time.perf_counter() - begun) * 1000)
            used += (time.process_time() - worked) * 1000
            begun = time.perf_counter()
            await http.get("/units/u")
            again.append((time.perf_counter() - begun) * 1000)
    return {
        "opened-p50": percentile(waits, 50),
        "opened-p99": percentile(waits, 99),
        "opened-cpu": used / times,
        "again-p50": percentile(again, 50),
    }


async def _measure(viewer: Viewer) -> list[float]:
    """Milliseconds of each time."""
    found, of = [], Filter(unit="u")
    for _ in range(ASKED):
        begun = time.perf_counter()
        viewer.live.recent.clear()
        for ask in (windows, backlog, procedures, receptions, steps, officers):
            await ask(of, viewer)
        found.append((time.perf_counter() - begun) * 1000)
    return found
