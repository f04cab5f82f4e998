"""The wall in a real Chromium against a server that speaks the feed's protocol."""

from __future__ import annotations

import re

import pytest

from tests.dashboards.city import NOON, make_state
from tests.dashboards.conftest import OpenWall, Wall
from tests.dashboards.fake_api import FakeApi

MINUTE = 60_000
OVERDUE = ".figure-overdue .value"
COLOUR = "(e) => getComputedStyle(e).color"


def colour(wall: Wall, selector: str) -> str:
    return str(wall.page.locator(selector).first.evaluate(COLOUR))


def overdue(value: int) -> dict[str, object]:
    return {"figures": {"overdue": {"value": value}}}


def test_figures_move(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.delta({**overdue(777), "watermark": NOON + 1000})
    wall.pass_time(2000)
    wall.expect(OVERDUE, "777")
    api.delta({"units": {"H29.001": {"overdue": 1234}}})
    wall.pass_time(2000)
    wall.expect("[data-unit='H29.001'] .count", "1.234")
    assert wall.errors == []


def test_freshness_follows_the_pipeline(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    wall.heartbeat(400)
    wall.expect_verdict("live")
    wall.expect(".freshness", "TRỰC TIẾP")
    alarmed = colour(wall, OVERDUE)

    wall.heartbeat(24_000)
    wall.pass_time(1000)
    wall.expect_verdict("delayed")
    wall.expect(".freshness", "CHẬM")
    assert colour(wall, OVERDUE) == alarmed

    wall.heartbeat(61_000)
    wall.pass_time(1000)
    wall.expect_verdict("stale")
    wall.expect(".freshness", "CŨ")
    wall.expect(".freshness", "số liệu lúc 11:26:40")
    assert wall.page.locator(".figure .change", has_text="số liệu lúc 11:26:40").count() == 5
    greys = {colour(wall, f".figure-{name} .value") for name in ("overdue", "due_soon", "open")}
    assert len(greys) == 1
    assert alarmed not in greys
    tiles = ".tile.far, .tile.clear"
    grounds = wall.page.locator(tiles).evaluate_all(
        "(all) => all.map((e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number))"
    )
    assert grounds
    assert all(max(rgb[:3]) - min(rgb[:3]) < 30 for rgb in grounds), "a tile kept its colour"

    wall.heartbeat(300, watermark=NOON + MINUTE)
    wall.pass_time(1000)
    wall.expect_verdict("live")
    assert colour(wall, OVERDUE) == alarmed


def test_age_grows_between_messages(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    wall.heartbeat(9_000)
    wall.pass_time(3_000)
    wall.expect_verdict("delayed")


@pytest.mark.parametrize(
    ("mode", "badge", "query"),
    [
        ("simulation", "MÔ PHỎNG", ""),
        ("simulation", "MÔ PHỎNG", "distance=6&height=0.68"),
        ("replay", "PHÁT LẠI", "distance=9&height=0.68"),
        ("live", None, ""),
    ],
)
def test_badges(open_wall: OpenWall, mode: str, badge: str | None, query: str) -> None:
    with FakeApi(make_state(mode=mode, wards=30)) as api:
        wall = open_wall(api, query)
        if badge is None:
            assert wall.page.locator(".badge").count() == 0
            return
        wall.expect(".badge", badge)
        wall.heartbeat(200_000)  # a stale demo is still a demo
        wall.pass_time(1000)
        wall.expect_verdict("stale")
        assert wall.page.locator(".badge").is_visible()


def test_a_simulation_shows_data_time(open_wall: OpenWall) -> None:
    with FakeApi(make_state(mode="simulation", clock_speed=60.0)) as api:
        wall = open_wall(api)
        api.state["watermark"] = NOON + 600 * MINUTE  # of every snapshot from now on
        wall.heartbeat(0)
        wall.pass_time(1000)
        wall.expect(".clock-time", re.compile("21:2[678]"))
        wall.pass_time(5000)  # five real seconds: five minutes there
        wall.expect(".clock-time", re.compile("21:3[1234]"))
        wall.heartbeat(30_000)  # no tick for longer than "live": the clock does not run on alone
        wall.pass_time(1000)
        wall.expect_verdict("delayed")
        wall.expect(".clock-time", "21:36")


def test_english_on_request(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api, "lang=en")
    wall.expect(".figure-overdue h2", "Overdue now")
    wall.expect(".freshness", "LIVE")
    assert "," in wall.text(".figure-open .value")
    assert wall.page.locator("html").get_attribute("lang") == "en"


def test_side_panel_takes_turns(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    first = wall.text(".act-head")
    turns = set()
    for _ in range(3):
        turns.add(wall.text(".act-head"))
        wall.pass_time(12_000)
        wall.heartbeat(400)
        wall.pass_time(13_000)
        wall.heartbeat(400)
    assert len(turns) == 2
    assert first in turns


def test_officers_may_be_kept_off_the_wall(open_wall: OpenWall) -> None:
    state = make_state()
    state["options"]["officer_names"] = "off"
    with FakeApi(state) as api:
        wall = open_wall(api)
        assert wall.page.locator(".turns").count() == 0


def test_the_picture_moves_against_burn_in(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    places = set()
    for woke in range(4):
        places.add(str(wall.page.locator("#wall").evaluate("(e) => e.style.transform")))
        wall.heartbeat(300)
        wall.page.clock.fast_forward(91_000)  # as if it slept: it connects anew
        api.wait_for_hellos(woke + 2)
    assert len(places) == 4


def test_a_rate_of_30_days_is_marked_and_explained(open_wall: OpenWall) -> None:
    state = make_state(wards=12, departments=0)
    first, second = sorted(state["units"])[:2]
    state["units"][first].update(rate=95.5, finished=400, rate_window="30d")
    state["units"][second].update(rate=96.5, finished=400, rate_window="month")
    state["figures"]["on_time_rate"]["window"] = "30d"
    with FakeApi(state) as api:
        wall = open_wall(api)
        line = "(e) => getComputedStyle(e).textDecorationLine"
        rate = wall.page.get_by_text("95,5", exact=True)
        assert rate.evaluate(line) == "underline"
        assert wall.page.get_by_text("96,5", exact=True).evaluate(line) == "none"
        assert "gạch chân: 30 ngày" in wall.text(".legend")
        wall.expect(".figure-on_time_rate h2", "Đúng hạn 30 ngày")
