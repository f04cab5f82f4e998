"""The rows of a list by what can be explained in them: a dossier, and who is charged with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dossiers.publication.reviewed import cases_of
from dossiers.wire.late_lists import DossierLine, ListCore, ListRows, OfficerLine
from dossiers.wire.publications import Case


@dataclass(frozen=True)
class CaseRow:
    """``amount``: working ms that are charged, over all ``steps``."""

    case: Case
    line: DossierLine
    amount: int
    steps: tuple[str, ...]


class CaseRows:
    """``by_case``: in the order of the rows. ``officers``: lines by (unit, officer); ``holders``:
    how many cases each (unit, officer) has."""

    def __init__(self, rows: ListRows) -> None:
        self.rows = rows
        self.by_case: Mapping[Case, CaseRow] = {
            row.case: row for each in rows.dossiers for row in _cases_of(each.row)
        }
        self.officers: Mapping[tuple[str, str], OfficerLine] = {
            (each.row.unit, each.row.officer): each.row for each in rows.officers
        }
        self.holders: Mapping[tuple[str, str], int] = Counter(
            (case.unit, case.officer) for case in self.by_case
        )
        self._by_unit: dict[str, list[CaseRow]] = {}
        self._by_officer: dict[str, list[CaseRow]] = {}
        for row in self.by_case.values():
            self._by_unit.setdefault(row.case.unit, []).append(row)
            if row.case.officer:
                self._by_officer.setdefault(row.case.officer, []).append(row)

    def of(self, units: Iterable[str], officer: str) -> list[CaseRow]:
        """Those charged to one of the units or in it, and those charged to the officer."""
        found = {row.case: row for unit in units for row in self._by_unit.get(unit, ())}
        found.update({row.case: row for row in self._by_officer.get(officer, ())})
        return list(found.values())

    @property
    def units(self) -> frozenset[str]:
        """Units that something is charged to."""
        return frozenset(self._by_unit)


def _cases_of(line: DossierLine) -> Iterator[CaseRow]:
    """A charge for each step becomes one for each holder, beside the one of the unit as such."""
    for case in cases_of(line):
        charges = [
            charge
            for charge in line.charges
            if charge.unit == case.unit and case.officer in ("", charge.officer)
        ]
        steps = tuple(dict.fromkeys(charge.step for charge in charges))
        yield CaseRow(case, line, sum(charge.amount for charge in charges), steps)


def units_within(core: ListCore, roots: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """``known`` units (of now), and those that the list has below ``roots``: units that are no more
    stay somebody's."""
    tops = frozenset(roots)
    parents = {line.unit: line.parent for line in core.units}

    def is_below(unit: str) -> bool:
        seen: set[str] = set()
        while unit and unit not in seen:
            if unit in tops:
                return True
            seen.add(unit)
            unit = parents.get(unit, "")
        return False

    return known | tops | frozenset(unit for unit in parents if is_below(unit))
