"""What stands around a page: ways that lead on, units of the own subtree, theme and language."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from api.asked import AskedLook
from api.pages.band import judged
from api.pages.parts.charts import shares, sparkline
from api.pages.words import merged, words_of
from tests.api.access.callers import HERE, PEOPLE, Guarded

pytestmark = pytest.mark.asyncio
UNITS = {"officer": {"u1"}, "supervisor": {"u1"}, "leader": {"city", "u1", "u/2"}}


async def page(http: httpx.AsyncClient, path: str) -> str:
    answer = await http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.parametrize("role", [*PEOPLE, "public"])
async def test_navigation_has_what_the_role_opens_and_no_more(guard: Guarded, role: str) -> None:
    async with guard.client(role) as http:
        found = await page(http, "/")
        ways = re.findall(r'<li><a href="([^"]+)"', found.partition("</nav>")[0])
        assert ways[0] == "/"
        for way in ways:
            await page(http, way)
        for path in {"/units", "/dossiers", "/data", "/walls"} - set(ways):
            answer = await http.get(path, headers={"Accept": "text/html"})
            assert answer.status_code in (303, 403), path


async def test_whoever_has_lost_the_way_keeps_their_navigation(guard: Guarded) -> None:
    for role, way in (("supervisor", 'href="/walls"'), ("public", 'href="/enter')):
        async with guard.client(role, Accept="text/html") as http:
            answer = await http.get("/nowhere")
            assert answer.status_code == 404
            assert way in answer.text


async def test_no_address_of_a_page_leads_to_another_server(guard: Guarded) -> None:
    async with guard.client("leader", Accept="text/html") as http:
        answer = await http.get(f"{HERE}//elsewhere.example/")
    assert answer.status_code == 404
    assert 'href="//' not in answer.text
    assert 'href="/elsewhere.example/?lang=en"' in answer.text


@pytest.mark.parametrize("role", UNITS)
async def test_the_switcher_has_the_own_units(guard: Guarded, role: str) -> None:
    async with guard.client(role) as http:
        found = await page(http, "/dossiers")
        switch = re.search(r'<select id="unit-switch".*?</select>', found, re.DOTALL)
        units = set(re.findall(r'<option value="([^"]+)"', switch[0])) if switch else {"u1"}
        assert units == UNITS[role]
        for unit in units:
            answer = await http.get("/unit", params={"id": unit})
            await page(http, answer.headers["location"])


async def test_a_theme_is_kept_and_leads_back(guard: Guarded) -> None:
    async with guard.client("leader") as http:
        assert 'data-theme="auto"' in await page(http, "/dossiers")
        form = {"theme": "dark", "back": "/dossiers?page=2"}
        answer = await http.post("/preferences", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/dossiers?page=2")
        kept = answer.headers["set-cookie"]
        assert "HttpOnly" in kept
        http.headers["Cookie"] += f"; {kept.partition(';')[0]}"
        assert 'data-theme="dark"' in await page(http, "/dossiers")
        odd = {"theme": "<b>", "back": "//elsewhere.example/"}
        answer = await http.post("/preferences", data=odd)
        assert "set-cookie" not in answer.headers
        assert answer.headers["location"].startswith("/")
        assert not answer.headers["location"].startswith("//")


async def test_a_theme_is_not_set_by_another_site(guard: Guarded) -> None:
    async with guard.client("leader", Origin="http://elsewhere.example") as http:
        answer = await http.post("/preferences", data={"theme": "dark", "back": "/"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_an_address_keeps_what_it_does_not_change() -> None:
    asked = AskedLook("/dossiers", "unit=u%2F2&sort=due&q=a+b")
    assert asked.address(sort="-due", page="2") == "/dossiers?unit=u%2F2&q=a+b&sort=-due&page=2"
    assert asked.address(unit=None, sort=None, q=None) == "/dossiers"
    assert HERE not in asked.address()


async def test_freshness_is_judged_as_on_the_wall() -> None:
    assert [judged(age, "live") for age in (None, 10_000, 10_001, 60_000, 60_001)] == [
        "empty", "live", "delayed", "delayed", "stale",
    ]  # fmt: skip
    assert judged(600_000, "replay") == "ended", "a replay has no present"


@pytest.fixture
def two_files(tmp_path: Path) -> list[Path]:
    (tmp_path / "a.vi.json").write_text('{"one": "1", "two": "2"}', "utf-8")
    (tmp_path / "b.vi.json").write_text('{"two": "3"}', "utf-8")
    return list(tmp_path.glob("*.json"))


async def test_a_key_stands_in_one_file_only(two_files: list[Path]) -> None:
    with pytest.raises(ValueError, match=r"b\.vi\.json repeats two"):
        merged(two_files)


async def test_numbers_are_written_as_the_language_does() -> None:
    vi, en = words_of("vi"), words_of("en")
    assert (vi.decimal(-1234.56), en.decimal(-1234.56)) == ("−1.234,6", "−1,234.6")
    assert vi.decimal(None) == "–"


async def test_charts_hide_no_value_and_invent_none() -> None:
    assert shares([0, 1, 1_000]) == [0.0, 0.012, 1.0]
    assert shares([]) == []
    line = sparkline([1, None, 3, 2], "x", target=2)
    assert len(line.pieces) == 1, "a gap is not bridged"
    assert line.last == (97.5, 12.0)
    assert line.target == 12.0
    assert sparkline([None, None], "x").last is None


async def test_what_goes_wrong_is_a_page_for_people_and_a_problem_for_programs(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    async with guard.client("leader") as http:
        wrong = "/units?lang=fr"
        told = await http.get(wrong, headers={"Accept": "text/html"})
        assert (told.status_code, "Địa chỉ trang không đúng" in told.text) == (422, True)
        assert (await http.get(wrong)).headers["content-type"] == "application/problem+json"
        monkeypatch.setattr(guard.live, "query", type("Broken", (), {"rows": broken}))
        told = await http.get("/dossiers", headers={"Accept": "text/html"})
        assert (told.status_code, "Máy chủ gặp lỗi" in told.text) == (500, True)
        assert re.search("Mã lỗi [0-9A-F]{4}-[0-9A-F]{4}", told.text)
        assert "a fault" not in told.text
        assert (await http.get("/dossiers")).headers["content-type"] == "application/problem+json"
