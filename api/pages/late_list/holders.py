"""What a reader sees of a list's rows, by who is charged, with what was said about each case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from api.late_list.leaving import gone_of
from api.late_list.sight import SeenCases
from api.pages.late_list.talk import CaseTalk, talk_of
from dossiers.wire.late_lists import (
    DossierLine,
    ListCore,
    OfficerLine,
    ReceptionLine,
    UnitLine,
)
from dossiers.wire.publications import Case

HolderKey = tuple[str, str]  # unit, officer ("" for the unit itself)


@dataclass(frozen=True)
class ChargedCase:
    """One dossier of a holder. ``amount``: working ms that are charged to the holder, over all
    steps."""

    line: DossierLine
    unit: str
    officer: str
    amount: int
    talk: CaseTalk

    @property
    def case(self) -> Case:
        """As records name it."""
        return Case(self.line.dossier, self.unit, self.officer)


@dataclass(frozen=True)
class CaseHolder:
    """Somebody who is charged, or a unit itself. ``line``: None of a unit's own cases."""

    unit: str
    officer: str
    cases: tuple[ChargedCase, ...]
    line: OfficerLine | None

    def which(self, wanted: Callable[[CaseTalk], bool]) -> tuple[ChargedCase, ...]:
        """The cases about which was said what is wanted."""
        return tuple(each for each in self.cases if wanted(each.talk))

    @cached_property
    def explained(self) -> tuple[ChargedCase, ...]:
        """With an explanation."""
        return self.which(lambda talk: talk.explained is not None)

    @cached_property
    def waiting(self) -> tuple[ChargedCase, ...]:
        """Explained and undecided."""
        return self.which(lambda talk: talk.waits)

    @cached_property
    def accepted(self) -> tuple[ChargedCase, ...]:
        """Which the review takes out."""
        return self.which(lambda talk: talk.verdict == "accepted")


@dataclass(frozen=True)
class MonthPicture:
    """The rows as they were frozen. ``whole``: whether everything is seen; ``dossiers``: those of
    which the reader sees a case, with these cases; ``gone``: those of them that leave the list as
    decided now, whoever's case it was; ``units``: lines by id; ``known``: what has been counted of
    it."""

    core: ListCore
    whole: bool
    officers: tuple[CaseHolder, ...]
    inboxes: Mapping[str, CaseHolder]
    dossiers: tuple[tuple[DossierLine, tuple[ChargedCase, ...]], ...]
    gone: frozenset[str]
    receptions: tuple[ReceptionLine, ...]
    units: Mapping[str, UnitLine]
    known: dict[str, int] = field(default_factory=dict)

    @cached_property
    def holders(self) -> Mapping[HolderKey, CaseHolder]:
        """Everybody who is charged, and units with cases of their own."""
        people = {(each.unit, each.officer): each for each in self.officers}
        return people | {(unit, ""): each for unit, each in self.inboxes.items()}

    @cached_property
    def cases(self) -> tuple[ChargedCase, ...]:
        """All of them."""
        return tuple(case for _, cases in self.dossiers for case in cases)

    def within(self, unit: str) -> frozenset[str]:
        """A unit of the list and those below it."""
        return below(unit, self.core.units)


def below(unit: str, lines: Iterable[UnitLine]) -> frozenset[str]:
    """A unit and those below it in a list."""
    under: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        under[line.parent].append(line.unit)
    found, left = set[str](), [unit]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += under[each]
    return frozenset(found)


def picture_of(seen: SeenCases) -> MonthPicture:
    """Of what somebody may see."""
    dossiers: dict[str, tuple[DossierLine, list[ChargedCase]]] = {}
    of = defaultdict[HolderKey, list[ChargedCase]](list)
    for row in seen.rows:
        talk = talk_of(seen.edition.cases.get(row.case))
        case = ChargedCase(row.line, row.case.unit, row.case.officer, row.amount, talk)
        dossiers.setdefault(row.line.dossier, (row.line, []))[1].append(case)
        of[case.unit, case.officer].append(case)
    officers = tuple(
        CaseHolder(row.unit, row.officer, tuple(of[row.unit, row.officer]), row)
        for row in (each.row for each in seen.index.rows.officers)
        if (row.unit, row.officer) in of
    )
    return MonthPicture(
        core=seen.core,
        whole=seen.whole,
        officers=officers,
        inboxes=_without_line(of, {(each.unit, each.officer) for each in officers}),
        dossiers=tuple((line, tuple(cases)) for line, cases in dossiers.values()),
        gone=gone_of(seen),
        receptions=tuple(
            each.row
            for each in seen.index.rows.receptions
            if seen.whole or each.row.unit in seen.units
        ),
        units={
            line.unit: line for line in seen.core.units if seen.whole or line.unit in seen.units
        },
    )


def _without_line(
    of: Mapping[HolderKey, list[ChargedCase]], named: set[HolderKey]
) -> dict[str, CaseHolder]:
    """What is charged to a unit itself, or to nobody who is known in it."""
    found: dict[str, list[ChargedCase]] = {}
    for key, cases in of.items():
        if key not in named and not key[1]:
            found.setdefault(key[0], []).extend(cases)
    return {unit: CaseHolder(unit, "", tuple(cases), None) for unit, cases in found.items()}
