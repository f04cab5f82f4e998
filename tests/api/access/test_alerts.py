"""The inbox as pages: whose alerts are there, that numbers are lists, and that it stands alone."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from api.access.principal import Principal, Role
from api.acts import Acts
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.ports import StoreAway
from dossiers.wire.alerts import Alert
from dossiers.wire.events import Tick
from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import HERE, PEOPLE, Guarded, guarded
from tests.api.city import HOUR, START, City
from tests.api.desk.acting_city import KEY, Log
from tests.api.inbox.alerts import alert, records

pytestmark = pytest.mark.asyncio
NOW = START + 2 * HOUR
_CHOICE = re.compile(
    r'<li><a href="(/alerts[^"]*)"[^>]*>.*?<span class="count">([\d.]+)</span></a></li>', re.DOTALL
)
_ROWS = re.compile(r'class="row-link" href="/alerts/([^"?]+)')


def late(id_: str, dossier: str, hours: int = 1, **more: object) -> Alert:
    at = NOW - hours * HOUR
    return alert(id_, dossier, **{"due_at": at, "detected_at": at, **more})


ALERTS = (
    late("a1", "over-1"),
    late("a2", "over-1", kind="escalation", level=1),
    late("a3", "quiet-1", transition="acknowledged", taken_by="o1", taken_until=NOW + HOUR),
    late("a4", "gone-1", sequence=2, transition="resolved"),
    late("b1", "over-2", unit="u/2", officer="o2"),
    late("b2", "top-2", unit="u/2", officer="o2", kind="escalation", level=3),
    *(late(f"s{n}", f"soon-{n}", kind="due_soon", level=4, due_at=NOW + HOUR) for n in range(4)),
    late("x1", "", dossier_id="", unit="", officer="", kind="source_silent", source="mien"),
)


def city() -> City:
    """Nobody raised anything before; the dossiers are those of the morning in ClickHouse."""
    quiet = City()
    quiet.publish(Tick(NOW))
    return quiet


@pytest.fixture
def desk(query: StoreQuery) -> Guarded:
    guard = guarded(city(), query)
    guard.live.deliver(records(*ALERTS))
    return guard


async def text_of(http: httpx.AsyncClient, path: str = "/alerts", status: int = 200) -> str:
    answer = await http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def rows(page: str) -> set[str]:
    return set(_ROWS.findall(page))


@pytest.mark.parametrize(
    ("role", "here", "not_here"),
    [
        ("supervisor", {"a2"}, {"over-2", "top-2"}),
        ("officer", {"a2"}, {"over-2", "top-2"}),
        ("leader", {"b2"}, {"over-1", "over-2"}),
        ("reform_office", {"a2", "b1", "b2", "x1"}, set()),
    ],
)
async def test_everybody_has_what_is_theirs(
    desk: Guarded, role: str, here: set[str], not_here: set[str]
) -> None:
    async with desk.client(role) as http:
        page = await text_of(http)
        assert rows(page) == here
        assert "quiet-1" not in page, "what somebody has taken waits for nobody"
        assert not [each for each in not_here if each in page]
        for id_ in ("b1", "nowhere"):
            await text_of(http, f"/alerts/{id_}", 200 if {"b1"} & here and id_ == "b1" else 404)


async def test_a_dossier_is_one_row_and_many_of_a_kind_are_one(desk: Guarded) -> None:
    async with desk.client("supervisor") as http:
        page = await text_of(http)
        assert page.count("over-1") >= 1
        assert "a1" not in rows(page)
        assert "4 hồ sơ sắp đến hạn" in page
        assert "soon-1" not in page
        [href] = re.findall(r'class="row-link" href="(/alerts\?[^"]*)"', page)
        assert rows(await text_of(http, href)) == {"s0", "s1", "s2", "s3"}
        other = await text_of(http, href.replace("group=soon", "group=heed"))
        assert not rows(other)


@pytest.mark.parametrize("role", ["supervisor", "reform_office"])
async def test_the_number_of_every_choice_is_that_of_its_list(desk: Guarded, role: str) -> None:
    async with desk.client(role) as http:
        page = await text_of(http)
        choices = _CHOICE.findall(page)
        assert len(choices) > 17
        for href, count in choices:
            there = await text_of(http, href)
            asked = parse_qs(urlsplit(href).query)
            sorted_ = href + ("&" if asked else "?") + "sort=newest"  # nothing is stacked there
            assert len(rows(await text_of(http, sorted_))) == int(count), href
            assert f'<p class="page-sub">{count} việc' in there


async def test_a_leader_who_heads_a_unit_has_the_alerts_of_both(desk: Guarded) -> None:
    roles: frozenset[Role] = frozenset({"leader", "supervisor"})
    both = Principal("both", roles, "session", ("u1",))
    async with desk.client("supervisor") as http:
        mine = rows(await text_of(http))
    async with desk.client("leader") as http:
        up = rows(await text_of(http))
    async with desk.client(both) as http:
        assert rows(await text_of(http)) == mine | up != mine


async def test_a_search_finds_what_the_reader_can_read(desk: Guarded) -> None:
    async with desk.client("supervisor") as http:
        assert rows(await text_of(http, "/alerts?q=OVER-1")) == {"a2"}
        assert rows(await text_of(http, "/alerts?q=khai+sinh&sort=longest")) >= {"a2", "s0"}
        empty = await text_of(http, "/alerts?q=nothing&kind=overdue")
        assert not rows(empty)
        assert "Không có việc nào khớp" in empty
        await text_of(http, "/alerts?q=" + "x" * 101, 422)
        await text_of(http, "/alerts?state=odd", 422)


async def test_an_alert_has_its_story_beside_the_list_and_is_read_then(desk: Guarded) -> None:
    async with desk.client("supervisor") as http:
        assert "5 việc, 5 chưa đọc" in await text_of(http)
        page = await text_of(http, "/alerts/a2?kind=escalation")
        assert "Leo thang 1, đến người phụ trách" in page
        assert "Nguyễn Thị Hoa" in page, "a supervisor reads the names of the own unit"
        assert "/dossiers/over-1" in page
        assert 'href="/alerts?kind=escalation"' in page, "closing it keeps the filter"
        assert rows(page) == {"a2"}
        assert "5 việc, 4 chưa đọc" in await text_of(http)
    async with desk.client("reform_office") as http:
        assert "8 việc, 8 chưa đọc" in await text_of(http)


async def test_everything_that_was_shown_can_be_marked_as_read(desk: Guarded) -> None:
    async with desk.client("supervisor") as http:
        [shown] = re.findall(r'name="until" value="(\d+)"', await text_of(http))
        form = {"back": "/alerts?kind=overdue", "until": str(int(shown) - 24 * HOUR)}
        await http.post("/alerts/read", data=form, headers={"Origin": HERE})
        assert "5 việc, 5 chưa đọc" in await text_of(http), "what came after the page is new"
        form["until"] = shown
        answer = await http.post("/alerts/read", data=form, headers={"Origin": HERE})
        assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?kind=overdue")
        answer = await http.post(
            "/alerts/read", data={"back": "//elsewhere.example"}, headers={"Origin": HERE}
        )
        assert answer.headers["location"] == "/alerts"
        page = await text_of(http)
        assert '<p class="page-sub">5 việc</p>' in page
        assert 'class="unread-count" data-unread' in page
        assert re.search(r'data-unread[^>]*" hidden>', page)


async def test_an_ended_alert_is_found_long_after_and_only_by_whose_it_is(desk: Guarded) -> None:
    """What the live view has forgotten stands in ClickHouse: the city's own morning has some."""
    [row, *_] = await desk.live.query.rows(
        "SELECT alert_id FROM alerts_current WHERE unit = 'u/2' AND dossier_id = 'over-2'", {}
    )
    path = f"/alerts/{row['alert_id']}"
    desk.live.book.__init__(desk.live.config.timeline)  # type: ignore[misc]
    async with desk.client("reform_office") as http:
        assert "over-2" in await text_of(http, path)
    async with desk.client("supervisor") as http:
        await text_of(http, path, 404)


