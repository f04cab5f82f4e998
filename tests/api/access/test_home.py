"""The home of each role: what is there, whose it is, and that each number has its list."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from api.access.principal import Principal, Role
from api.access.reach import EVERYTHING, Reach, reach_of
from api.access.rules import READERS
from api.insight.filters import Filter
from api.insight.listing import list_page
from api.insight.parsing import filter_of_query
from api.ports import StoreAway
from api.viewer import Viewer
from dossiers.wire.events import Tick
from dossiers.wire.keys import wall_key
from dossiers.wire.reference import Rules
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import NamedWall
from tests.api.access.callers import HERE, PEOPLE, Guarded, guarded, person
from tests.api.city import REFERENCE_DATA, START, City

pytestmark = pytest.mark.asyncio

HTML = {"Accept": "text/html"}
_LINKED = re.compile(r'<a href="(/dossiers\?[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_NUMBER = re.compile(
    r'<(?:strong|span|span class="number"[^>]*|span class="task-title")>\D*?([\d.]+)'
)


async def text_of(http: httpx.AsyncClient, path: str = "/", status: int = 200) -> str:
    answer = await http.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def linked_numbers(page: str) -> list[tuple[str, int]]:
    """(address of a list, the number that stands in its link)."""
    found = []
    for href, inner in _LINKED.findall(page):
        number = _NUMBER.search(inner)
        if number:
            found.append((unescape(href), int(number[1].replace(".", ""))))
    return found


@pytest.mark.parametrize("role", PEOPLE)
async def test_each_number_is_the_length_of_its_list(guard: Guarded, role: str) -> None:
    async with guard.client(role) as http:
        page = await text_of(http)
        found = linked_numbers(page)
        assert len(found) >= 6
    viewer = Viewer(guard.live, PEOPLE[role], _reach(role))
    for href, number in found:
        filter_ = read_filter(urlsplit(href).query)
        listed = await list_page(filter_, viewer, cursor=None, limit=100)
        if filter_.what != "judged":  # a rate, not a count
            assert len(listed.rows) == number, href


def _reach(role: str) -> Reach:
    return reach_of(PEOPLE[role], READERS) if role in ("officer", "supervisor") else EVERYTHING


def read_filter(query: str) -> Filter:
    """What the page behind an address reads from it."""
    lists = ("standing", "marks", "flags")
    given = {name: v if name in lists else v[0] for name, v in parse_qs(query).items()}
    return filter_of_query(**given)  # type: ignore[arg-type]


async def test_a_head_sees_the_own_unit_and_no_other(guard: Guarded) -> None:
    async with guard.client("supervisor") as http:
        page = await text_of(http)
        assert "Phường Một" in page
        assert "Trả lời 1 cảnh báo leo thang" in page
        assert "Nguyễn Thị Hoa" in page, "in whose hands, by the full name for the superior"
        for hidden in ("Sở Hai", "Đỗ Văn An", "Đ.V.A.", "over-2"):
            assert hidden not in page
        assert "Từ 17:00 thứ Sáu 20/11" in page


async def test_an_officer_sees_the_own_dossiers_by_urgency(guard: Guarded) -> None:
    async with guard.client("officer") as http:
        page = await text_of(http)
    assert "Hồ sơ của tôi" in page
    assert "over-1" in page
    assert "over-2" not in page
    assert "/wall" not in page.replace("/wall/icon.svg", ""), "no way to what is not for them"


async def test_a_head_with_dossiers_of_their_own_sees_these_as_their_own(guard: Guarded) -> None:
    roles: frozenset[Role] = frozenset({"officer", "supervisor"})
    both = Principal("a head", roles, "session", ("u1", "u/2"), "o1")
    async with guard.client(both) as http:
        page = await text_of(http)
    assert "Hồ sơ của tôi" in page
    assert "/dossiers/over-1" in page
    assert "/dossiers/over-2" not in page, "another officer's, of a unit below"


async def test_whoever_sees_the_whole_sees_units_that_add_up(guard: Guarded) -> None:
    async with guard.client("leader") as http:
        page = await text_of(http)
        english = await text_of(http, "/?lang=en")
    assert "Đơn vị cần hỗ trợ" in page
    assert page.index("Phường Một") < page.index("Cộng")
    assert "Nguyễn Thị Hoa" not in page
    assert "Since 17:00 Friday 20/11" in english


async def test_the_public_sees_sums_of_the_whole_alone(guard: Guarded) -> None:
    async with guard.client() as http:
        page = await text_of(http)
    assert "Thành phố Thử" in page
    assert guard.live.view.value("all", "open") == 5
    assert re.search(r'data-live="all open"[^>]*>5<', page)
    for hidden in ("/dossiers", "Phường Một", "Sở Hai", "N.T.H.", "over-", "/act-as"):
        assert hidden not in page


async def test_a_person_without_a_role_is_told_whom_to_ask(guard: Guarded) -> None:
    async with guard.client(person("public")) as http:
        page = await text_of(http)
    assert "chưa có vai trò" in page
    assert "người quản trị" in page
    assert "a public" in page, "who is signed in"
    assert 'action="/sign-out"' in page


async def test_whose_role_is_of_no_unit_is_told_so_and_sees_no_quiet_day(guard: Guarded) -> None:
    for who in (person("supervisor"), person("officer")):
        async with guard.client(who) as http:
            page = await text_of(http)
        assert "chưa gắn với đơn vị hay cán bộ nào" in page, who
        assert "Không có việc nào phải làm gấp" not in page


async def test_with_the_store_away_live_figures_stay(guard: Guarded, monkeypatch: Any) -> None:
    async def away(*_: Any) -> Any:
        raise StoreAway("ClickHouse does not answer.")

    monkeypatch.setattr(guard.live.query, "rows", away)
    async with guard.client("supervisor") as http:
        page = await text_of(http)
    assert "Chưa tải được việc trong ngày" in page
    assert re.search(r'data-live="all overdue"[^>]*>2<', page)


async def test_figures_of_a_store_that_is_behind_have_their_age(
    guard: Guarded, monkeypatch: Any
) -> None:
    async def then(_: Viewer) -> int:
        return (guard.live.view.watermark or 0) - 300_000

    async with guard.client("supervisor") as http:
        assert "đang chậm" not in await text_of(http)
        monkeypatch.setattr("api.pages.home.answers.as_of", then)
        assert "Kho số liệu đang chậm. Số liệu lúc " in await text_of(http)


async def test_walls_by_name_are_a_tap_away_for_those_who_may_change_them(guard: Guarded) -> None:
    for name, units in (("hall-1", ("u1",)), ("hall-2", ())):
        value = msgspec.json.encode(NamedWall(changed_at=1, units=units))
        guard.live.deliver([(SETTINGS, wall_key(name), value)])
    for role, seen in (
        ("admin", {"hall-1", "hall-2"}),
        ("supervisor", {"hall-1"}),
        ("officer", set[str]()),
    ):
        async with guard.client(role) as http:
            assert set(re.findall(r'href="/wall/(hall-\d)"', await text_of(http))) == seen, role
    guard.live.deliver([(SETTINGS, wall_key(name), None) for name in ("hall-1", "hall-2")])


async def test_limits_are_told_as_the_rules_have_them(query: Any) -> None:
    rules = Rules(due_soon_hours=4)
    city = City(reference=msgspec.structs.replace(REFERENCE_DATA, rules=rules))
    city.publish(Tick(START))
    async with guarded(city, query).client() as http:
        page = await text_of(http)
    assert "còn không quá 4 giờ làm việc" in page
    assert "8 giờ" not in page


async def test_a_unit_without_dossiers_has_a_quiet_day(near: Guarded, query: Any) -> None:
    head = person("supervisor", units=("nothing-here",))
    async with near.client(head) as http:
        page = await text_of(http)
    assert "Không có việc nào phải làm gấp" in page
    assert "không hồ sơ nào đến hạn hôm nay" in page


async def test_a_newcomer_at_the_machine_is_shown_the_way(near: Guarded) -> None:
    async with near.client() as http:
        page = await text_of(http)
        assert 'action="/act-as"' in page
        assert 'value="leader"' in page
        people = await text_of(http, "/act-as?q=hoa")
        assert 'value="officer:o1"' in people
        chosen = {"person": "officer:o1"}
        begun = await http.post("/act-as", data=chosen, headers={"Origin": HERE})
        assert begun.status_code == 303
        assert "Đang xem như <strong>Nguyễn Thị Hoa</strong>" in await text_of(http)
    async with near.client("leader") as http:
        assert 'value="leader"' not in await text_of(http)
        await text_of(http, "/act-as", 403)


async def test_before_there_are_figures_it_says_so(
    stored_city: tuple[City, Any], query: Any
) -> None:
    empty = guarded(stored_city[0], query)
    empty.live.view.freshness.loaded = False
    async with empty.client("supervisor") as http:
        answer = await http.get("/", headers=HTML)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["content-type"].startswith("text/html")
