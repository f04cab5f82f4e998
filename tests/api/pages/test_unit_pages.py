"""The pages of units as a reader gets them: all, one, some side by side."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pytest

from api.live.rates import OnTime
from api.ports import Query, StoreAway
from api.recent_answers import RecentAnswers
from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import Guarded, guarded, person
from tests.api.engines import Engines
from tests.api.insight.busy_city import busy_city

pytestmark = pytest.mark.asyncio
OF_U2 = person("supervisor", units=("u2",))
# Numbers that lead to their lists: a tile, a cell, a bar; hours, whose title says how many.
LINKED = re.compile(
    r'<a class="bar-link" href="(/dossiers\?[^"]+)"><span class="unseen">([\d.]+):'
    r'|<a href="(/dossiers\?[^"]+)"><span(?: class="number")?[^>]*>([\d.]+)</span>'
    r'|<a href="(/dossiers\?[^"]+)" title="([\d.]+) hồ sơ">'
)


@pytest.fixture(scope="module")
def guard(engines: Engines) -> Iterator[Guarded]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        yield guarded(city, query)
        query.close()


async def text_of(guard: Guarded, who: Any, path: str, status: int = 200) -> str:
    async with guard.client(who) as http:
        answer = await http.get(path)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def linked(text: str) -> set[tuple[str, int]]:
    """Lists that numbers of a page lead to, each with the number."""
    found = [(unescape(m[1] or m[3] or m[5]), m[2] or m[4] or m[6]) for m in LINKED.finditer(text)]
    return {(url, int(number.replace(".", ""))) for url, number in found}


async def test_a_rate_of_30_days_is_not_kept_live_by_that_of_the_month(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = 'data-live="unit:u2 on_time_rate"'
    assert bound in await text_of(guard, "reform_office", "/units")
    monkeypatch.setattr(
        "api.pages.units.index_page.on_time_of", lambda *_: OnTime("30d", 9, 1, 88.9, enough=True)
    )
    assert bound not in await text_of(guard, "reform_office", "/units")


async def test_a_page_says_that_what_is_stored_is_older_than_what_is_live(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hour_ago(viewer: Any) -> int:
        return int(viewer.view.watermark) - 3_600_000

    said = "là số liệu lúc 17:20:00"
    assert said not in await text_of(guard, "reform_office", "/units/u2")
    monkeypatch.setattr("api.insight.linked.as_of", hour_ago)
    assert said in await text_of(guard, "reform_office", "/units/u2")


async def test_what_is_chosen_is_kept_while_something_else_is_chosen(guard: Guarded) -> None:
    path = "/compare?unit=u1&field=H%E1%BB%99+t%E1%BB%8Bch"
    text = await text_of(guard, "reform_office", path)
    assert '<input type="hidden" name="field" value="Hộ tịch">' in text
    assert 'href="/compare?unit=u1"' in text, "the way out of the field keeps the unit"


async def test_the_backlog_adds_up_to_what_is_open(guard: Guarded) -> None:
    text = await text_of(guard, "reform_office", "/units/city")
    bars = re.findall(r'class="unseen">([\d.]+): [^<]+</span></a>', text)
    open_ = re.search(r'data-live="unit:city open">([\d.]+)<', text)
    assert open_ is not None
    assert sum(int(bar) for bar in bars) == int(open_[1]) > 0


async def test_rows_of_officers_add_up_to_their_total(guard: Guarded) -> None:
    text = await text_of(guard, "reform_office", "/units/u2?officers_all=1")
    table = text[text.index('id="officers"') :]
    rows = re.findall(r'<tr class="row-(\w+)">(.*?)</tr>', table[: table.index("</table>")], re.S)
    held = [
        (kind, int(re.sub(r"<[^>]+>", "", re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)[0])))
        for kind, row in rows
        if "<td" in row
    ]
    total = [number for kind, number in held if kind == "total"]
    assert total == [sum(number for kind, number in held if kind != "total")]
    assert total[0] > 0


async def test_officers_are_ordered_as_the_address_says(guard: Guarded) -> None:
    text = await text_of(guard, "reform_office", "/units/city?officers_by=name&officers_all=1")
    table = text[text.index('id="officers"') :]
    names = re.findall(r'href="/officers/(\w+)"', table)
    assert names == sorted(names)
    assert 'aria-sort="ascending"' in table
    async with guard.client("reform_office") as http:
        assert (await http.get("/units/city?officers_by=worst")).status_code == 422


async def test_an_officer_sees_the_own_unit_without_its_officers(guard: Guarded) -> None:
    text = await text_of(guard, "officer", "/units/u1")
    assert "Bảng cán bộ chỉ dành cho" in text
    assert "Cán bộ o2" not in text
    assert "/officers/" not in text
    await text_of(guard, "officer", "/units/u2", 404)


async def test_nothing_of_other_units_is_shown(guard: Guarded) -> None:
    for path in ("/units", "/compare?unit=u1&unit=u2", "/units/u2", "/units/u3"):
        text = await text_of(guard, OF_U2, path)
        assert "Phường Một" not in text, path
        assert "Cán bộ o1" not in text, path
    for path in ("/units/u1", "/units/city", "/units/nowhere"):
        await text_of(guard, OF_U2, path, 404)


async def test_a_page_that_is_narrowed_says_by_what_and_how_old_it_is(guard: Guarded) -> None:
    text = await text_of(guard, "reform_office", "/units/u2?procedure=p2&channel=2")
    assert "Thủ tục: Cấp phép" in text
    assert "Kênh nộp: trực tuyến" in text
    assert 'class="chip" href="/units/u2?channel=2"' in text
    assert "data-live" not in text[text.index("<main") : text.index("</main")]
    assert "số liệu lúc 18:20:00" in text


async def test_a_store_that_is_away_takes_its_panels_and_no_more(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> list[dict[str, object]]:
        raise StoreAway("ClickHouse does not answer.")

    monkeypatch.setattr(guard.live, "query", type("Away", (), {"rows": staticmethod(away)}))
    text = await text_of(guard, "reform_office", "/units/u2")
    assert 'data-live="unit:u2 overdue"' in text, "live figures stand"
    assert "Chưa tải được bảng cán bộ" in text
    assert re.search(r"Mã lỗi [0-9A-F]{4}-[0-9A-F]{4}", text)
    assert "Chưa tải được bảng đơn vị" in await text_of(guard, "reform_office", "/units?channel=2")
    assert "Sở Hai" in await text_of(guard, "reform_office", "/units")


class CountingQuery:
    """Counts the statements that are asked."""

    def __init__(self, query: Query) -> None:
        self.query, self.asked = query, 0

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.asked += 1
        return await self.query.rows(sql, parameters)


@pytest.mark.parametrize("path", ["/units/u2", "/units/u2?procedure=p2"])
async def test_a_page_costs_few_statements_and_the_next_reader_fewer(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    query = CountingQuery(guard.live.query)
    monkeypatch.setattr(guard.live, "query", query)
    monkeypatch.setattr(guard.live, "recent", RecentAnswers(clock=lambda: 0.0))
    first = await text_of(guard, "reform_office", path)
    assert 1 < query.asked <= 8
    cost = query.asked
    assert linked(await text_of(guard, "reform_office", path)) == linked(first)
    assert query.asked == cost, "who opens the same page at once costs nothing"
    await text_of(guard, OF_U2, path)
    assert query.asked > cost, "who sees less is asked for separately"


async def test_both_languages(guard: Guarded) -> None:
    for path in ("/units", "/units/u2", "/compare?unit=u1"):
        text = await text_of(guard, "reform_office", f"{path}{'&' if '?' in path else '?'}lang=en")
        assert "In progress" in text
        assert "Đang giải quyết" not in text


async def test_files_hold_what_the_pages_show(guard: Guarded) -> None:
    async with guard.client("reform_office") as http:
        page = (await http.get("/units/u2?officers_all=1")).text
        files = re.findall(r'href="(/units/u2\.(?:csv|xlsx)\?[^"]*)" download', page)
        assert len(files) == 2
        lines = list(csv.reader(io.StringIO((await http.get(files[0])).text)))
        book = zipfile.ZipFile(io.BytesIO((await http.get(files[1])).content))
    assert [line[:1] for line in lines].count(["Cộng"]) == 4
    [total] = [line for line in lines if line[:1] == ["Cộng"] and len(line) == 9]
    live = re.search(r'data-live="unit:u2 overdue">([\d.]+)<', page)
    assert live is not None
    assert total[3] == live[1]
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    officers = book.read("xl/worksheets/sheet4.xml").decode()
    assert 'orientation="landscape"' in officers
    totals = re.findall(r"<row [^>]*>(.*?)</row>", officers, re.S)[-3:]
    assert any(f"<v>{live[1]}</v>" in row for row in totals), "numbers are numbers"


async def test_files_leave_out_what_the_reader_may_not_see(guard: Guarded) -> None:
    async with guard.client("officer") as http:
        text = (await http.get("/units/u1.csv")).text
        assert "Cán bộ o2" not in text
        assert "Phường Một" in text
        for path in ("/units/u2.csv", "/units/u2.xlsx", "/units/nowhere.csv"):
            assert (await http.get(path)).status_code == 404
        units = (await http.get("/units.csv")).text
    assert "Phường Một" in units
    assert "Sở Hai" not in units
    assert [entry.kind for entry in guard.trail.entries if entry.route == "/units.csv"] == ["list"]
