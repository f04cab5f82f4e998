"""What is called how in one list: units, procedures, steps, officers by the policy of names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from zoneinfo import ZoneInfo

from documents.late_list.data import Paper
from documents.late_list.words import MARKS
from dossiers.publication.reasons import reason_words
from dossiers.wire.late_lists import Charge, DossierLine, OfficerLine


class Mentions:
    """Of ``paper``."""

    def __init__(self, paper: Paper) -> None:
        core = paper.core
        self.core, self.rows = core, paper.rows
        self.zone = ZoneInfo(core.timezone)
        self._units = dict(core.unit_names)
        self._procedures = dict(core.procedure_names)
        self._steps = dict(core.step_names)
        self.parents = {line.unit: line.parent for line in core.units}
        named = paper.sheet.officers if paper.sheet and core.names == "name" else ()
        self._officers = {each.officer: each for each in named}

    @property
    def month(self) -> str:
        """In words."""
        return f"tháng {int(self.core.month[5:])} năm {self.core.month[:4]}"

    def unit(self, unit: str) -> str:
        """By name."""
        return self._units.get(unit) or unit

    def place(self, unit: str) -> str:
        """A unit, and the one above it."""
        parent = self.parents.get(unit, "")
        above = f", {self.unit(parent)}" if parent and self.parents.get(parent) else ""
        return f"{self.unit(unit)}{above}"

    def procedure(self, procedure: str) -> str:
        """By name."""
        return self._procedures.get(procedure) or procedure

    def step(self, step: str) -> str:
        """By name."""
        return self._steps.get(step) or step

    def officer(self, officer: str) -> str:
        """By name; "" where names are not published."""
        named = self._officers.get(officer)
        return (named.name or officer) if named else ""

    def position(self, line: OfficerLine) -> str:
        """Of an officer."""
        named = self._officers.get(line.officer)
        return named.position if named else line.position

    def reason(self, code: str, step: str = "") -> str:
        """What was said, else at which step the time was lost."""
        if code:
            return reason_words(code)
        return f"Chậm ở bước {self.step(step)}" if step else ""

    def holder(self, charge: Charge) -> str:
        """Whom a charge falls on."""
        return self.officer(charge.officer) or self.unit(charge.unit)

    @cached_property
    def charged(self) -> dict[tuple[str, str], list[tuple[DossierLine, Charge]]]:
        """Dossiers with a charge, by unit and officer."""
        found: dict[tuple[str, str], list[tuple[DossierLine, Charge]]] = {}
        for sealed in self.rows.dossiers:
            for charge in sealed.row.charges:
                key = (charge.unit, charge.officer)
                found.setdefault(key, []).append((sealed.row, charge))
        return found


def marks_text(row: DossierLine) -> str:
    """What a reader must know of a dossier."""
    earlier = (f"đã nêu ở danh sách {months_text(row.listed_in)}",) if row.listed_in else ()
    text = "; ".join((*(MARKS[mark] for mark in row.marks), *earlier))
    return text[:1].upper() + text[1:]


def months_text(months: Iterable[str]) -> str:
    """2026-10 is tháng 10/2026."""
    return "tháng " + ", ".join(f"{int(month[5:])}/{month[:4]}" for month in months)
