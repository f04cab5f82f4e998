"""What a correction changed: lines of units and officers, and dossiers, of one edition and the
next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dossiers.wire.late_lists import Counts, ListCore, ListRows, Pair


class CountsChange(NamedTuple):
    """Of an officer, or (``officer`` "") of a unit; ("", "") is the whole. None: not in that
    edition."""

    unit: str
    officer: str
    before: Counts | None
    after: Counts | None


class Differences(NamedTuple):
    """``whole``: None if nothing changed for it. Dossiers, by id in their order: ``added`` and
    ``removed`` as late ones, ``changed``: late in both, and something said of them is another."""

    whole: CountsChange | None
    units: tuple[CountsChange, ...]
    officers: tuple[CountsChange, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return any(self)


def differences(old: tuple[ListCore, ListRows], new: tuple[ListCore, ListRows]) -> Differences:
    """From the core and the rows of two editions of one list, as they were published."""
    whole = CountsChange("", "", old[0].whole, new[0].whole)
    before, after = _dossiers(old[1]), _dossiers(new[1])
    both = before.keys() & after.keys()
    return Differences(
        whole if whole.before != whole.after else None,
        tuple(_changes(_units(old[0]), _units(new[0]))),
        tuple(_changes(_officers(old[1]), _officers(new[1]))),
        tuple(sorted(after.keys() - both)),
        tuple(sorted(before.keys() - both)),
        tuple(sorted(dossier for dossier in both if before[dossier] != after[dossier])),
    )


def _changes(before: Mapping[Pair, Counts], after: Mapping[Pair, Counts]) -> Iterable[CountsChange]:
    for who in sorted(before.keys() | after.keys()):
        if before.get(who) != after.get(who):
            yield CountsChange(*who, before.get(who), after.get(who))


def _units(core: ListCore) -> dict[Pair, Counts]:
    return {(line.unit, ""): line.counts for line in core.units}


def _officers(rows: ListRows) -> dict[Pair, Counts]:
    """Those that are named; a position is no one person's."""
    lines = (one.row for one in rows.officers)
    return {(line.unit, line.officer): line.counts for line in lines if line.officer}


def _dossiers(rows: ListRows) -> dict[str, object]:
    return {one.row.dossier: one.row for one in rows.dossiers}
