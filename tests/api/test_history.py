"""What the wall compares with, read from a real store by the queries of the product."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.live.history import STEPS, read_history
from api.live.history_keeper import HistoryKeeper
from api.ports import StoreAway
from dossiers.time.calendar import calendar_of
from tests.api.city import HOUR, REFERENCE_DATA, START, TIMELINE
from tests.api.conftest import Running
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio
OFFICE = calendar_of(REFERENCE_DATA.calendar, REFERENCE_DATA.timezone)
NOW = START + 2 * HOUR


async def test_the_trend_counts_what_came_and_went_within_a_day(api: Running) -> None:
    history = await read_history(api.live.query, TIMELINE, NOW, OFFICE)
    assert history.trend is not None
    assert sum(history.trend["received"]) == 1  # open-1; the others came days before
    assert sum(history.trend["finished"]) == 2
    steps = {len(history.trend[name]) for name in ("received", "finished", "overdue")}
    assert steps == {STEPS}
    first, step = history.trend["from"], history.trend["step_ms"]
    assert first + STEPS * step > NOW >= first + (STEPS - 1) * step
    reception = (START - HOUR - first) // step
    assert history.trend["received"][reception] == 1


async def test_sparklines_end_with_the_value_of_now(api: Running) -> None:
    history = await read_history(api.live.query, TIMELINE, NOW, OFFICE)
    view = api.live.view
    for name in ("open", "overdue", "due_soon", "late_receptions"):
        assert history.sparks[name][-1] == view.value("all", name), name
    assert history.sparks["on_time_rate_month"][-1] == 50.0
    assert history.sparks["on_time_rate_30d"][-1] == 50.0


async def test_previous_is_the_same_moment_a_working_day_before(api: Running) -> None:
    # Monday 10:00 is compared with Friday 10:00, when three dossiers were open.
    tiles = ["unit:city", "unit:u1", "unit:u/2", "unit:nobody's"]
    history = await read_history(api.live.query, TIMELINE, NOW, OFFICE, tiles=tiles)
    assert history.before["all"]["open"] == 4
    assert history.before["all"]["overdue"] == 0
    assert set(history.before) == {"all", "unit:city", "unit:u1", "unit:u/2"}
    api.live.keeper.history = history
    state = api.live.state()
    assert state["figures"]["overdue"]["previous"] == 0
    assert state["units"]["u1"]["change"] == state["units"]["u1"]["overdue"]
    assert state["trend"]["received"] == (history.trend or {})["received"]
    assert {source["id"] for source in state["data"]["sources"]} == {"portal"}


async def test_the_last_history_stays_while_the_store_is_away(api: Running) -> None:
    view = api.live.view
    away = False

    class Sometimes:
        async def rows(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
            if away:
                raise StoreAway("ClickHouse does not answer.")
            return await api.live.query.rows(sql, parameters)

    changes = asyncio.Event()
    keeper = HistoryKeeper(Sometimes(), view, changes.set, refresh=0.01)
    task = asyncio.create_task(keeper.run())
    try:
        async with asyncio.timeout(30):
            await changes.wait()
        away = True
        view.freshness.watermark = NOW + 1
        await wait_for_async(lambda: "does not answer" in keeper.error)
        assert keeper.history.trend is not None
        away = False
        await wait_for_async(lambda: not keeper.error)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
