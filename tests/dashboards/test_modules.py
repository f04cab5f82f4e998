"""The wall's pure modules, called in the browser that runs them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.dashboards.city import NOON, make_state
from tests.dashboards.fake_api import FakeApi


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with FakeApi(make_state(wards=4, departments=0)) as api:
        page = browser.new_page()
        page.goto(f"{api.url}/wall")
        page.locator(".figure .value").first.wait_for()
        yield page
        page.close()


def call(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """Run ``body`` with the module as ``m`` and the argument as ``a``."""
    script = f"async (a) => {{ const m = await import('/wall/{module}.js'); {body} }}"
    return page.evaluate(script, argument)


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
      const pace = new m.Pace(200, (v) => shown.push([v, performance.now() - start]));
      await new Promise((done) => {
        let n = 0;
        const timer = setInterval(() => {
          pace.offer(++n);
          if (shown.length === 3) { clearInterval(timer); done(); }
        }, 10);
      });
      return [m.DIGITS_MS, shown];
    """
    period, shown = call(page, "pace", body)
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


def test_a_missed_target_is_never_rounded_up(page: Page) -> None:
    pairs = [[97.999, 2], [97.96, 1], [98, 2], [96.7, 1]]
    assert call(page, "format", "return a.map((pair) => m.floorTo(...pair))", pairs) == [
        97.99,
        97.9,
        98,
        96.7,
    ]


def test_numbers_in_both_languages(page: Page) -> None:
    body = """
      const zone = "Asia/Ho_Chi_Minh";
      const vi = m.createFormat("vi", zone), en = m.createFormat("en", zone);
      return [vi.integer(107312), vi.percent(96.82, 2), en.integer(107312), en.percent(96.82, 2),
              vi.time(a), vi.date(a), vi.integer(null)];
    """
    assert call(page, "format", body, NOON) == [
        "107.312", "96,82\u202f%", "107,312", "96.82%", "11:26:40", "23/11/2026", "–",
    ]  # fmt: skip


def test_names_are_shortened_not_cut(page: Page) -> None:
    body = """
      return [
        m.shortName({ name: "Phường Cầu Ông Lãnh" }),
        m.shortName({ name: "Ủy ban nhân dân xã Bình Mỹ" }),
        m.shortName({ name: "Sở Y tế", short: "SYT" }),
        m.shorterForms("Trung Mỹ Tây"),
        m.fitName("Trung Mỹ Tây", 5.5).text,
        m.placeIn("Trung tâm giám sát, điều hành thành phố Minh Hòa"),
        m.placeIn("Trung tâm hành chính công xã Bình Mỹ tỉnh Đồng Nai"),
        m.placeIn("Coselog"),
      ];
    """
    name, commune, given, forms, fitted, city, province, nowhere = call(page, "names", body)
    assert (city, province, nowhere) == ("Thành phố Minh Hòa", "Tỉnh Đồng Nai", None)
    assert (name, commune, given) == ("Cầu Ông Lãnh", "Bình Mỹ", "SYT")
    assert forms == ["Trung Mỹ Tây", "T. Mỹ Tây", "T. M. Tây", "TMT"]
    assert fitted in forms
    ranked = call(page, "names", "return m.shorterForms('X. Thành Lộc')")
    assert ranked[:3] == ["X. Thành Lộc", "Thành Lộc", "T. Lộc"]


def test_names_that_are_missing_have_words_of_the_walls_language(page: Page) -> None:
    body = """
      const messages = { text: (key, { n }) => `not in the reference data (${n})` };
      const other = { short: "Sở Y tế" };
      const state = { units: { a: { name: "chưa có trong danh mục (4821)" }, b: other }, act: [1] };
      const found = m.worded(state, messages);
      return [found.units.a.name, found.units.b === other, found.act === state.act,
              m.worded(other, messages) === other, m.shorterForms(found.units.a.name)];
    """
    name, *same, forms = call(page, "names", body)
    assert name == "not in the reference data (4821)"
    assert same == [True, True, True]
    assert forms == [name, "? (4821)"]


def test_hour_marks_are_whole_hours_inside_the_edges(page: Page) -> None:
    start = 1_795_408_000 - 86_400
    body = "return m.hourMarks(a, a + 86400, 28, 'Asia/Ho_Chi_Minh')"
    marks = call(page, "trend", body, start)
    assert marks
    assert all((mark + 7 * 3600) % 3600 == 0 for mark in marks)
    assert start + 3600 < marks[0]
    assert marks[-1] < start + 86_400 - 3600


@pytest.mark.parametrize("largest", [1, 3, 7, 299, 306, 4321, 99_999])
def test_count_marks_do_not_crowd(page: Page, largest: int) -> None:
    marks = call(page, "trend", "return m.countMarks(a)", largest)
    assert marks[0] == 0
    assert 2 <= len(marks) <= 4
    assert marks[-1] <= largest
    assert all(mark == int(mark) for mark in marks)


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
