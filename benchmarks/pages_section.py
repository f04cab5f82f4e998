"""Section pages: what a unit's page asks, with many open dossiers in the unit.

The questions run one after the other, against the embedded engine in this process, as the API asks
them; drawing and sending the page are not in it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import msgspec

from api.access.principal import ANYBODY
from api.access.reach import EVERYTHING
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
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
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
ASKED = 50  # times a round
NOW = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam
_HOUR = 3_600_000
_LINE = "pages"
_REFERENCE = Reference(units=(Unit(id="city", name="City"), Unit(id="u", name="U", parent="city")))


def run(options: Options) -> Section:
    """Measure in the embedded engine."""
    rows = [
        Row(name="page-p50", label="a unit page's questions, p50", role="ours", unit="ms"),
        Row(name="page-p99", label="a unit page's questions, p99", role="ours", unit="ms"),
    ]
    with Store.embedded(str(options.work / "pages")) as store:
        store.ensure_database()
        migrate(store)
        decoded = FactDecoder().decode(list(_records()))
        assert decoded.rows is not None  # noqa: S101 (records of our own)
        store.insert("dossiers", decoded.rows)
        query = StoreQuery(store)
        viewer = _viewer(query)
        for round_ in range(options.rounds):
            options.say(f"pages: round {round_ + 1} of {options.rounds}")
            waits = asyncio.run(_measure(viewer))
            rows[0].values.append(percentile(waits, 50))
            rows[1].values.append(percentile(waits, 99))
        query.close()
    return Section(
        name="pages",
        title=f"What a unit's page asks, {OPEN:,} dossiers open in the unit",
        how=f"windows, backlog, procedures, receptions, steps, officers; {ASKED} times a round",
        higher=False,
        rows=rows,
        aims=[Aim(of="page-p99", at_least=False, bound=100)],
    )


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


def _viewer(query: StoreQuery) -> Viewer:
    live = Live(ApiConfig("127.0.0.1:1", _LINE, mode="simulation", partitions=1), query)
    clock = Tally(timeline=_LINE, scope=CLOCK_SCOPE, now=NOW, vector=(), versions={"0": (1, 1)})
    name = content_hash(_REFERENCE).encode()
    live.deliver(
        [
            (REFERENCE, name, encode_reference(_REFERENCE)),
            (TALLIES, clock_key(0), msgspec.json.encode(clock)),
        ]
    )
    live.loaded()
    return Viewer(live, ANYBODY, EVERYTHING)


async def _measure(viewer: Viewer) -> list[float]:
    """Milliseconds of each time."""
    found, of = [], Filter(unit="u")
    for _ in range(ASKED):
        begun = time.perf_counter()
        for ask in (windows, backlog, procedures, receptions, steps, officers):
            await ask(of, viewer)
        found.append((time.perf_counter() - begun) * 1000)
    return found
