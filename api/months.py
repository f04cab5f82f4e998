"""In which months of table dossiers_by_end the dossiers are that a question asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Months(NamedTuple):
    """Places in table dossiers_by_end: of what has ended, ``first`` to ``last`` (yyyymm), and
    always what is open."""

    first: int = 0
    last: int = 999_912

    def __str__(self) -> str:
        if self == EVER:
            return "1"
        if self.first > self.last:
            return "d.unsettled"
        return f"(d.unsettled OR d.end_month BETWEEN {self.first} AND {self.last})"

    def within(self, other: Months) -> Months:
        """Those that both have."""
        return Months(max(self.first, other.first), min(self.last, other.last))

    @classmethod
    def of_any(cls, several: Iterable[Months]) -> Months:
        """Those that any of ``several`` has, and what lies between."""
        found = [months for months in several if months.first <= months.last]
        if not found:
            return OPEN_ONLY
        return cls(min(each.first for each in found), max(each.last for each in found))


EVER = Months()
OPEN_ONLY = Months(EVER.last, EVER.first)
