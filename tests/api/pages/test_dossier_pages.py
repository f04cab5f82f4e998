"""The pages of dossiers and officers as a reader gets them: one dossier, lists, one officer."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from api.access.principal import Principal
from api.insight.filters import Filter
from api.pages.dossiers import list_files
from api.pages.words import words_of
from dossiers.fold.standing import OPEN
from dossiers.wire.flags import ALL_FLAGS
from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import Guarded, guarded, person
from tests.api.city import City
from tests.api.engines import Engines
from tests.api.insight.busy_city import busy_city

pytestmark = pytest.mark.asyncio
UNITS = {"u1": "Phường Một", "u2": "Sở Hai", "u3": "Phòng Ba"}


@pytest.fixture(scope="module")
def busy(engines: Engines) -> Iterator[tuple[City, Guarded]]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        yield city, guarded(city, query)
        query.close()


@pytest.fixture
def guard(busy: tuple[City, Guarded]) -> Guarded:
    busy[1].trail.entries.clear()
    return busy[1]


async def text_of(http: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await http.get(path)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


async def ids_in(http: httpx.AsyncClient, path: str) -> list[str]:
    """Of all pages of a list, in order."""
    found: list[str] = []
    while path:
        text = await text_of(http, path)
        found += re.findall(r'scope="row"[^>]*><a href="/dossiers/([^"]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else ""
    return found


async def test_a_list_has_as_many_rows_as_it_says_page_by_page(guard: Guarded) -> None:
    async with guard.client("reform_office") as http:
        for filter_ in (
            Filter(standing=tuple(OPEN)),
            Filter(unit="u2", standing=("overdue", "late")),
            Filter(procedure="p2", marks=("step_overdue",)),
            Filter(officer="o1"),
            Filter(left="upto40"),
            Filter(what="finished", window="30d"),
        ):
            text = await text_of(http, filter_.url())
            said = re.search(r'page-sub">([\d.]+) hồ sơ', text)
            assert said is not None
            ids = await ids_in(http, filter_.url())
            assert len(set(ids)) == len(ids) == int(said[1].replace(".", "")), filter_
        assert len(await ids_in(http, "/dossiers")) > 50


async def test_lists_are_ordered_by_links_and_conditions_taken_away_by_chips(
    guard: Guarded,
) -> None:
    async with guard.client("reform_office") as http:
        url = Filter(unit="u1", standing=("overdue",)).url()
        text = await text_of(http, url)
        assert 'class="chip" href="/dossiers?standing=overdue"' in text
        assert 'class="chip" href="/dossiers?unit=u1"' in text
        answer = await http.get("/api/v1/dossiers?unit=u1&standing=overdue&limit=1000")
        due = {each["id"]: each["due_at"] for each in answer.json()["dossiers"]}
        dues = [due[id_] for id_ in await ids_in(http, f"{url}&sort=due&down=1")]
        assert dues == sorted(due.values(), reverse=True)
        assert [due[id_] for id_ in await ids_in(http, url)] == dues[::-1]
        assert "sort=procedure" in text
        none = await text_of(http, f"{url}&step=none-of-this")
        assert "Không có hồ sơ nào khớp bộ lọc" in none
        assert "Phường Một có" in none
        assert (await http.get("/dossiers?standing=nonsense")).status_code == 422
        assert (await http.get("/dossiers?cursor=x")).status_code == 422


async def test_a_list_holds_what_the_reader_may_see_and_says_what_is_hidden(
    guard: Guarded,
) -> None:
    async with guard.client("reform_office") as http:
        whole = set(await ids_in(http, "/dossiers"))
        of_u2 = set(await ids_in(http, "/dossiers?unit=u2"))
        of_o1 = set(await ids_in(http, "/dossiers?officer=o1&unit=u1"))
    async with guard.client(person("supervisor", units=("u2",))) as http:
        assert set(await ids_in(http, "/dossiers")) == of_u2 < whole
        assert await ids_in(http, "/dossiers?unit=u1") == []
        assert "các đơn vị bạn phụ trách" in await text_of(http, "/dossiers")
    async with guard.client("officer") as http:
        assert set(await ids_in(http, "/dossiers?unit=u1")) == of_o1
        text = await text_of(http, "/dossiers?unit=u1")
        assert f"{len(of_o1)} hồ sơ" in text, "the count is that of the list, not of the unit"
    assert [e.kind for e in guard.trail.entries][-1] == "list"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("reform_office", "/dossiers"), ("reform_office", "/dossiers?unit=u2"),
        (person("supervisor", units=("u2",)), "/dossiers?unit=u3"),
        (person("supervisor", units=("u2",)), "/dossiers?officer=o1"),
        ("officer", "/dossiers?unit=u1"), ("officer", "/dossiers?officer=o1"),
    ],
)  # fmt: skip
async def test_the_usual_lists_have_as_many_rows_as_their_tabs_say(
    guard: Guarded, who: str | Principal, path: str
) -> None:
    async with guard.client(who) as http:
        text = await text_of(http, path)
        tabs = re.findall(r'<a href="([^"]+)"[^>]*>[^<]*<span class="count">([\d.]+)<', text)
        assert len(tabs) == 6
        for url, number in tabs:
            listed = await text_of(http, url.replace("&amp;", "&"))
            said = re.search(r'page-sub">([\d.]+) hồ sơ', listed)
            assert said is not None
            assert said[1] == number, url


async def test_a_list_is_a_file_with_the_same_rows(guard: Guarded) -> None:
    filter_ = Filter(unit="u2", standing=("overdue", "late"))
    async with guard.client("reform_office") as http:
        ids = set(await ids_in(http, filter_.url()))
        text = await http.get(filter_.url("/dossiers.csv"))
        rows = list(csv.DictReader(io.StringIO(text.content.decode("utf-8-sig"), newline="")))
        assert {row["Mã hồ sơ"] for row in rows} == ids
        assert all(float(row["Còn hoặc trễ (giờ làm việc)"]) <= 0 for row in rows)
        book = await http.get(filter_.url("/dossiers.xlsx") + "&lang=en")
        with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
            texts = "".join(parts.read(name).decode() for name in parts.namelist() if "xml" in name)
        assert all(f">{id_}<" in texts for id_ in ids)
        assert "Overdue" in texts


async def test_a_file_that_would_be_too_long_is_refused_with_what_to_do(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    filter_ = Filter(unit="u2", standing=("overdue", "late"))
    async with guard.client("reform_office") as http:
        number = len(await ids_in(http, filter_.url()))
        for most, status in ((number, 200), (number - 1, 422)):
            monkeypatch.setattr(list_files, "MOST_ROWS", most)
            for kind in ("csv", "xlsx"):
                answer = await http.get(filter_.url(f"/dossiers.{kind}"))
                assert answer.status_code == status, answer.text
        assert f"The list has {number} dossiers" in answer.json()["detail"]


async def test_a_dossier_is_explained_in_both_languages(guard: Guarded) -> None:
    async with guard.client("reform_office") as http:
        for standing, said, in_english in (
            ("overdue", "Đang trễ", "late so far"),
            ("late", "Trễ", "late"),
            ("waiting", "Đang dừng, còn", "The clock is stopped"),
            ("within", "Trong hạn", "Within its time"),
        ):
            ids = await ids_in(http, f"/dossiers?standing={standing}&procedure=p2")
            text = await text_of(http, f"/dossiers/{ids[0]}")
            assert said in text
            assert "Ai giữ hồ sơ, bao lâu" in text
            assert ("Cần gì để kịp hạn" in text) == (standing in OPEN)
            english = await text_of(http, f"/dossiers/{ids[0]}?lang=en")
            assert in_english in english
            assert "Who held it, how long" in english
            await text_of(http, f"/dossiers/{ids[0]}?lang=vi")
        assert "nobody" in await text_of(http, "/dossiers/nobody", 404)


async def test_every_kind_of_dossier_has_a_page_whose_links_lead_somewhere(
    guard: Guarded,
) -> None:
    async with guard.client("reform_office") as http:
        links: set[str] = set()
        for standing in ("refused", "withdrawn", "unreceived", "pending", "no_due", "early"):
            for id_ in (await ids_in(http, f"/dossiers?standing={standing}"))[:2]:
                text = await text_of(http, f"/dossiers/{id_}")
                links |= set(re.findall(r'href="(/(?:dossiers|officers)[^"]*)"', text))
        assert len(links) > 5
        for link in sorted(links):
            assert (await http.get(link.replace("&amp;", "&"))).status_code == 200, link


async def test_an_officer_has_a_page_by_urgency_whose_groups_are_lists(guard: Guarded) -> None:
    async with guard.client("officer") as http:
        text = await text_of(http, "/officers/o1")
        groups = re.findall(r'class="count" href="([^"]+)">([\d.]+)<', text)
        assert len(groups) >= 3
        total = 0
        for url, number in groups:
            ids = await ids_in(http, url.replace("&amp;", "&"))
            assert len(ids) == int(number), url
            total += len(ids)
        assert total == len(await ids_in(http, Filter(officer="o1", standing=tuple(OPEN)).url()))
        assert "Cán bộ o1" in text


@pytest.mark.parametrize(
    ("who", "opens"),
    [("reform_office", {"o1", "o3", "o4"}), ("officer", {"o1"}), ("leader", set())],
)
async def test_an_officers_page_is_for_the_officer_the_superior_and_the_reform_office(
    guard: Guarded, who: str, opens: set[str]
) -> None:
    async with guard.client(who) as http:
        for officer in ("o1", "o3", "o4"):
            answer = await http.get(f"/officers/{officer}")
            assert (answer.status_code == 200) == (officer in opens)
            assert answer.status_code in (200, 403)


async def test_a_superior_opens_the_pages_of_the_own_subtree(guard: Guarded) -> None:
    async with guard.client(person("supervisor", units=("u2",))) as http:
        for officer, status in (("o3", 200), ("o4", 200), ("o1", 403), ("nobody", 403)):
            assert (await http.get(f"/officers/{officer}")).status_code == status
        refused = await text_of(http, "/officers/o1", 403)
        assert "Chỉ chính người đó" in refused
        assert "Cán bộ o1" not in refused
    kinds = {(e.kind, e.target, e.status) for e in guard.trail.entries}
    assert ("officer", "o3", 200) in kinds
    assert ("officer", "o1", 403) in kinds


async def test_every_flag_is_explained() -> None:
    for words in (words_of("vi"), words_of("en")):
        said = [words(f"flag_{flag}_why") for flag in ALL_FLAGS]
        assert len({*said}) == len(said)
