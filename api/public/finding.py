"""Which rows of a list a search and a unit leave, by their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.public.asking import Asking
from api.public.opened import OpenedEdition, matches
from api.search.plain import plain
from dossiers.wire.late_lists import UnitLine


@dataclass(frozen=True)
class RowsFound:
    """Places of rows, in order. ``units``: lines, None for all of them."""

    units: tuple[UnitLine, ...] | None
    officers: Sequence[int]
    dossiers: Sequence[int]
    receptions: Sequence[int]
    excluded: Sequence[int]


def found_in(opened: OpenedEdition, asking: Asking) -> RowsFound:
    """What of a list is asked for. A unit means those below it, too; of dossiers, those that it is
    charged with."""
    units = opened.under(asking.unit) if asking.unit else None
    words = plain(asking.q).split()
    rows, sought = opened.rows, opened.sought

    def places(texts: list[str], within: Callable[[int], bool]) -> Sequence[int]:
        if units is None and not words:
            return range(len(texts))
        return [
            place
            for place, text in enumerate(texts)
            if matches(text, words) and (units is None or within(place))
        ]

    def of(unit: str) -> bool:
        return units is None or unit in units

    return RowsFound(
        units=_units(opened, words, asking.unit) if words else None,
        officers=places(sought.officers, lambda place: of(opened.officers[place].unit)),
        dossiers=places(
            sought.dossiers,
            lambda place: any(of(charge.unit) for charge in opened.dossiers[place].charges),
        ),
        receptions=places(sought.receptions, lambda place: of(rows.receptions[place].row.unit)),
        excluded=places(sought.excluded, lambda place: of(rows.excluded[place].row.unit)),
    )


def _units(opened: OpenedEdition, words: list[str], root: str) -> tuple[UnitLine, ...]:
    under = opened.under(root) - {root} if root else opened.lines.keys()
    found = (opened.lines[unit] for unit, text in opened.sought.units.items()
             if unit in under and matches(text, words))  # fmt: skip
    return tuple(sorted(found, key=lambda line: (-line.counts.late, line.unit)))
