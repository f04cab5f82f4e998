"""Names as people type them, and what is found by them."""

from __future__ import annotations

import pytest

from api.search.index import LONGEST, NameIndex, Searchable
from api.search.plain import plain

NAMES = NameIndex(
    [
        Searchable("unit", "H29.168", "Phường Cầu Ông Lãnh"),
        Searchable("unit", "H29.170", "Phường Hòa Hưng"),
        Searchable("unit", "H29.171", "Xã Hoà Hưng Nam"),
        Searchable("officer", "CB00012", "Nguyễn Thị Hoa", "H29.168"),
        Searchable("officer", "CB00123", "Hoàng Văn Đức", "H29.168"),
        Searchable("officer", "CB00124", "Đặng Hữu Hòa", "H29.170"),
        Searchable("procedure", "1.004194", "Đăng ký khai sinh"),
        Searchable("procedure", "1.004195", "Cấp giấy phép thi công xây dựng trên đường bộ"),
    ]
)


def found(query: str, most: int = 8) -> list[str]:
    return [hit.entry.id for hit in NAMES.find(query, most)]


def test_marks_case_and_signs_make_no_difference() -> None:
    assert plain("  ĐẶNG Hữu—Hòa ") == plain("dang huu hoa") == "dang huu hoa"
    assert plain("Cầu Ông Lãnh") == plain("Cầu Ông Lãnh") == "cau ong lanh"  # composed or not


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("cau ong lanh", "H29.168"),
        ("lãnh cầu", "H29.168"),  # words in any order
        ("dang ky kh", "1.004194"),  # the last word not yet finished
        ("CB00123", "CB00123"),
        ("h29.170", "H29.170"),
        ("1.004195", "1.004195"),
        ("duc", "CB00123"),
    ],
)
def test_what_was_typed_is_found(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_whole_words_come_before_beginnings_and_the_very_marks_first() -> None:
    assert found("hoa")[-1] == "CB00123", "Hoàng only begins so"
    assert found("hòa")[:2] == ["CB00124", "H29.170"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("nguyen thi hao", "CB00012"),
        ("phuong cau ong lnah", "H29.168"),
        ("giai phep thy cong", "1.004195"),
        ("hoang van duk", "CB00123"),
    ],
)
def test_a_few_wrong_letters_are_forgiven(query: str, first: str) -> None:
    hits = NAMES.find(query, 8)
    assert hits[0].entry.id == first
    assert hits[0].alike is not None


@pytest.mark.parametrize("query", ["", "  ", "?!", "xyz", "zzzz zzzz", "x" * 5_000, "a " * 5_000])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert found(query) == []


def test_as_many_of_each_kind_as_were_asked_for() -> None:
    many = NameIndex(
        [Searchable("officer", f"o{i}", "Lê An") for i in range(50)]
        + [Searchable("unit", "u", "Xã Lê An")]
    )
    hits = many.find("le an", 3)
    assert [hit.entry.kind for hit in hits].count("officer") == 3
    assert hits[-1].entry.id == "u"


def test_what_is_compared_is_bounded() -> None:
    assert found("nguyen thi hoa" + " " * LONGEST + "nobody") == ["CB00012"]