async def test_without_clickhouse_the_inbox_works_and_says_what_is_missing() -> None:
    class Away:
        async def rows(self, *_: object) -> list[dict[str, object]]:
            raise StoreAway("ClickHouse is away")

    guard = guarded(city(), Away())
    guard.live.deliver(records(*ALERTS))
    async with guard.client("supervisor") as http:
        assert "a2" in rows(await text_of(http))
        page = await text_of(http, "/alerts/a2")
        assert "Kho số liệu chưa trả lời" in page
        assert "Leo thang 1" in page
        assert "Chưa tải được cảnh báo" in await text_of(http, "/alerts/unknown", 503)


async def test_more_than_a_page_is_turned_over(query: StoreQuery) -> None:
    guard = guarded(city(), query)
    guard.live.deliver(records(*(late(f"m{n}", f"many-{n}", unit="u1") for n in range(60))))
    async with guard.client("supervisor") as http:
        first = await text_of(http, "/alerts?sort=newest")
        second = await text_of(http, "/alerts?sort=newest&first=51")
        assert (len(rows(first)), rows(first) & rows(second)) == (50, set())
        assert "60 hồ sơ quá hạn cùng lúc" in await text_of(http)


async def test_what_a_silent_source_may_have_caused_is_held_back(desk: Guarded) -> None:
    silence = next(desk.live.book.silent_sources()).due_at
    after = late("h1", "held-1", source="mien", due_at=silence + 1, detected_at=silence + 1)
    before = late("h2", "held-2", source="mien", due_at=silence - 1)
    desk.live.deliver(records(after, before))
    async with desk.client("supervisor") as http:
        page = await text_of(http)
        assert "h1" not in rows(page)
        assert "h2" in rows(page)
        assert "1 cảnh báo của bạn về hồ sơ của nguồn này được giữ lại" in page
        assert rows(await text_of(http, "/alerts?state=held")) == {"h1"}
        heard = msgspec.structs.replace(ALERTS[-1], sequence=2, transition="resolved")
        desk.live.deliver(records(heard))
        assert "h1" in rows(await text_of(http))


