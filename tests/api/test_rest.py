"""REST over a city whose records the real engine made."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.tallies.vector import GAUGES, MEASURES, WINDOWS
from dossiers.wire.keys import unit_scope
from tests.api.city import HOUR, START
from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio
NOW = START + 2 * HOUR


async def get(api: Running, path: str, /, **params: Any) -> Any:
    answer = await api.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_units_show_every_count_of_their_tally(api: Running) -> None:
    found = await get(api, "/api/v1/units")
    assert found["watermark"] == NOW
    assert [unit["id"] for unit in found["units"]] == ["city", "u/2", "u1"]
    for unit in found["units"]:
        figures = unit["figures"]
        for name in GAUGES:
            assert figures[name] == api.live.view.value(unit_scope(unit["id"]), name)
        for window in WINDOWS:
            for name in MEASURES:
                field = f"{name}_{window}"
                shown = figures["windows"][window][name]
                assert shown == api.live.view.value(unit_scope(unit["id"]), field)
    whole, first = found["units"][0], found["units"][2]
    assert whole["figures"]["overdue"] == 3
    assert first["figures"]["overdue"] == 2
    assert first["page"] == "/overdue/u1"


async def test_lists_come_in_pages_that_join_without_gap(api: Running) -> None:
    for path, key in (("units", "units"), ("officers", "officers"), ("dossiers", "dossiers")):
        whole = await get(api, f"/api/v1/{path}")
        assert whole["next"] is None
        assert len(whole[key]) >= 3
        seen, cursor = [], None
        while True:
            params = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
            page = await get(api, f"/api/v1/{path}", **params)
            seen += page[key]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == whole[key]


async def test_alerts_page_through_newest_first(api: Running) -> None:
    whole = await get(api, "/api/v1/alerts")
    times = [alert["detected_at"] for alert in whole["alerts"]]
    assert times == sorted(times, reverse=True)
    assert len(times) >= 4
    first = await get(api, "/api/v1/alerts", limit=2)
    rest = await get(api, "/api/v1/alerts", cursor=first["next"])
    assert first["alerts"] + rest["alerts"] == whole["alerts"]


async def test_alerts_filter_and_link_to_their_units_page(api: Running) -> None:
    found = await get(api, "/api/v1/alerts", kind="overdue", status="raised")
    assert {alert["dossier_id"] for alert in found["alerts"]} == {
        "over-1", "over-2", "=cmd|' /C calc'!A0",
    }  # fmt: skip
    of_unit = await get(api, "/api/v1/alerts", unit="u/2", kind="overdue", status="raised")
    (alert,) = of_unit["alerts"]
    assert alert["page"] == "/overdue/u%2F2"
    page = await api.http.get(alert["page"], follow_redirects=True)
    assert page.status_code == 200
    assert "over-2" in page.text
    ended = await get(api, "/api/v1/alerts", kind="overdue", status="resolved")
    assert [alert["dossier_id"] for alert in ended["alerts"]] == ["late-1"]


async def test_a_backlog_is_listed_with_its_figures_and_its_units_page(api: Running) -> None:
    found = await get(api, "/api/v1/alerts", kind="unit_backlog")
    (alert,) = found["alerts"]
    assert (alert["unit"], alert["status"], alert["dossier_id"]) == ("u1", "raised", "")
    assert (alert["overdue"], alert["open"]) == (3, 4)
    page = await api.http.get(alert["page"], follow_redirects=True)
    assert page.status_code == 200
    assert "over-1" in page.text


async def test_a_unit_whose_id_has_a_slash_is_found(api: Running) -> None:
    found = await get(api, "/api/v1/units/u%2F2")
    assert found["name"] == "Sở Hai"
    whole = await get(api, "/api/v1/units/city")
    assert whole["units"] == ["u/2", "u1"]


async def test_officers_appear_with_initials(api: Running) -> None:
    found = await get(api, "/api/v1/officers")
    labels = {officer["id"]: officer["label"] for officer in found["officers"]}
    assert labels["o1"] == "N.T.H."
    assert labels["o2"] == "Đ.V.A."
    assert (await get(api, "/api/v1/officers/o1"))["figures"]["late"] == 1
    assert "Nguyễn" not in str(found)


async def test_dossiers_filter_by_unit_with_those_below_and_standing(api: Running) -> None:
    found = await get(api, "/api/v1/dossiers", unit="city", standing=["overdue", "waiting"])
    by_id = {dossier["id"]: dossier["standing"] for dossier in found["dossiers"]}
    assert by_id == {
        "over-1": "overdue", "over-2": "overdue", "=cmd|' /C calc'!A0": "overdue",
        "wait-1": "waiting",
    }  # fmt: skip
    dues = [dossier["due_at"] for dossier in found["dossiers"]]
    assert dues == sorted(dues)
    one = await get(api, "/api/v1/dossiers", officer="o2", standing="overdue")
    assert [dossier["id"] for dossier in one["dossiers"]] == ["over-2"]


async def test_a_dossier_shows_its_timeline_and_alerts(api: Running) -> None:
    found = await get(api, "/api/v1/dossiers/over-1")
    assert found["standing"] == "overdue"
    assert [event["kind"] for event in found["events"]] == ["received", "progressed"]
    assert found["step"] == "thẩm định"
    alerts = [(a["kind"], a["level"], a["transition"]) for a in found["alerts"]]
    assert ("overdue", 0, "raised") in alerts
    assert alerts[-1] == ("escalation", 1, "raised")
    assert found["due_at"] == START - 72 * HOUR + 2 * HOUR


async def test_a_dossier_is_explained_and_its_parts_add_up(api: Running) -> None:
    found = (await get(api, "/api/v1/dossiers/over-1"))["explanation"]
    assert found["verdict"] == "overdue"
    assert found["late"] > 0
    assert sum(share["charge"] for share in found["shares"]) == found["late"]
    assert [due["rule"] for due in found["due_times"]] == ["appointment"]
    assert [moment["clock"] for moment in found["time_line"]] == ["running", "running"]
    assert found["sentence_vi"].startswith("Đang trễ ")
    assert "officer" not in found["shares"][0], "only the label is shown"
    asked = await get(api, "/api/v1/dossiers/over-1", officer_ids=True)
    for part in (asked["events"], *(asked["explanation"][p] for p in ("shares", "time_line"))):
        assert part[0]["officer"] == "o1"
    waiting = (await get(api, "/api/v1/dossiers/wait-1"))["explanation"]
    assert waiting["sentence_vi"].startswith("Đang dừng, còn ")


async def test_counts_of_stream_and_clickhouse_agree(api: Running) -> None:
    stream = await get(api, "/api/v1/counts", source="stream")
    stored = await get(api, "/api/v1/counts")
    assert stream | {"source": ""} == stored | {"source": ""}
    assert stream["dossiers"] == {
        "total": 7, "open": 5, "waiting": 1, "overdue": 3, "early": 1, "on_time": 0, "late": 1,
        "no_due": 0,
    }  # fmt: skip
    later = await get(api, "/api/v1/counts", as_of=START + 24 * 21 * HOUR)
    assert later["dossiers"]["overdue"] == 4  # waiting ones do not become overdue


async def test_tallies_over_time_carry_forward(api: Running) -> None:
    span = {"from": START, "to": NOW, "step": HOUR}
    found = await get(api, "/api/v1/tallies", **span, fields=["overdue", "open"])
    # The third passed its due time at 09:00; data time went from 08:00 to 10:00 in one tick.
    assert found["series"]["overdue"] == [2, 2, 3]
    assert found["series"]["open"][-1] == 5
    assert len(found["series"]["open"]) == 3
    before = await get(
        api, "/api/v1/tallies", **{"from": START - 2000 * HOUR, "to": START - 1999 * HOUR},
    )  # fmt: skip
    assert set(before["series"]["open"]) == {None}


async def test_state_is_that_of_the_feed(api: Running) -> None:
    found = await get(api, "/api/v1/state")
    assert found["epoch"] == api.live.hub.epoch
    assert found["state"]["figures"]["overdue"]["value"] == 3
    assert set(found["state"]["units"]) >= {"u1", "u/2"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/units/nowhere", 404),
        ("/api/v1/officers/nobody", 404),
        ("/api/v1/dossiers/none", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/units?limit=0", 422),
        ("/api/v1/units?cursor=!!", 422),
        ("/api/v1/dossiers?cursor=bm90aGluZw", 422),
        ("/api/v1/dossiers?standing=lazy", 422),
        ("/api/v1/tallies?fields=karma", 422),
        ("/api/v1/tallies?step=60000&from=946684800000", 422),
        ("/api/v1/tallies?from=1", 422),
        ("/api/v1/counts?source=stream&as_of=1795395600000", 422),
        ("/api/v1/sink", 503),
        ("/units/nowhere.csv", 404),
    ],
)
async def test_errors_are_problems_that_say_what_to_do(
    api: Running, path: str, status: int
) -> None:
    answer = await api.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["instance"] == path.partition("?")[0]
    assert len(problem["detail"]) > 5
