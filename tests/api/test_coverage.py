"""How complete the data is, over the small city's morning."""

from __future__ import annotations

from typing import Any

import pytest

from api.routes import coverage
from sinks.store import Store
from tests.api.city import START, TIMELINE, City
from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def stored_city(own_city: tuple[City, Store]) -> tuple[City, Store]:
    """Tests write into it here."""
    return own_city


async def get(api: Running, **parameters: Any) -> Any:
    answer = await api.http.get("/api/v1/coverage", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_coverage_counts_dossiers_by_unit_and_month(api: Running) -> None:
    found = await get(api)
    assert found["month"] == "2026-11"
    assert (found["dossiers"], found["received"], found["finished"]) == (7, 7, 2)
    units = {unit["unit"]: unit for unit in found["units"]}
    assert {name: (u["received"], u["finished"]) for name, u in units.items()} == {
        "u1": (4, 2),
        "u/2": (3, 0),
    }
    assert units["u1"]["with_step"] == found["with_step"] == 1
    assert found["step_share"] == round(100 / 7, 2)
    assert found["officer_share"] == 100.0


async def test_another_month_has_its_own_receptions(api: Running) -> None:
    found = await get(api, month="2026-10")
    assert (found["dossiers"], found["received"], found["finished"]) == (7, 0, 0)
    for month in ("2026-13", "0001-01", "9999-12", "November"):
        answer = await api.http.get("/api/v1/coverage", params={"month": month})
        assert answer.status_code == 422
        assert "month" in answer.json()["detail"]


async def test_invented_units_push_none_of_the_reference_data_out_of_the_list(
    api: Running, stored_city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, store = stored_city
    monkeypatch.setattr(coverage, "MOST_UNNAMED", 2)
    before = await get(api)
    for number, unit in enumerate(["0", "a", "b", "b", "c", "c"]):
        store.command(
            "INSERT INTO dossiers (timeline, dossier_id, standing, unit, received_at) VALUES "
            "({line:String}, {id:String}, 'within', {unit:String}, '2026-11-02 03:00:00.000')",
            {"line": TIMELINE, "id": f"invented {number}", "unit": f"!{unit}"},
        )
    try:
        found = await get(api)
    finally:
        store.command("DELETE FROM dossiers WHERE unit LIKE '!%'")
    names = [unit["unit"] for unit in found["units"]]
    assert names == sorted(["!b", "!c", *(unit["unit"] for unit in before["units"])])
    assert found["units_left_out"] == 2
    assert found["dossiers"] == before["dossiers"] + 6


async def test_every_source_has_its_age(api: Running) -> None:
    (source,) = (await get(api))["sources"]
    assert source == {
        "source": "portal",
        "last_event_at": START + 1_800_000,
        "age_ms": 5_400_000,
    }


async def test_dead_letters_count_by_reason_unless_sent_again(
    api: Running, stored_city: Any
) -> None:
    _, store = stored_city
    for number, (reason, place) in enumerate(
        [("archived", 5), ("archived", 6), ("unreadable", 7), ("replayed", 6)]
    ):
        store.command(
            "INSERT INTO dead_letters (timeline, reason, topic, partition, offset, dl_offset) "
            "VALUES ({line:String}, {reason:String}, 'dossier-events', 0, {place:Int64}, "
            "{number:UInt64})",
            {"line": TIMELINE, "reason": reason, "place": place, "number": number},
        )
    try:
        assert (await get(api))["dead_letters"] == {"archived": 1, "unreadable": 1}
    finally:
        store.command("TRUNCATE TABLE dead_letters")
