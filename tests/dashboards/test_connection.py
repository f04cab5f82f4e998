"""The wall through lost connections, restarts, gaps and new releases of its server."""

from __future__ import annotations

from playwright.sync_api import Route

from tests.dashboards.city import NOON, make_state
from tests.dashboards.conftest import OpenWall, Wall
from tests.dashboards.fake_api import FakeApi

MINUTE = 60_000
OVERDUE = ".figure-overdue .value"


def overdue(value: int) -> dict[str, object]:
    return {"figures": {"overdue": {"value": value}}}


def mark(wall: Wall) -> None:
    """Leave a trace in the page that a reload would wipe out."""
    wall.page.evaluate("window.marked = true")


def is_marked(wall: Wall) -> bool:
    return bool(wall.page.evaluate("window.marked === true"))


def test_a_text_snapshot_is_read_like_a_compressed_one(open_wall: OpenWall) -> None:
    with FakeApi(make_state(wards=34, departments=0)) as api:
        api.binary = False
        wall = open_wall(api)
        assert wall.page.locator(".tile").count() == 34


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
    wall.heartbeat(300)
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


def test_another_timeline_may_begin_earlier(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    api.state = {**make_state(now=NOON - 1000 * MINUTE), "timeline": "t-2"}
    api.state["figures"]["overdue"]["value"] = 55
    api.epoch = "e-2"
    api.cut()
    wall.pass_time(1000)
    api.wait_for_hellos(2)
    wall.pass_time(2000)
    wall.expect(OVERDUE, "55")


def test_a_new_release_reloads_once(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api, before="Math.random = () => 0.1;")  # its jitter is 6 s then
    page = wall.page
    held: list[Route] = []
    page.route(
        "**/wall",
        lambda route: (
            route.continue_() if route.request.is_navigation_request() else held.append(route)
        ),
    )
    api.state["release"] = "0.2.0"
    api.delta({"release": "0.2.0"})
    wall.heartbeat(300)
    with page.expect_request("**/wall"):
        wall.pass_time(8_000)
    page.evaluate("null")  # a round trip: the request has come to its handler
    with page.expect_event("load"):
        held[0].continue_()
    page.locator(".figure .value").first.wait_for()
    mark(wall)
    for _ in range(10):
        wall.heartbeat(300)
        wall.pass_time(10_000)
    assert is_marked(wall), "it reloaded again"
    assert len(held) == 1


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
