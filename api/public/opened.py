"""An edition with its files read: names, places in the tree of units, and what can be searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from api.public.published import PublishedEdition
from api.search.plain import plain
from dossiers.wire.late_lists import (
    Counts,
    Days,
    DossierLine,
    ListCore,
    ListRows,
    NameSheet,
    OfficerLine,
    OfficerName,
    UnitLine,
)


@dataclass(frozen=True)
class OpenedEdition:
    """``sheet``: None where nobody is named, or not any more. Everything that is looked up often is
    made once."""

    edition: PublishedEdition
    core: ListCore
    rows: ListRows
    sheet: NameSheet | None

    @cached_property
    def lines(self) -> Mapping[str, UnitLine]:
        """Of units, by id."""
        return {line.unit: line for line in self.core.units}

    @cached_property
    def below(self) -> Mapping[str, tuple[UnitLine, ...]]:
        """Lines by the unit above them, "" for those that have none in the list; most late first,
        then by name: of units alone, never of people."""
        found: dict[str, list[UnitLine]] = {}
        for line in self.core.units:
            found.setdefault(line.parent if line.parent in self.lines else "", []).append(line)
        return {parent: tuple(sorted(each, key=self._place)) for parent, each in found.items()}

    def _place(self, line: UnitLine) -> tuple[int, int, str]:
        return -line.counts.late, -line.counts.total, plain(self.unit_name(line.unit))

    @cached_property
    def tops(self) -> tuple[UnitLine, ...]:
        """The units that the whole is first divided into: one that is all of it is passed by."""
        found = self.below.get("", ())
        while len(found) == 1 and self.below.get(found[0].unit):
            found = self.below[found[0].unit]
        return found

    @cached_property
    def unit_names(self) -> Mapping[str, str]:
        """By id."""
        return dict(self.core.unit_names)

    @cached_property
    def procedure_names(self) -> Mapping[str, str]:
        """By id."""
        return dict(self.core.procedure_names)

    @cached_property
    def step_names(self) -> Mapping[str, str]:
        """By id."""
        return dict(self.core.step_names)

    @cached_property
    def people(self) -> Mapping[str, OfficerName]:
        """By officer's id; nobody where names are not published, or not any more."""
        return {each.officer: each for each in self.sheet.officers} if self.sheet else {}

    @cached_property
    def officers(self) -> tuple[OfficerLine, ...]:
        """In their published order: by unit, then by name."""
        return tuple(sealed.row for sealed in self.rows.officers)

    @cached_property
    def dossiers(self) -> tuple[DossierLine, ...]:
        """In their published order."""
        return tuple(sealed.row for sealed in self.rows.dossiers)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Of each late dossier, its place among the rows."""
        return {row.dossier: place for place, row in enumerate(self.dossiers)}

    @cached_property
    def sought(self) -> Sought:
        """What a search looks in."""
        return Sought(self)

    def unit_name(self, unit: str) -> str:
        """Its name, else its id."""
        return self.unit_names.get(unit) or unit

    def under(self, unit: str) -> frozenset[str]:
        """A unit and every one below it in the list."""
        found: set[str] = set()
        left = [unit]
        while left:
            each = left.pop()
            if each not in found:
                found.add(each)
                left += [line.unit for line in self.below.get(each, ())]
        return frozenset(found)

    def trail(self, unit: str) -> tuple[str, ...]:
        """The units above one, outermost first."""
        found: list[str] = []
        line = self.lines.get(unit)
        while line is not None and line.parent in self.lines and line.parent not in found:
            found.insert(0, line.parent)
            line = self.lines[line.parent]
        return tuple(found)


class Sought:
    """The words of each row, in small letters without diacritics, in the order of the rows."""

    def __init__(self, opened: OpenedEdition) -> None:
        self.units = {
            line.unit: plain(f"{opened.unit_name(line.unit)} {line.unit}")
            for line in opened.core.units
        }
        people = opened.people
        self.officers = [plain(_called(row, people)) for row in opened.officers]
        self.dossiers = [plain(row.dossier) for row in opened.dossiers]
        self.receptions = [plain(sealed.row.dossier) for sealed in opened.rows.receptions]
        self.excluded = [plain(sealed.row.dossier) for sealed in opened.rows.excluded]


def _called(row: OfficerLine, people: Mapping[str, OfficerName]) -> str:
    one = people.get(row.officer)
    return f"{one.name} {one.position} {row.officer}" if one else f"{row.position} {row.officer}"


def matches(text: str, words: list[str]) -> bool:
    """Whether every word of a search begins a word of ``text``, or stands in an id."""
    padded = f" {text}"
    return all(f" {word}" in padded or (any(map(str.isdigit, word)) and word in text)
               for word in words)  # fmt: skip


def added(lines: tuple[UnitLine, ...]) -> tuple[Counts, Days]:
    """Lines as one: what they count together, a dossier of several of them several times."""
    counts = Counts(
        total=sum(line.counts.total for line in lines),
        late=sum(line.counts.late for line in lines),
        done=sum(line.counts.done for line in lines),
        open=sum(line.counts.open for line in lines),
        zero=sum(line.counts.zero for line in lines),
        repeated=sum(line.counts.repeated for line in lines),
        apologised=sum(line.counts.apologised for line in lines),
        late_receptions=sum(line.counts.late_receptions for line in lines),
        unmatched=sum(line.counts.unmatched for line in lines),
        excluded=sum(line.counts.excluded for line in lines),
    )
    sums: dict[int, int] = {}
    most = (1, 0)
    for line in lines:
        for length, amount in line.days.sums:
            sums[length] = sums.get(length, 0) + amount
        if line.days.most[1] * most[0] > most[1] * line.days.most[0]:
            most = line.days.most
    return counts, Days(sums=tuple(sorted(sums.items())), most=most)
