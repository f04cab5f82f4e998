"""What a decision would change, before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from api.pages.late_list.holders import CaseHolder, ChargedCase, MonthPicture
from dossiers.wire.late_lists import Counts, Relief


@dataclass(frozen=True)
class CountChange:
    """Late dossiers before and after; ``frozen``: what was counted at the freeze."""

    before: int
    after: int
    frozen: Counts

    def counts(self, late: int) -> Counts:
        """With so many late ones."""
        return replace(self.frozen, late=late)

    @property
    def total(self) -> int:
        """Of how many."""
        return self.frozen.total

    @property
    def same(self) -> bool:
        """Whether nothing changes."""
        return self.before == self.after


@dataclass(frozen=True)
class DecisionEffect:
    """Of accepting ``picked`` cases of ``decided``: for the officer (None of a unit's own cases)
    and for the unit."""

    picked: int
    decided: int
    officer: CountChange | None
    unit: CountChange


def effect_of(
    picture: MonthPicture,
    holder: CaseHolder,
    decided: Iterable[ChargedCase],
    picked: Set[str],
    relief: Relief | Literal[""],
) -> DecisionEffect:
    """Compared with what is decided now. ``picked``: dossiers of ``decided`` that are accepted, the
    others are not; ``relief``: whom that relieves."""
    cases = tuple(decided)
    chosen = {case.line.dossier for case in cases if case.line.dossier in picked}
    touched = {case.line.dossier for case in cases}
    return DecisionEffect(
        picked=len(chosen),
        decided=len(cases),
        officer=_officer(picture, holder, touched, chosen if relief else set()),
        unit=_unit(picture, holder, cases, chosen if relief == "unit" else set()),
    )


def relieved_units(picture: MonthPicture) -> frozenset[str]:
    """Dossiers that leave the list as decided now."""
    return frozenset(
        case.line.dossier
        for case in picture.cases
        if case.talk.verdict == "accepted" and case.talk.relief == "unit"
    )


def relieved_of(picture: MonthPicture, holder: CaseHolder) -> frozenset[str]:
    """Dossiers that are no longer charged to somebody, as decided now."""
    gone = relieved_units(picture)
    return frozenset(
        case.line.dossier
        for case in holder.cases
        if case.line.dossier in gone or (case.talk.verdict == "accepted" and case.talk.relief)
    )


def _officer(
    picture: MonthPicture, holder: CaseHolder, touched: Set[str], chosen: Set[str]
) -> CountChange | None:
    if holder.line is None:
        return None
    counts, now = holder.line.counts, relieved_of(picture, holder)
    after = (now - touched) | chosen
    return CountChange(counts.late - len(now), counts.late - len(after), counts)


def _unit(
    picture: MonthPicture, holder: CaseHolder, cases: Iterable[ChargedCase], chosen: Set[str]
) -> CountChange:
    """Of the unit with those below it."""
    line, inside = picture.units[holder.unit], picture.within(holder.unit)
    gone = relieved_units(picture)
    own = {
        row.dossier
        for row, charged in picture.dossiers
        if row.dossier in (gone | chosen) and any(each.unit in inside for each in charged)
    }
    by_these = {
        case.line.dossier
        for case in cases
        if case.talk.verdict == "accepted" and case.talk.relief == "unit"
    }
    before = own & gone
    after = ((own & gone) - by_these) | chosen
    counts = line.counts
    return CountChange(counts.late - len(before), counts.late - len(after), counts)
