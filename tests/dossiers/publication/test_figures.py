"""Figures as they are printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.figures import (
    AT_DESKS,
    apologies_text,
    days_mean,
    days_most,
    number_text,
    officer_ranked,
    rate,
    rate_text,
    rounded,
    unit_ranked,
)
from dossiers.wire.late_lists import Counts, Days, Thresholds
from tests.dossiers.publication.made_lists import DAY, HOUR, small_list

ASKED = Thresholds()


def counts(late: int, total: int, apologised: int = 0) -> Counts:
    found = small_list().core.whole
    return msgspec.structs.replace(found, late=late, total=total, apologised=apologised)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from((0, 1, 2)))
def test_a_half_is_rounded_up_and_once(part: int, whole: int, decimals: int) -> None:
    with localcontext(prec=60):
        told = (Decimal(part) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert rounded(Fraction(part, whole), decimals) == told


@pytest.mark.parametrize(
    ("late", "total", "public", "desk"),
    [
        (11, 86, "12,79", "12,8"),
        (9, 86, "10,47", "10,5"),
        (1, 8000, "0,01", "0,0"),  # 0.0125
        (3449, 10000, "34,49", "34,5"),
        (20, 20, "100,00", "100,0"),
        (0, 20, "0,00", "0,0"),
        (5, 19, "–", "–"),
        (0, 0, "–", "–"),
    ],
)
def test_a_rate_has_two_decimals_in_public_and_one_at_desks(
    late: int, total: int, public: str, desk: str
) -> None:
    assert rate_text(counts(late, total), ASKED) == public
    assert rate_text(counts(late, total), ASKED, decimals=AT_DESKS) == desk


def test_without_a_threshold_there_is_a_rate_of_anything_but_nothing() -> None:
    none = Thresholds(rate_from=0)
    assert rate(counts(1, 3), none) == Decimal("33.33")
    assert rate(counts(0, 0), none) is None


def test_days_are_those_of_each_calendar() -> None:
    days = Days(sums=((7 * HOUR, 7 * HOUR), (DAY, 12 * HOUR)), most=(DAY, 12 * HOUR))
    assert (days_most(days), days_mean(days, 2)) == (Decimal("1.5"), Decimal("1.3"))  # 1.25
    assert days_mean(Days(), 0) is None


def test_numbers_are_written_as_they_are_read() -> None:
    assert number_text(1_234_567) == "1.234.567"
    assert number_text(Decimal("1234.50")) == "1.234,50"
    assert number_text(Decimal("1234.50"), "en") == "1,234.50"
    assert number_text(None) == "–"


def test_who_has_few_dossiers_is_not_ranked() -> None:
    assert [officer_ranked(counts(1, total), ASKED) for total in (29, 30)] == [False, True]
    assert [unit_ranked(counts(1, total), ASKED) for total in (99, 100)] == [False, True]


@pytest.mark.parametrize(
    ("late", "apologised", "text"),
    [(79, 54, "54/79"), (3, 3, "Có"), (3, 0, "Không"), (0, 0, "–")],
)
def test_apologies_are_told_for_all_for_none_or_for_how_many(
    late: int, apologised: int, text: str
) -> None:
    assert apologies_text(counts(late, 100, apologised)) == text
