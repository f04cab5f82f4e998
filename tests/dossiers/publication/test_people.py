"""In which order people are named."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.people import name_key

IN_ORDER = [
    "Nguyễn Văn An",
    "Lê Thị Ân",
    "Bùi Bá",
    "Trần Văn Dũng",
    "Phan Đạt",
    "Đỗ Thị Hoa",
    "Lê Hòa",
    "Vũ Hỏa",
    "Đỗ Văn Hóa",
    "Bùi Minh Tuấn",
    "Nguyễn Minh Tuấn",
    "Trương Văn Ý",
]


def test_given_names_come_first_and_letters_as_in_the_alphabet() -> None:
    mixed = list(IN_ORDER)
    random.Random(1).shuffle(mixed)
    assert sorted(mixed, key=name_key) == IN_ORDER


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_a_name_is_written_with_has_a_place(one: str, other: str) -> None:
    assert (name_key(one) == name_key(other)) == (one == other)
