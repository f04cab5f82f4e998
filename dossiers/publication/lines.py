"""The lines of officers and units, counted from the rows of dossiers.

The freeze counts with it, and so does the list that follows from it after the review; whatever is
shown of either was counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dossiers.publication.summing import Summing
from dossiers.reference.context import UNKNOWN
from dossiers.wire.late_lists import (
    Charge,
    Counts,
    Days,
    DossierLine,
    OfficerLine,
    Pair,
    ReceptionLine,
    UnitLine,
)
from dossiers.wire.publications import Case

NOBODY = ("", UNKNOWN)  # no officer's id: a unit's inbox, a name that nobody could match
Said = Mapping[Case, str]  # codes of reasons, of an officer's or unit's case


class Totals(NamedTuple):
    """Dossiers held in the month, or charged in its list. ``units``: of each unit of the scope with
    those below it; ``officers``: by (unit, officer)."""

    whole: int
    units: Mapping[str, int]
    officers: Mapping[Pair, int]


class LateLines(NamedTuple):
    """``units`` by id, ``officers`` by unit, then id."""

    whole: Counts
    days: Days
    units: tuple[UnitLine, ...]
    officers: tuple[OfficerLine, ...]


def lines_of(
    dossiers: Iterable[DossierLine],
    receptions: Iterable[ReceptionLine],
    totals: Totals,
    parents: Mapping[str, str],
    said: Said | None = None,
) -> LateLines:
    """Every unit of ``totals``, late or not, and every officer with a charge.

    A unit of a charge that ``totals`` does not know lies outside the scope and is not counted.
    ``parents``: of every unit of the scope that has one. ``said``: reasons that count for one
    charged, instead of those of the dossier's row.
    """
    counting = _Counting(totals, parents, said or {})
    for row in dossiers:
        counting.take(row)
    for reception in receptions:
        counting.receive(reception.unit)
    return counting.lines()


def totals_of(whole: Counts, units: Iterable[UnitLine], officers: Iterable[OfficerLine]) -> Totals:
    """As a list has them that was counted before."""
    return Totals(
        whole.total,
        {line.unit: line.counts.total for line in units},
        {(line.unit, line.officer): line.counts.total for line in officers},
    )


def parents_of(units: Iterable[UnitLine]) -> dict[str, str]:
    """Of the units of a list."""
    return {line.unit: line.parent for line in units if line.parent}


def charged_officers(row: DossierLine) -> dict[Pair, list[Charge]]:
    """The charges (working ms, > 0) of every known officer, by (unit, officer)."""
    found: dict[Pair, list[Charge]] = {}
    for charge in row.charges:
        if charge.amount and charge.officer not in NOBODY:
            found.setdefault((charge.unit, charge.officer), []).append(charge)
    return found


class _Counting:
    def __init__(self, totals: Totals, parents: Mapping[str, str], said: Said) -> None:
        self._totals, self._parents, self._said = totals, parents, said
        self._whole = Summing()
        self._units = {unit: Summing() for unit in totals.units}
        self._officers: dict[Pair, Summing] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    def take(self, row: DossierLine) -> None:
        """One late dossier, if somebody of the scope is charged with it."""
        within = [charge for charge in row.charges if charge.unit in self._totals.units]
        if not within:
            return
        self._whole.take(row, within, row.reason)
        for unit, charges in self._by_unit(within).items():
            said = self._said.get(Case(row.dossier, unit), row.reason)
            self._units[unit].take(row, charges, said)
        for who, charges in charged_officers(row).items():
            if who[0] in self._totals.units:
                said = self._said.get(Case(row.dossier, *who), row.reason)
                self._officers.setdefault(who, Summing()).take(row, charges, said)

    def receive(self, unit: str) -> None:
        """One that was received too late."""
        for each in self._upwards(unit):
            self._units[each].late_receptions += 1
        self._whole.late_receptions += unit in self._totals.units

    def _by_unit(self, charges: Iterable[Charge]) -> dict[str, list[Charge]]:
        found: dict[str, list[Charge]] = {}
        for charge in charges:
            for unit in self._upwards(charge.unit):
                found.setdefault(unit, []).append(charge)
        return found

    def _upwards(self, unit: str) -> tuple[str, ...]:
        """A unit and those above it, as far as they are of the scope."""
        found = self._lines.get(unit)
        if found is None:
            found = self._lines[unit] = tuple(self._walk(unit))
        return found

    def _walk(self, unit: str) -> Iterator[str]:
        seen: set[str] = set()
        at: str | None = unit
        while at is not None and at not in seen:  # a circle in the data ends the walk
            if at in self._totals.units:
                yield at
            seen.add(at)
            at = self._parents.get(at)

    def lines(self) -> LateLines:
        """Everything that was counted."""
        totals = self._totals
        units = (self._unit(unit) for unit in sorted(self._units))
        officers = (self._officer(who) for who in sorted(self._officers))
        return LateLines(
            self._whole.counts(totals.whole), self._whole.days(), tuple(units), tuple(officers)
        )

    def _unit(self, unit: str) -> UnitLine:
        sums = self._units[unit]
        return UnitLine(
            unit=unit,
            parent=next(iter(self._upwards(unit)[1:]), ""),
            counts=sums.counts(self._totals.units[unit]),
            days=sums.days(),
            step=sums.step(),
            reason=sums.reason(),
        )

    def _officer(self, who: Pair) -> OfficerLine:
        sums = self._officers[who]
        return OfficerLine(
            unit=who[0],
            officer=who[1],
            counts=sums.counts(self._totals.officers[who]),
            days=sums.days(),
            step=sums.step(),
            reason=sums.reason(),
        )
