"""What a decision would change: for each officer and unit that it is about, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.late_list.sight import SeenCases
from api.publications.case_rows import CaseRow
from dossiers.publication.reasons import relief_of
from dossiers.wire.late_lists import UnitLine
from dossiers.wire.publications import Case


@dataclass(frozen=True)
class Effect:
    """``officer``: "" for the unit with those below it. ``before``, ``after``: its late dossiers,
    with what has been decided so far and with this decision too, of ``total``."""

    unit: str
    officer: str
    total: int
    before: int
    after: int


def effects(seen: SeenCases, accepted: Iterable[Case], reason: str) -> list[Effect]:
    """Of accepting these cases for a reason; of a case that was accepted before, the decision
    before does not count any more. Officers first, each followed by its unit."""
    cases = [case for case in accepted if case in seen.index.by_case]
    decided = {
        state.case: relief_of(state.decision.reason)
        for state in seen.edition.cases.values()
        if state.decision is not None and state.decision.accepted
    }
    now = _Reliefs(decided)
    then = _Reliefs({**decided, **{case: relief_of(reason) for case in cases}})
    holders = dict.fromkeys((case.unit, case.officer) for case in cases if case.officer)
    units = dict.fromkeys(case.unit for case in cases)
    return [
        *(_of_officer(seen, unit, officer, now, then) for unit, officer in holders),
        *(_of_unit(seen, unit, now, then) for unit in units),
    ]


class _Reliefs:
    """By accepted case whom the decision relieves."""

    def __init__(self, found: dict[Case, str | None]) -> None:
        self._holders = {case for case, relief in found.items() if relief == "holder"}
        self._dossiers = {case.dossier for case, relief in found.items() if relief == "unit"}

    def leaves(self, row: CaseRow) -> bool:
        """Whether the dossier leaves the list."""
        return row.case.dossier in self._dossiers

    def spares(self, row: CaseRow) -> bool:
        """Whether this charge is taken off its officer."""
        return self.leaves(row) or row.case in self._holders


def _of_officer(seen: SeenCases, unit: str, officer: str, now: _Reliefs, then: _Reliefs) -> Effect:
    rows = [row for row in seen.index.of((), officer) if row.case.unit == unit and row.amount > 0]
    line = seen.index.officers.get((unit, officer))
    return Effect(
        unit, officer, line.counts.total if line is not None else len(rows),
        sum(not now.spares(row) for row in rows), sum(not then.spares(row) for row in rows),
    )  # fmt: skip


def _of_unit(seen: SeenCases, unit: str, now: _Reliefs, then: _Reliefs) -> Effect:
    lines = {line.unit: line for line in seen.core.units}
    below = {each for each in lines if unit in _above(each, lines)} | {unit}
    rows = {row.case.dossier: row for row in seen.index.of(below, "")}.values()
    line = lines.get(unit)
    return Effect(
        unit, "", line.counts.total if line is not None else len(rows),
        sum(not now.leaves(row) for row in rows), sum(not then.leaves(row) for row in rows),
    )  # fmt: skip


def _above(unit: str, lines: dict[str, UnitLine]) -> set[str]:
    found: set[str] = set()
    while unit and unit not in found:
        found.add(unit)
        line = lines.get(unit)
        unit = line.parent if line is not None else ""
    return found
