"""A wall by name: it follows its settings without a reload, and says what it lacks."""

from __future__ import annotations

import re

from tests.dashboards.city import NOON, make_state
from tests.dashboards.conftest import OpenWall, Wall
from tests.dashboards.fake_api import FakeApi

HALL = "/wall/hall"
NOTICE = ".notice h1"


def loaded_once(wall: Wall) -> bool:
    """Whether a trace that a reload would wipe out is there; leaves one."""
    return bool(wall.page.evaluate("[window.marked === true, window.marked = true][0]"))


def test_a_wall_takes_on_its_settings_and_every_change(api: FakeApi, open_wall: OpenWall) -> None:
    api.settle(title="Sảnh chính", theme="light", target=91.5)
    wall = open_wall(api, path=HALL)
    assert api.hellos[0]["wall"] == "hall"
    loaded_once(wall)
    wall.expect(".titles", "Sảnh chính")
    wall.expect(".figure-on_time_rate", "91,5")
    assert wall.page.locator("html[data-theme=light][lang=vi]").count() == 1
    before = wall.text(".figure-overdue .value")

    api.settle(title="Main hall", language="en")
    wall.expect(".figure-overdue h2", "Overdue now")
    wall.expect(".titles", "Main hall")
    wall.expect(".figure-on_time_rate", "98")
    wall.page.locator("html[data-theme=dark][lang=en]").wait_for(state="attached")
    assert wall.text(".figure-overdue .value") == before, "no figure depends on settings"
    api.settle(title="Main hall", distance=12.0)
    wall.page.locator("html[data-scene=sparse], html[data-scene=far]").wait_for(state="attached")
    assert loaded_once(wall), "the page was reloaded"
    assert not wall.errors


def test_the_address_of_one_display_outranks_the_settings(
    api: FakeApi, open_wall: OpenWall
) -> None:
    api.settle(language="vi", theme="dark")
    wall = open_wall(api, "lang=en&theme=light", path=HALL)
    wall.expect(".figure-overdue h2", "Overdue now")
    assert wall.page.locator("html[data-theme=light]").count() == 1


def test_another_part_comes_with_its_own_figures(api: FakeApi, open_wall: OpenWall) -> None:
    api.settle(title="Cả thành phố")
    wall = open_wall(api, path=HALL)
    part = make_state(wards=3, departments=0, now=NOON - 5_000)
    part["figures"]["overdue"]["value"] = 7
    api.settle(title="Ba phường", scope="s-2")
    wall.page.locator(".figure .value").first.wait_for(state="detached")
    api.show(part)  # a little older than the whole: no reason to refuse it
    wall.expect(".titles", "Ba phường")
    wall.expect(".figure-overdue .value", re.compile("^7$"))
    assert wall.page.locator(".tile").count() == 3
    assert len(api.hellos) == 1, "it went on by the same connection"


def test_an_ended_key_says_which_and_a_new_one_brings_it_back(
    api: FakeApi, open_wall: OpenWall
) -> None:
    api.settle()
    wall = open_wall(api, path=HALL, before="localStorage.setItem('dunghen.key.hall', 'old')")
    assert api.hellos[0]["token"] == "old"
    api.refused, api.refused_key = (4401, f"key_expired hall-tv {NOON}"), "old"
    api.cut(*api.refused)
    wall.expect(NOTICE, "Khóa hall-tv đã hết hạn lúc 11:26:40")
    assert not wall.page.locator("#wall").is_visible(), "who may not look sees nothing"
    wall.pass_time(31_000)
    api.wait_for_hellos(2)
    # The administrator hands out a new key; its code is typed on the display.
    api.codes["AB2C"] = "new"
    wall.page.fill("input[name=code]", "nonsense")
    wall.page.click(".code button")
    wall.expect(".notice .wrong", "Mã không đúng")
    wall.page.fill("input[name=code]", "AB2C")
    wall.page.click(".code button")
    wall.page.locator(".figure .value").first.wait_for()
    assert wall.page.locator(".notice").count() == 0
    assert api.hellos[-1]["token"] == "new"


def test_a_link_puts_the_key_into_the_browser_and_leaves_no_trace(
    api: FakeApi, open_wall: OpenWall
) -> None:
    api.settle()
    api.codes["ONCE"] = "handed-out"
    wall = open_wall(api, "#code=ONCE", path=HALL)
    assert api.hellos[0]["token"] == "handed-out"
    assert "ONCE" not in wall.page.url
    assert not any("ONCE" in address or "handed-out" in address for address in wall.requests)
    wall.page.goto(f"{api.url}{HALL}")  # another day
    api.wait_for_hellos(2)
    assert api.hellos[1]["token"] == "handed-out"


def test_a_removed_wall_says_so_and_comes_back_by_itself(api: FakeApi, open_wall: OpenWall) -> None:
    api.settle(language="en")
    wall = open_wall(api, path=HALL)
    api.refused = (4404, "wall_unknown hall")
    api.cut(*api.refused)
    wall.expect(NOTICE, "There is no wall called “hall”")
    api.refused = None
    wall.pass_time(31_000)
    wall.page.locator(".figure .value").first.wait_for()
    assert wall.page.locator(".notice").count() == 0


def test_a_display_without_a_key_asks_for_a_code(api: FakeApi, open_wall: OpenWall) -> None:
    api.refused = (4401, "sign_in")
    wall = open_wall(api, path=HALL, awaited=NOTICE)
    wall.expect(NOTICE, "Máy này chưa có khóa của màn hình “hall”")
    assert wall.page.locator(".notice a").get_attribute("href") == "/enter?goal=%2Fwall%2Fhall"
    assert wall.page.url.startswith(f"{api.url}{HALL}"), "nobody stands there to sign in"


def test_the_key_of_another_wall_leads_there(api: FakeApi, open_wall: OpenWall) -> None:
    api.refused = (4401, "wall_elsewhere lobby")
    wall = open_wall(api, "#key=of-the-lobby", path="/wall", awaited="#wall")
    api.settle()
    # There it is refused as well, and goes there again, until the next line.
    wall.page.wait_for_url("**/wall/lobby*", wait_until="commit")
    api.refused = None
    wall.pass_time(2_000)
    wall.page.locator(".figure .value").first.wait_for()
    assert (api.hellos[-1]["wall"], api.hellos[-1]["token"]) == ("lobby", "of-the-lobby")
    assert not any("of-the-lobby" in address for address in wall.requests)
