"""The table of units: rows that add up to the whole, whatever is cut off."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from api.public.opened import OpenedEdition, added
from dossiers.wire.late_lists import Counts, Days, UnitLine

FIRST = 12  # units on the first page
Kind = Literal["unit", "rest", "several", "whole"]


@dataclass(frozen=True)
class UnitRow:
    """``kind``: a unit; those that are cut off, together; what the units count more than once, or
    what counts for none of them; all. ``number``: in the table, no rank; 0 for none. ``depth``:
    below how many units of the table. ``units``: how many it stands for. ``days`` is None where
    there is none to say."""

    kind: Kind
    counts: Counts
    days: Days | None
    unit: str = ""
    number: int = 0
    depth: int = 0
    units: int = 1
    corrected: bool = False


@dataclass(frozen=True)
class UnitTable:
    """``rows`` in order; ``units``: how many there are in all; ``cut``: how many are not shown."""

    rows: tuple[UnitRow, ...]
    units: int
    cut: int


def unit_table(
    opened: OpenedEdition,
    *,
    root: str = "",
    chosen: tuple[UnitLine, ...] | None = None,
    start: int = 0,
    most: int = FIRST,
    deep: bool = False,
    corrected: Collection[str] = (),
) -> UnitTable:
    """Units of a list. ``root``: those below this one, which is the whole then. ``chosen``: these
    alone, as a search found them. ``start``, ``most``: which of them are shown; ``deep``: with
    those below."""
    all_ = opened.below.get(root, ()) if root else opened.tops
    tops = all_ if chosen is None else chosen
    whole = opened.lines[root] if root else None
    cut = len(tops) - len(tops[start : start + most])
    if cut == 1 and start == 0:  # one more row says more than a row for one more
        most, cut = most + 1, 0
    shown = tops[start : start + most]
    rows: list[UnitRow] = []
    for number, line in enumerate(shown, start + 1):
        rows.append(_row(line, number, 0, corrected))
        if deep:
            rows += _inside(opened, line, 1, corrected)
    if chosen is not None:  # some of them, at any depth: they need not add up to anything
        return UnitTable(tuple(rows), len(tops), cut)
    kept = {line.unit for line in shown}
    rest = tuple(line for line in all_ if line.unit not in kept)
    if rest:
        rows.append(UnitRow("rest", *added(rest), units=len(rest)))
    counts = whole.counts if whole else opened.core.whole
    days = whole.days if whole else opened.core.days
    if all_ and (over := _difference(counts, added(all_)[0])) is not None:
        rows.append(UnitRow("several", over, None, units=0))
    rows.append(UnitRow("whole", counts, days, unit=root, units=len(all_)))
    return UnitTable(tuple(rows), len(tops), cut)


def _row(line: UnitLine, number: int, depth: int, corrected: Collection[str]) -> UnitRow:
    return UnitRow(
        "unit", line.counts, line.days, line.unit, number, depth, corrected=line.unit in corrected
    )


def _inside(
    opened: OpenedEdition, above: UnitLine, depth: int, corrected: Collection[str]
) -> Iterator[UnitRow]:
    """Units below one, each before those below it; their counts stand in its own."""
    for line in opened.below.get(above.unit, ()):
        yield _row(line, 0, depth, corrected)
        yield from _inside(opened, line, depth + 1, corrected)


def _difference(whole: Counts, sums: Counts) -> Counts | None:
    """What has to be added to the units to make the whole: less than zero where dossiers count for
    several of them; None if nothing."""
    found = Counts(
        total=whole.total - sums.total,
        late=whole.late - sums.late,
        done=whole.done - sums.done,
        open=whole.open - sums.open,
        zero=whole.zero - sums.zero,
        repeated=whole.repeated - sums.repeated,
        apologised=whole.apologised - sums.apologised,
        late_receptions=whole.late_receptions - sums.late_receptions,
        unmatched=whole.unmatched - sums.unmatched,
    )
    told = (found.total, found.late, found.done, found.open, found.apologised)
    return found if any(told) else None


def changed_units(before: OpenedEdition, after: OpenedEdition) -> tuple[tuple[str, int, int], ...]:
    """Units whose lates a correction changed: (id, before, after), the innermost ones, most changed
    first."""
    late = {
        unit: (
            before.lines[unit].counts.late if unit in before.lines else 0,
            after.lines[unit].counts.late if unit in after.lines else 0,
        )
        for unit in {*before.lines, *after.lines}
    }
    changed = {unit for unit, (old, new) in late.items() if old != new}
    lines = {**before.lines, **after.lines}
    above = {lines[unit].parent for unit in changed}
    inner = sorted(changed - above, key=lambda unit: (-abs(late[unit][1] - late[unit][0]), unit))
    return tuple((unit, *late[unit]) for unit in inner)


def differing(before: OpenedEdition, after: OpenedEdition) -> frozenset[str]:
    """Units of the later edition of which any figure differs."""
    return frozenset(
        line.unit
        for line in after.core.units
        if (old := before.lines.get(line.unit)) is None
        or (old.counts, old.days) != (line.counts, line.days)
    )
