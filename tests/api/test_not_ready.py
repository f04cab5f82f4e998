"""Before the topics were read there are no figures: nothing shows a zero in their place."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio


@pytest.fixture
def starting(api: Running) -> Running:
    api.live.view.freshness.loaded = False
    return api


@pytest.mark.parametrize(
    "path",
    [
        *("units", "units/u1", "officers", "officers/o1", "dossiers", "dossiers/over-1"),
        *("alerts", "tallies", "counts", "coverage", "dead-letters"),
    ],
)
async def test_rest_says_so_and_when_to_ask_again(starting: Running, path: str) -> None:
    answer = await starting.http.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "not available yet" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/units", "/units/u1", "/dossiers/over-1"])
async def test_pages_say_so_to_people(starting: Running, path: str) -> None:
    for lang, said in (("vi", "Chưa có số liệu"), ("en", "There are no figures yet")):
        answer = await starting.http.get(path, params={"lang": lang})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["content-type"].startswith("text/html")
        assert said in answer.text


async def test_a_download_is_refused_not_empty(starting: Running) -> None:
    for path in ("/dossiers.csv", "/units/u1.csv"):
        answer = await starting.http.get(path)
        assert (answer.status_code, answer.json()["status"]) == (503, 503)


async def test_walls_and_metrics_have_no_figures(starting: Running) -> None:
    starting.live.view._table.tallies.clear()
    figures = starting.live.state()["figures"]
    assert {name: figure["value"] for name, figure in figures.items()} == dict.fromkeys(figures)
    text = (await starting.http.get("/metrics")).text
    names = {family.name for family in text_string_to_metric_families(text)}
    assert "dunghen_live_view_loaded" in names
    assert not names & {"dunghen_dossiers", "dunghen_dead_letters"}
