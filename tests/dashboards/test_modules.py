"""The wall's pure modules, called in the browser that runs them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.dashboards.city import make_state
from tests.dashboards.fake_api import FakeApi
from tests.dashboards.modules import call


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(page: Page, target: Any, patch: Any, merged: Any) -> None:
    assert call(page, "patch", "return m.mergePatch(...a)", [target, patch]) == merged


@pytest.mark.parametrize(
    ("age", "passed", "verdict"),
    [
        (0, 0, "live"),
        (10_000, 0, "live"),
        (10_001, 0, "delayed"),
        (0, 10_001, "delayed"),
        (60_000, 0, "delayed"),
        (60_001, 0, "stale"),
        (55_000, 5_001, "stale"),
        (0, 15_000, "delayed"),
        (0, 15_001, "lost"),
        (70_000, 15_001, "lost"),
        (None, 0, "empty"),
    ],
)
def test_verdicts(page: Page, age: int | None, passed: int, verdict: str) -> None:
    body = """
      const first = m.heard(m.initial(1000), { watermark: null, tickAgeMs: a.age }, 2000);
      return m.judge(first, 2000 + a.passed);
    """
    assert call(page, "freshness", body, {"age": age, "passed": passed}) == verdict


def test_only_an_advancing_watermark_makes_it_young_again(page: Page) -> None:
    body = """
      let f = m.heard(m.initial(0), { watermark: 5, tickAgeMs: 0 }, 0);
      f = m.heard(f, { watermark: 5 }, 9000);
      const repeated = m.age(f, 9000);
      f = m.heard(f, { watermark: 6 }, 9000);
      return [repeated, m.age(f, 9000)];
    """
    assert call(page, "freshness", body) == [9000, 0]


def test_digits_rest_for_two_seconds(page: Page) -> None:
    body = """
      const shown = [];
      const start = performance.now();
      const throttle = new m.Throttle(200, (v) => shown.push([v, performance.now() - start]));
      await new Promise((done) => {
        let n = 0;
        const timer = setInterval(() => {
          throttle.offer(++n);
          if (shown.length === 3) { clearInterval(timer); done(); }
        }, 10);
      });
      return [m.DIGITS_MS, shown];
    """
    period, shown = call(page, "throttle", body)
    assert period == 2000
    gaps = [later[1] - earlier[1] for earlier, later in itertools.pairwise(shown)]
    assert min(gaps) >= 199
    assert shown[0][0] == 1
    assert shown[1][0] > 2, "the newest value is shown, not the next"


def test_pauses_grow_and_have_an_end(page: Page) -> None:
    limits = call(page, "feed", "return [0, 1, 2, 5, 6, 50].map(m.pauseLimit)")
    assert limits == [500, 1000, 2000, 16_000, 30_000, 30_000]


@pytest.mark.parametrize(("distance", "height"), [(5, 0.68), (6, 0.68), (8, 2.04), (1.2, 0.3)])
def test_smallest_size(page: Page, distance: float, height: float) -> None:
    share = call(page, "scene", "return m.smallestSize(...a)", [distance, height])
    assert share * 100 >= 0.65 * distance / height


def test_placement_keeps_neighbours_and_fills_cells(page: Page) -> None:
    body = """
      const units = [];
      for (let y = 0; y < 3; y++) for (let x = 0; x < 4; x++)
        units.push({ id: `${x}${y}`, name: "", kind: "commune", x: x * x + 5, y: y * 10 });
      units.push({ id: "b", name: "Sở Y tế", kind: "department", x: 1, y: 1 });
      units.push({ id: "a", name: "Sở Tư pháp", kind: "department", x: null, y: null });
      return [...m.place(units, 4)].map(([id, c]) => [id, c.column, c.row, c.section]);
    """
    placed = {row[0]: row[1:] for row in call(page, "placement", body)}
    for y in range(3):
        for x in range(4):
            assert placed[f"{x}{y}"] == [x, y, "map"]
    assert placed["a"] == [0, 3, "other"]
    assert placed["b"] == [1, 3, "other"]


def test_assignment_is_the_cheapest(page: Page) -> None:
    cost = [[4, 1, 3, 9], [2, 0, 5, 9], [3, 2, 2, 9]]
    columns = call(page, "assignment", "return m.assign(a)", cost)
    assert sum(cost[row][column] for row, column in enumerate(columns)) == 5
    assert len(set(columns)) == 3


@pytest.mark.parametrize(
    ("rate", "finished", "verdict"),
    [
        (97.999, 20, "slight"),
        (98.0, 20, "met"),
        (50.0, 19, "few"),
        (95.0, 200, "slight"),
        (94.99, 200, "clear"),
        (90.0, 200, "clear"),
        (89.9, 200, "far"),
        (None, 200, "few"),
    ],
)
def test_tiles_are_judged_by_rate(
    page: Page, rate: float | None, finished: int, verdict: str
) -> None:
    body = "return m.judgeRate(a[0], a[1], 98, 20)"
    assert call(page, "verdict", body, [rate, finished]) == verdict


def test_content_that_is_not_there_shows_a_dash(browser: Browser) -> None:
    state = make_state(wards=0, departments=0)
    figures = state["figures"]
    for figure in figures.values():
        figure.update(value=None, previous=None, spark=[])
    state["trend"]["overdue"] = [None] * 48
    state["act"] = {"units": [], "officers": [], "breaches": []}
    state["data"]["sources"] = []
    state["data"]["checked"] = None
    with FakeApi(state) as api:
        bare = browser.new_page()
        errors: list[str] = []
        bare.on("pageerror", lambda error: errors.append(str(error)))
        bare.goto(f"{api.url}/wall")
        bare.locator(".figure .value").first.wait_for()
        assert bare.locator(".figure .value").all_inner_texts() == ["–"] * 5
        assert errors == []
        bare.close()
