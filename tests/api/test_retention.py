"""What is shown of dossiers that have left the stream: ClickHouse keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from api.app import create_app
from api.core import Live
from api.live.history import read_history
from dossiers.time.calendar import calendar_of
from dossiers.wire.events import Tick
from dossiers.wire.reference import Rules
from dossiers.wire.topics import DOSSIERS
from dunghen.serving.store_query import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import HOUR, REFERENCE_DATA, START, TIMELINE, City, a_morning, progressed
from tests.api.conftest import Running
from tests.api.settings import config
from tests.api.test_rest import get

LATER = START + 70 * 24 * HOUR
REFERENCE = msgspec.structs.replace(REFERENCE_DATA, rules=Rules(tombstones=True))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Seventy days after the morning: two dossiers were closed and are gone, one is flagged."""
    city = City(reference=REFERENCE)
    for event in a_morning():
        city.publish(event)
    city.publish(progressed("ghost", START + 2 * HOUR, "?"))
    city.publish(Tick(LATER))
    folder: Path = tmp_path_factory.mktemp("engine")
    with Store.embedded(str(folder)) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
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


@pytest.mark.asyncio(loop_scope="module")
async def test_the_sink_keeps_what_the_stream_drops(api: Running) -> None:
    tombstones = {key for topic, key, value in api.city.log if topic == DOSSIERS and value is None}
    assert tombstones == {b"early-1", b"late-1"}
    assert (await get(api, "/api/v1/dossiers/late-1"))["standing"] == "late"
    counted = (await get(api, "/api/v1/counts"))["dossiers"]
    assert (counted["total"], counted["early"], counted["late"]) == (7, 1, 1)


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_takes_open_counts_for_totals(api: Running) -> None:
    stream = (await get(api, "/api/v1/counts", source="stream"))["dossiers"]
    assert stream["open"] == 5
    assert {stream[name] for name in ("total", "early", "on_time", "late", "no_due")} == {None}
    unit = (await get(api, "/api/v1/units/u1"))["figures"]
    assert unit["overdue"] == 2
    assert {unit[name] for name in ("total", "refused", "withdrawn", "flagged")} == {None}
    assert unit["windows"]["30d"]["late"] == 0
    params: dict[str, Any] = {"fields": ["open", "early"]}
    answer = await api.http.get("/api/v1/tallies", params=params)
    assert answer.status_code == 422
    assert "(early)" in answer.text


@pytest.mark.asyncio(loop_scope="module")
async def test_the_wall_counts_flagged_dossiers_in_clickhouse(api: Running) -> None:
    calendar = calendar_of(REFERENCE.calendar, REFERENCE.timezone)
    assert api.live.state()["data"]["flagged"] is None
    api.live.keeper.history = await read_history(
        api.live.query, TIMELINE, LATER, calendar, flagged=True
    )
    assert api.live.state()["data"]["flagged"] == 1
