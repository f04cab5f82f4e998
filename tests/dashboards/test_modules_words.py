"""Numbers, names and marks as the wall's modules write them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.dashboards.city import NOON
from tests.dashboards.modules import call


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
