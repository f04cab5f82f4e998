"""What a decision would change, before it is made: counts of everyone it touches.

What is late is a sum over dossiers: what a review takes off is counted from its rulings alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from dossiers.publication.figures import AT_DESKS, share
from dossiers.publication.lines import Totals, charged_officers, parents_of, totals_of
from dossiers.publication.relieving import Relieved, relieved_rows
from dossiers.publication.reviewed import Reviewed
from dossiers.wire.late_lists import DossierLine, ListCore, ListRows, Pair, Thresholds
from dossiers.wire.publications import Case


class Touched(NamedTuple):
    """An officer, or (``officer`` "") a unit; ("", "") is the whole. ``before``, ``after``: what is
    late of ``total`` without the decision and with it."""

    unit: str
    officer: str
    total: int
    before: int
    after: int

    def rates(
        self, thresholds: Thresholds, decimals: int = AT_DESKS
    ) -> tuple[Decimal | None, Decimal | None]:
        """In percent, before and after; None below the volume from which on there is a rate."""
        before = share(self.before, self.total, thresholds, decimals)
        return before, share(self.after, self.total, thresholds, decimals)


class Effect(NamedTuple):
    """``units`` and ``officers``: those charged with a dossier of which something is decided anew,
    whether their figures change or not; units with those above them. By unit, then officer."""

    whole: Touched
    units: tuple[Touched, ...]
    officers: tuple[Touched, ...]


def effect_of(core: ListCore, rows: ListRows, before: Reviewed, after: Reviewed) -> Effect:
    """From the frozen files: what becomes of the list if ``after`` is the review, not ``before``
    (dossiers.publication.reviewed)."""
    ruled = {case.dossier for case in (*before.relieved, *after.relieved)}
    anew = {case.dossier for case in _changed(before, after)}
    held = [one.row for one in rows.dossiers if one.row.dossier in ruled]
    counting = _Counting(core, rows)
    without = counting.after(held, before)
    decided = counting.after(held, after)
    officers, units = _touched((row for row in held if row.dossier in anew), counting)
    return Effect(
        counting.touched(("", ""), without, decided),
        tuple(counting.touched((unit, ""), without, decided) for unit in sorted(units)),
        tuple(counting.touched(who, without, decided) for who in sorted(officers)),
    )


def _changed(before: Reviewed, after: Reviewed) -> Iterable[Case]:
    cases = before.relieved.keys() | after.relieved.keys()
    return (case for case in cases if before.relieved.get(case) != after.relieved.get(case))


def _touched(rows: Iterable[DossierLine], counting: _Counting) -> tuple[set[Pair], set[str]]:
    officers: set[Pair] = set()
    units: set[str] = set()
    for row in rows:
        officers |= {who for who in charged_officers(row) if who in counting.totals.officers}
        units |= {unit for charge in row.charges for unit in counting.upwards(charge.unit)}
    return officers, units


class _Counting:
    """Late ones of the frozen list, and how many fewer they are after a review."""

    def __init__(self, core: ListCore, rows: ListRows) -> None:
        people = [one.row for one in rows.officers]
        self.totals: Totals = totals_of(core.whole, core.units, people)
        self._parents = parents_of(core.units)
        self._frozen: dict[Pair, int] = {("", ""): core.whole.late}
        self._frozen |= {(line.unit, ""): line.counts.late for line in core.units}
        self._frozen |= {(line.unit, line.officer): line.counts.late for line in people}

    def after(self, rows: Iterable[DossierLine], found: Reviewed) -> dict[Pair, int]:
        """Late ones after this review. ``rows``: every one of which it rules anything."""
        gone = Counter(who for each in relieved_rows(rows, found) for who in self._freed(each))
        return {who: late - gone[who] for who, late in self._frozen.items()}

    def _freed(self, each: Relieved) -> Iterable[Pair]:
        """For whom a row counts no more; it counts for each once."""
        if each.row is not None:
            return {(case.unit, case.officer) for case, _ in each.rulings}
        units = {unit for charge in each.frozen.charges for unit in self.upwards(charge.unit)}
        return {("", ""), *((unit, "") for unit in units), *charged_officers(each.frozen)}

    def touched(self, who: Pair, before: dict[Pair, int], after: dict[Pair, int]) -> Touched:
        """One line of the effect."""
        unit, officer = who
        if officer:
            total = self.totals.officers[who]
        else:
            total = self.totals.units[unit] if unit else self.totals.whole
        return Touched(unit, officer, total, before[who], after[who])

    def upwards(self, unit: str) -> Iterable[str]:
        """A unit and those above it, as far as the list has them."""
        seen: set[str] = set()
        at: str | None = unit
        while at is not None and at not in seen:
            seen.add(at)
            if at in self.totals.units:
                yield at
            at = self._parents.get(at)
