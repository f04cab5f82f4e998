"""Everything that stands on the wall can be read: sizes, edges, collisions, in each scene."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.dashboards.city import make_state
from tests.dashboards.conftest import OpenWall, Wall
from tests.dashboards.fake_api import DASHBOARDS, FakeApi

INSPECT = (Path(__file__).parent / "inspect_page.js").read_text("utf-8")
ARC_MINUTES = 16
HD = (1920, 1080)
UHD = (3840, 2160)
LONG_TITLE = (
    "Trung tâm giám sát, điều hành thông minh thành phố trực thuộc trung ương · Nguyễn Nghiêm"
)

# What canvases draw, recorded from the first stroke: the fonts of the charts' labels.
RECORD_CANVAS = """
window.canvasFonts = [];
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (...args) {
  window.canvasFonts.push({ font: this.font, ratio: devicePixelRatio, text: args[0] });
  return draw.apply(this, args);
};
"""


def inspect(wall: Wall) -> dict[str, Any]:
    found: dict[str, Any] = wall.page.evaluate(INSPECT)
    assert len(found["texts"]) > 15, "the wall is nearly empty"
    return found


def long_names(state: dict[str, Any]) -> dict[str, Any]:
    """The longest names that occur, and no short forms at all for some units."""
    units = list(state["units"].values())
    for i, unit in enumerate(units):
        if i % 5 == 0:
            unit["name"] = "Phường Nguyễn Thị Thường Thuận Nghĩa Đông"
            unit["short"] = ""
        elif i % 5 == 1:
            unit["name"] = "Ủy ban nhân dân xã Tăng Nhơn Phước Thường"
            unit["short"] = "Tăng Nhơn Phước Thường"
        unit["overdue"] = 188 if i % 7 == 0 else unit["overdue"]
    for row in state["act"]["units"]:
        row["name"] = "Sở Nông nghiệp và Môi trường, Chi cục Quản lý đất đai khu vực"
        row["overdue"] = 1888
        row["share"] = 100.0
    for row in state["act"]["officers"]:
        row["label"] = "Nguyễn Thị Thường Thường Thuận"
    for breach in state["act"]["breaches"]:
        breach["step"] = "thẩm định hồ sơ và lấy ý kiến của cơ quan phối hợp"
        breach["unit_short"] = "Nguyễn Thị Thường Thuận Nghĩa"
    state["title"] = LONG_TITLE
    state["figures"]["open"]["value"] = 1_888_888
    return state


def readable(found: dict[str, Any], distance: float, height: float) -> None:
    """Capitals under 16 arc minutes at ``distance`` m from a picture ``height`` m high."""
    least = distance * math.tan(math.radians(ARC_MINUTES / 60)) / height * found["height"]
    small = [t for t in found["texts"] if t["cap"] < least - 0.05]
    assert not small, f"under {least:.1f} px: {[(t['text'], t['where'], t['cap']) for t in small]}"


def nothing_clipped(found: dict[str, Any]) -> None:
    assert found["scrolling"] == []
    for text in found["texts"]:
        box = text["holder"]
        assert text["left"] >= box["left"] - 1, text
        assert text["right"] <= box["right"] + 1, text
        assert text["top"] >= -1, text
        assert text["bottom"] <= found["height"] + 1, text
        assert text["right"] <= found["width"] + 1, text


def nothing_collides(found: dict[str, Any]) -> None:
    def apart(a: dict[str, Any], b: dict[str, Any]) -> bool:
        return bool(
            a["right"] <= b["left"] + 0.5
            or b["right"] <= a["left"] + 0.5
            or a["bottom"] <= b["top"] + 0.12 * min(a["size"], b["size"])
            or b["bottom"] <= a["top"] + 0.12 * min(a["size"], b["size"])
        )

    for a, b in itertools.combinations(found["texts"], 2):
        assert apart(a, b), (a["text"], a["where"], b["text"], b["where"])


VIEWS = [
    pytest.param("dense", HD, 1.2, "", id="dense"),
    pytest.param("dense", UHD, 1.2, "", id="dense-4k"),
    pytest.param("dense", HD, 1.6, "lang=en&theme=light", id="dense-near-en"),
    pytest.param("middle", HD, 2.5, "", id="middle"),
    pytest.param("sparse", HD, 4, "lang=en", id="sparse-4m-en"),
    pytest.param("sparse", HD, 5, "", id="sparse-5m"),
    pytest.param("sparse", UHD, 6, "", id="sparse-6m-4k"),
    pytest.param("sparse", HD, 6, "lang=en", id="sparse-6m-en"),
    pytest.param("far", HD, 8, "", id="far"),
]


@pytest.mark.parametrize(("scene", "size", "distance", "query"), VIEWS)
def test_scene(
    open_wall: OpenWall, scene: str, size: tuple[int, int], distance: float, query: str
) -> None:
    state = long_names(make_state(mode="simulation", clock_speed=60.0))
    with FakeApi(state) as api:
        wall = open_wall(api, f"distance={distance}&height=0.68&{query}", size)
        assert wall.page.locator("html").get_attribute("data-scene") == scene
        wall.heartbeat(500)
        wall.pass_time(2500)
        assert wall.page.locator(".figure .spark-line").count() == 5
        fits(wall, distance)
        wall.heartbeat(70_000)
        wall.pass_time(1000)
        wall.expect_verdict("stale")
        fits(wall, distance)


def letters_of_the_fonts() -> set[str]:
    """Every character in the unicode ranges of the style sheet, white space included."""
    letters = {"\n", " "}
    for block in re.findall(
        r"unicode-range: ([^;]+);", (DASHBOARDS / "tokens.css").read_text("utf-8")
    ):
        for item in block.replace("\n", " ").split(","):
            first, _, last = item.strip().removeprefix("U+").partition("-")
            letters |= {chr(c) for c in range(int(first, 16), int(last or first, 16) + 1)}
    return letters


def fits(wall: Wall, distance: float) -> None:
    found = inspect(wall)
    assert wall.page.locator(".figure .value:visible").count() == 5
    assert wall.page.locator(".figure .change:visible").count() == 5
    assert all("IBM Plex Sans" in t["font"] for t in found["texts"])
    foreign = {c for t in found["texts"] for c in t["text"]} - letters_of_the_fonts()
    assert not foreign, f"not in the fonts that the wall brings: {foreign}"
    readable(found, distance, 0.68)
    nothing_clipped(found)
    nothing_collides(found)


@pytest.mark.parametrize(("wards", "departments"), [(34, 0), (168, 2), (1, 0), (0, 9)])
def test_every_unit_has_a_tile(open_wall: OpenWall, wards: int, departments: int) -> None:
    with FakeApi(make_state(wards=wards, departments=departments)) as api:
        wall = open_wall(api, "distance=1.6&height=0.68")
        tiles = wall.page.locator(".tile")
        assert tiles.count() == wards + departments
        cells = tiles.evaluate_all("(all) => all.map((e) => e.style.gridArea)")
        assert len(set(cells)) == wards + departments
        found = inspect(wall)
        readable(found, 1.6, 0.68)
        nothing_clipped(found)
        nothing_collides(found)


def test_chart_labels_are_as_large(open_wall: OpenWall, api: FakeApi) -> None:
    wall = open_wall(api, "distance=1.6&height=0.68", before=RECORD_CANVAS)
    drawn = wall.page.evaluate("canvasFonts.filter(({ font }) => !font.includes('100px'))")
    assert {":" in entry["text"] for entry in drawn} == {True, False}, "hours and counts are drawn"
    share = wall.page.evaluate("import('/wall/scene.js').then((m) => m.CAP_HEIGHT)")
    least = 1.6 * math.tan(math.radians(ARC_MINUTES / 60)) / 0.68 * 1080
    for entry in drawn:
        pixels = float(entry["font"].split("px")[0].split()[-1]) / entry["ratio"]
        assert pixels * share >= least - 0.05, entry
        assert "IBM Plex Sans" in entry["font"]


@pytest.mark.parametrize("size", [(320, 568), (1080, 1920)])
def test_a_narrow_window_does_not_break(
    open_wall: OpenWall, api: FakeApi, size: tuple[int, int]
) -> None:
    wall = open_wall(api, size=size)
    found = inspect(wall)
    page = wall.page.evaluate("document.documentElement.scrollWidth")
    assert page <= size[0]
    assert all(t["right"] <= size[0] for t in found["texts"])
    assert wall.errors == []


@pytest.mark.parametrize("size", [(1280, 720), (2560, 1080)])
def test_a_desk_screen_holds_everything(
    open_wall: OpenWall, api: FakeApi, size: tuple[int, int]
) -> None:
    wall = open_wall(api, size=size)
    found = inspect(wall)
    nothing_clipped(found)
    nothing_collides(found)
