"""Rates and days as they are printed: made of counts, once, a half rounded up.

Lists hold counts alone. Whoever prints a figure makes it here, so that a document, a page and a
table of the same list never differ in a digit.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from dossiers.wire.late_lists import Counts, Days, Thresholds

Language = Literal["vi", "en"]
IN_PUBLIC = 2  # decimals of a rate in documents and in public
AT_DESKS = 1
OF_DAYS = 1  # decimals of days, everywhere
NONE = "–"  # too few dossiers for a figure, or nothing to make one of


def rounded(amount: Fraction, decimals: int) -> Decimal:
    """To so many decimals, a half up. ``amount`` is not negative."""
    scale = 10**decimals
    return Decimal((2 * scale * amount + 1) // 2).scaleb(-decimals)


def share(
    late: int, total: int, thresholds: Thresholds, decimals: int = IN_PUBLIC
) -> Decimal | None:
    """``late`` of ``total`` in percent; None below the volume from which on there is a rate."""
    if total < max(thresholds.rate_from, 1):
        return None
    return rounded(Fraction(100 * late, total), decimals)


def rate(counts: Counts, thresholds: Thresholds, decimals: int = IN_PUBLIC) -> Decimal | None:
    """The same of a line's counts."""
    return share(counts.late, counts.total, thresholds, decimals)


def days_most(days: Days) -> Decimal:
    """The largest lateness in working days."""
    length, amount = days.most
    return rounded(Fraction(amount, length), OF_DAYS)


def days_mean(days: Days, late: int) -> Decimal | None:
    """Of ``late`` dossiers, in working days; None if there is none."""
    if not late:
        return None
    whole = sum((Fraction(amount, length) for length, amount in days.sums), Fraction())
    return rounded(whole / late, OF_DAYS)


def days_late(amount: int, length: int) -> Decimal:
    """``amount`` (working ms) in working days of ``length`` (ms)."""
    return rounded(Fraction(amount, length), OF_DAYS)


def officer_ranked(counts: Counts, thresholds: Thresholds) -> bool:
    """Whether an officer has enough dossiers to be compared with others."""
    return counts.total >= thresholds.officer_from


def unit_ranked(counts: Counts, thresholds: Thresholds) -> bool:
    """Whether a unit has."""
    return counts.total >= thresholds.unit_from


def number_text(number: int | Decimal | None, language: Language = "vi") -> str:
    """1.234,50 in Vietnamese, 1,234.50 in English; the dash for None."""
    if number is None:
        return NONE
    text = f"{number:,}" if isinstance(number, int) else f"{number:,f}"
    return text if language == "en" else text.translate(_SWAPPED)


def rate_text(
    counts: Counts,
    thresholds: Thresholds,
    language: Language = "vi",
    decimals: int = IN_PUBLIC,
) -> str:
    """The number of percent, without the sign."""
    return number_text(rate(counts, thresholds, decimals), language)


def apologies_text(counts: Counts, language: Language = "vi") -> str:
    """Whether citizens were apologised to: for all late ones, for none, or for how many of them."""
    if not counts.late:
        return NONE
    yes, no = ("Có", "Không") if language == "vi" else ("Yes", "No")
    if counts.apologised in (0, counts.late):
        return yes if counts.apologised else no
    return f"{number_text(counts.apologised, language)}/{number_text(counts.late, language)}"


_SWAPPED = str.maketrans(",.", ".,")
