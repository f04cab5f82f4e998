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


def mark(wall: Wall) -> None:
    """Leave a trace in the page that a reload would wipe out."""
    wall.page.evaluate("window.marked = true")


def is_marked(wall: Wall) -> bool:
    return bool(wall.page.evaluate("window.marked === true"))


def test_figures_move(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.delta({**overdue(777), "watermark": NOON + 1000})
    wall.pass_time(2000)
    wall.expect(OVERDUE, "777")
    api.delta({"units": {"H29.001": {"overdue": 1234}}})
    wall.pass_time(2000)
    wall.expect("[data-unit='H29.001'] .count", "1.234")
    assert wall.errors == []


def test_a_text_snapshot_is_read_like_a_compressed_one(open_wall: OpenWall) -> None:
    with FakeApi(make_state(wards=34, departments=0)) as api:
        api.binary = False
        wall = open_wall(api)
        assert wall.page.locator(".tile").count() == 34


def test_freshness_follows_the_pipeline(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.heartbeat(400)
    wall.expect_verdict("live")
    wall.expect(".freshness", "TRỰC TIẾP")
    alarmed = colour(wall, OVERDUE)

    api.heartbeat(24_000)
    wall.pass_time(1000)
    wall.expect_verdict("delayed")
    wall.expect(".freshness", "CHẬM")
    assert colour(wall, OVERDUE) == alarmed

    api.heartbeat(61_000)
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

    api.heartbeat(300, watermark=NOON + MINUTE)
    wall.pass_time(1000)
    wall.expect_verdict("live")
    assert colour(wall, OVERDUE) == alarmed


def test_age_grows_between_messages(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.heartbeat(9_000)
    wall.pass_time(3_000)
    wall.expect_verdict("delayed")


def test_lost_connection_and_recovery_without_reload(open_wall: OpenWall) -> None:
    api = FakeApi(make_state())
    with api:
        wall = open_wall(api)
        mark(wall)
        wall.expect_verdict("live")
    wall.pass_time(16_000)
    wall.expect_verdict("lost")
    wall.expect(".freshness", "MẤT KẾT NỐI")
    wall.expect(".freshness", "số liệu lúc 11:26:40")
    assert wall.page.locator(".figure .value").count() == 5, "the last picture stays"

    api.epoch = "e-2"
    api.seq = 900
    api.state = {**make_state(now=NOON + MINUTE)}
    api.state["figures"]["overdue"]["value"] = 4321
    with api:
        greeted = len(api.hellos)
        wall.pass_time(31_000)
        api.wait_for_hellos(greeted + 1)
        wall.pass_time(2000)
        wall.expect_verdict("live")
        wall.expect(OVERDUE, "4.321")
        assert is_marked(wall), "the page was reloaded"


def test_a_silent_server_is_a_lost_one(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    wall.expect_verdict("live")
    wall.pass_time(15_500)
    api.wait_for_hellos(1)
    # The wall hangs up on a server that says nothing, and asks again.
    wall.pass_time(1_000)
    api.wait_for_hellos(2)
    assert api.hellos[1]["epoch"] == "e-1"
    assert api.hellos[1]["seq"] == 0


def test_a_gap_reconnects_and_resumes(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.delta(overdue(501))
    wall.pass_time(2000)
    wall.expect(OVERDUE, "501")
    api.can_resume = True
    api.missed = [
        {"type": "delta", "seq": 2, "patch": overdue(502)},
        {"type": "delta", "seq": 3, "patch": overdue(503)},
    ]
    api.delta(overdue(503), skip=1)
    wall.pass_time(1000)
    api.wait_for_hellos(2)
    assert api.hellos[1] == {"type": "hello", "token": None, "epoch": "e-1", "seq": 1}
    wall.pass_time(2000)
    wall.expect(OVERDUE, "503")
    api.delta(overdue(504))
    wall.pass_time(2000)
    wall.expect(OVERDUE, "504")


def test_a_heartbeat_ahead_of_the_deltas_is_a_gap(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.seq = 5
    api.heartbeat(300)
    wall.pass_time(1000)
    api.wait_for_hellos(2)


def test_an_older_snapshot_is_refused(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    before = wall.text(OVERDUE)
    older = make_state(now=NOON - MINUTE)
    older["figures"]["overdue"]["value"] = 9999
    api.state = older
    api.epoch = "e-2"
    api.cut()
    for greeted in (2, 3):  # it hangs up and asks again, and never shows the past
        wall.pass_time(2000)
        api.wait_for_hellos(greeted)
        assert wall.text(OVERDUE) == before
    api.state = make_state(now=NOON + MINUTE)
    api.state["figures"]["overdue"]["value"] = 888
    wall.pass_time(30_000)
    wall.pass_time(2000)
    wall.expect(OVERDUE, "888")


def test_another_time_line_may_begin_earlier(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.state = {**make_state(now=NOON - 1000 * MINUTE), "timeline": "t-2"}
    api.state["figures"]["overdue"]["value"] = 55
    api.epoch = "e-2"
    api.cut()
    wall.pass_time(1000)
    api.wait_for_hellos(2)
    wall.pass_time(2000)
    wall.expect(OVERDUE, "55")


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
        api.heartbeat(200_000)  # a stale demo is still a demo
        wall.pass_time(1000)
        wall.expect_verdict("stale")
        assert wall.page.locator(".badge").is_visible()


def test_a_simulation_shows_data_time(open_wall: OpenWall) -> None:
    with FakeApi(make_state(mode="simulation", clock_speed=60.0)) as api:
        wall = open_wall(api)
        api.state["watermark"] = NOON + 600 * MINUTE  # of every snapshot from now on
        api.heartbeat(0)
        wall.pass_time(1000)
        wall.expect(".clock-time", re.compile("21:2[678]"))
        wall.pass_time(5000)  # five real seconds: five minutes there
        wall.expect(".clock-time", re.compile("21:3[1234]"))
        wall.pass_time(30_000)  # no tick for longer than "live": the clock does not run on alone
        assert wall.text(".clock-time") == "21:36"


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
        api.heartbeat(400)
        wall.pass_time(13_000)
        api.heartbeat(400)
    assert len(turns) == 2
    assert first in turns


def test_officers_may_be_kept_off_the_wall(open_wall: OpenWall) -> None:
    state = make_state()
    state["options"]["officer_names"] = "off"
    with FakeApi(state) as api:
        wall = open_wall(api)
        assert wall.page.locator(".turns").count() == 0


def test_a_new_release_reloads_once(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    mark(wall)
    api.state["release"] = "0.2.0"
    api.delta({"release": "0.2.0"})
    for _ in range(7):
        api.heartbeat(300)
        wall.pass_time(10_000)
    wall.page.wait_for_function("window.marked !== true")
    wall.page.locator(".figure .value").first.wait_for()
    mark(wall)
    for _ in range(10):
        api.heartbeat(300)
        wall.pass_time(10_000)
    assert is_marked(wall), "it reloaded again"


def test_the_picture_moves_against_burn_in(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    places = set()
    for _ in range(4):
        places.add(str(wall.page.locator("#wall").evaluate("(e) => e.style.transform")))
        api.heartbeat(300)
        wall.page.clock.fast_forward(91_000)
    assert len(places) == 4


def test_a_server_that_is_catching_up_does_not_turn_the_picture_back(
    api: FakeApi, open_wall: OpenWall
) -> None:
    wall = open_wall(api)
    before = wall.text(OVERDUE)
    api.state = {}  # it has just started and knows nothing yet
    api.epoch = "e-2"
    api.cut()
    wall.pass_time(1000)
    api.wait_for_hellos(2)
    past = make_state(now=NOON - MINUTE)
    past["figures"]["overdue"]["value"] = 9999
    api.delta(past)
    api.delta({"figures": {"overdue": {"value": 9998}}})
    wall.pass_time(4000)
    assert wall.text(OVERDUE) == before
    api.delta({"watermark": NOON + 1000, "figures": {"overdue": {"value": 444}}})
    wall.pass_time(2000)
    wall.expect(OVERDUE, "444")
    assert wall.errors == []
