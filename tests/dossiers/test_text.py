"""Text has one identity: spellings that look the same are the same."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.text.identity import folded, identity
from dossiers.text.ids import MAX_ID, checked_id, is_id

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202c"
BLANKS = "\u00a0\u2007\u202f\u3000"
# Letters that compose, marks that do not stand in order, blanks of all kinds, and what is not seen.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("aàạâậđĐơờ\u0300\u0323\u0302\u031b\u0345\u0f73 \t\n" + INVISIBLE + BLANKS),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)
FUNCTIONS = pytest.mark.parametrize("function", [identity, folded])


@FUNCTIONS
@given(text=TEXTS)
def test_it_is_idempotent(function: Callable[[str], str], text: str) -> None:
    once = function(text)
    assert function(once) == once


@FUNCTIONS
@given(text=TEXTS)
def test_composed_and_decomposed_are_the_same(function: Callable[[str], str], text: str) -> None:
    forms = {function(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {function(text)}


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.sampled_from(INVISIBLE)), max_size=5))
def test_what_is_not_seen_makes_no_difference(text: str, put: list[tuple[int, str]]) -> None:
    hidden = text
    for place, char in put:
        hidden = hidden[:place] + char + hidden[place:]
    assert identity(hidden) == identity(text)


@given(TEXTS)
def test_an_identity_is_composed_and_has_only_plain_blanks_within(text: str) -> None:
    found = identity(text)
    assert unicodedata.is_normalized("NFC", found)
    assert found == found.strip()
    kinds = {unicodedata.category(char) for char in found if char != " "}
    assert not kinds & {"Cf", "Zs"}


@given(st.text(st.sampled_from("ab\u0301\u0323\u0f73\u1d16\u302e\u0345"), max_size=120))
def test_many_marks_are_put_in_order_as_unicode_has_them(text: str) -> None:
    assert identity(text) == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Trần Đức Ất", "Trần Đức Ất"),
        ("  Lê\u00a0An\u200b ", "Lê An"),
        ("e\u200b\u0301", "é"),
        ("", ""),
        (" \u200b\u00a0 ", ""),
    ],
)
def test_examples(text: str, same: str) -> None:
    assert identity(text) == unicodedata.normalize("NFC", same)


def test_names_that_people_type_match_without_case_and_with_single_blanks() -> None:
    assert folded("NGUYỄN  THỊ\u00a0 Hường") == folded("nguyễn thị hường\u200b")
    assert folded("Trần Ðức") != folded("Trần Đức"), "another letter is another name"


@pytest.mark.parametrize(
    "part", ["\u0301\u0323", "\u0f73", "\u302e\U0001d165", "ậ", "\u00a0", "\u200b", "a ", "İ"]
)
@FUNCTIONS
def test_time_grows_with_the_length(function: Callable[[str], str], part: str) -> None:
    """Four times the text may take some more than four times as long, but not sixteen times."""

    def best(size: int) -> float:
        text = "a" + part * size
        times = []
        for _ in range(5):
            begin = time.process_time()
            function(text)
            times.append(time.process_time() - begin)
        return min(times)

    assert best(32_000) < 11 * best(8_000)


@pytest.mark.parametrize("text", ["", " a", "a ", "a\nb", "e\u0301", "a\u200b", "a" * (MAX_ID + 1)])
def test_what_is_no_id_as_it_stands(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("text", ["a", "é", "a b", "a" * MAX_ID])
def test_what_is_an_id_as_it_stands(text: str) -> None:
    assert is_id(text)
    assert checked_id(text) == text
