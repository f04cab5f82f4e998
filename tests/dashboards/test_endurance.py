"""What months on a wall bring: a display that sleeps, and one whose clock is wrong by hours."""

from __future__ import annotations

from tests.dashboards.city import NOON
from tests.dashboards.conftest import OpenWall
from tests.dashboards.fake_api import FakeApi

HOUR = 3_600_000
STRIP = "#strip"


def test_a_display_that_wakes_up_says_so_and_connects_at_once(
    api: FakeApi, open_wall: OpenWall
) -> None:
    wall = open_wall(api, before="Math.random = () => 0.99;")  # its pauses are as long as they get
    wall.heartbeat(300)
    wall.page.clock.fast_forward(3 * HOUR)  # as a lid that is closed and opened again
    wall.expect(STRIP, "Màn hình vừa thức dậy sau 3 giờ")
    api.wait_for_hellos(2)
    wall.heartbeat(300)
    wall.expect_verdict("live")
    wall.pass_time(20_000)
    assert wall.text(STRIP) == "", "it is said for a while only"


def test_what_was_slept_through_does_not_look_fresh(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    wall.heartbeat(300)
    api.stop()
    wall.page.clock.fast_forward(3 * HOUR)
    wall.expect_verdict("lost")
    wall.expect(".freshness", "số liệu lúc 11:26:40")


def test_a_wrong_clock_is_said_and_the_servers_time_is_shown(
    api: FakeApi, open_wall: OpenWall
) -> None:
    wall = open_wall(api, "lang=en", clock_ahead_ms=3 * HOUR)
    api.server_time = NOON
    wall.heartbeat(300)
    wall.pass_time(2_000)
    wall.expect(STRIP, "The clock of this display is wrong by 3 h (fast)")
    wall.expect(".clock-time", "11:26:4")
    wall.expect_verdict("live")
    wall.expect(".verdict-detail", "behind")
    # Somebody sets the clock right: a step backwards, which moves nothing else.
    wall.page.clock.set_system_time((NOON + 2_000) / 1000)
    wall.pass_time(2_000)
    assert wall.text(STRIP) == ""
    wall.expect(".clock-time", "11:26:4")
    assert len(api.hellos) == 1