async def test_the_home_leads_to_the_escalated_alerts_that_wait(desk: Guarded) -> None:
    async with desk.client("supervisor") as http:
        home = await text_of(http, "/")
        assert "Trả lời 1 cảnh báo leo thang" in home
        assert 'href="/alerts?kind=escalation"' in home
        assert rows(await text_of(http, "/alerts?kind=escalation")) == {"a2"}
        taken = msgspec.structs.replace(ALERTS[1], sequence=2, transition="acknowledged")
        desk.live.deliver(records(taken))
        assert "Trả lời 1 cảnh báo" not in await text_of(http, "/")


async def test_a_silent_source_is_told_to_everybody(desk: Guarded) -> None:
    for role in PEOPLE:
        async with desk.client(role) as http:
            assert "im lặng từ" in await text_of(http)


UUIDS = ("0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11", "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e12")
SENT = re.compile(r'name="(item|sequence|action)" value="([^"]*)"')


@pytest.fixture
def acted(tmp_path: Path, query: StoreQuery) -> tuple[Guarded, Log]:
    """Two alerts that can be acted on, and what was sent into the log."""
    log, blobs = Log(), BlobStore(tmp_path / "blobs")
    acts = Acts(log, TextStore(blobs, KEY), KEY, None, clock=lambda: NOW, patience=0.01)
    guard = guarded(city(), query, acts)
    first, second = UUIDS
    guard.live.deliver(records(late(first, "over-1"), late(second, "over-9", officer="o7")))
    return guard, log


async def test_the_buttons_are_those_of_the_role_and_do_what_they_say(
    acted: tuple[Guarded, Log],
) -> None:
    guard, log = acted
    first = UUIDS[0]
    async with guard.client("officer") as http:
        page = await text_of(http, f"/alerts/{first}")
        assert 'name="action" value="acknowledge"' in page
        assert 'value="hand_over"' not in page
    async with guard.client("leader") as http:
        assert f"/alerts/{first}/actions" not in await text_of(http)
    async with guard.client("supervisor") as http:
        page = await text_of(http)
        assert f"/alerts/{first}/actions" in page
        form = {"action": "acknowledge", "sequence": "1", "back": "/alerts?kind=overdue"}
        answer = await http.post(f"/alerts/{first}/actions", data=form)
        assert answer.headers["location"] == "/alerts?kind=overdue&told=done"
        assert (log.last.alert_id, log.last.action) == (first, "acknowledge")
        assert "Đã ghi nhận." in await text_of(http, answer.headers["location"])


async def test_a_whole_group_is_taken_with_one_reason(acted: tuple[Guarded, Log]) -> None:
    guard, log = acted
    async with guard.client("supervisor") as http:
        page = await text_of(http)
        group = page.partition('<details class="take-group">')[2].partition("</details>")[0]
        items = [value for name, value in SENT.findall(group) if name == "item"]
        assert set(items) == {f"{id_}:1" for id_ in UUIDS}
        form = {"action": "acknowledge", "item": items, "reason": "in_hand", "back": "/alerts"}
        answer = await http.post("/alerts/actions", data=form)
        assert len(log.taken) == 2
        assert "Đã ghi nhận 2 cảnh báo." in await text_of(http, answer.headers["location"])


async def test_what_was_done_stands_in_the_story_with_its_text(acted: tuple[Guarded, Log]) -> None:
    guard, log = acted
    form = {"action": "explain", "sequence": "1", "reason": "workload", "text": "Đang đo lại đất."}
    async with guard.client("officer") as http:
        await http.post(f"/alerts/{UUIDS[0]}/actions", data=form)
        told = late(
            UUIDS[0], "over-1", sequence=2, action="explain", actor="o1", reason="workload",
            text=log.last.text, detected_at=NOW,
        )  # fmt: skip
        guard.live.deliver(records(told))
        page = await text_of(http, f"/alerts/{UUIDS[0]}")
        assert "Bạn giải trình: Quá nhiều hồ sơ" in page
        assert "<blockquote>Đang đo lại đất.</blockquote>" in page
    async with guard.client("supervisor") as http:
        assert "Nguyễn Thị Hoa giải trình" in await text_of(http, f"/alerts/{UUIDS[0]}")


async def test_a_snooze_says_the_clock_time_that_it_comes_to(acted: tuple[Guarded, Log]) -> None:
    guard, log = acted
    async with guard.client("supervisor") as http:
        page = await text_of(http, f"/alerts/{UUIDS[0]}")
        [two] = re.findall(r'value="2"><strong>2 giờ</strong><span>đến (\d\d:\d\d)</span>', page)
        form = {"action": "snooze", "sequence": "1", "hours": "2"}
        await http.post(f"/alerts/{UUIDS[0]}/actions", data=form)
        calendar = guard.live.view.context.calendar
        assert calendar.local(log.last.until).strftime("%H:%M") == two
