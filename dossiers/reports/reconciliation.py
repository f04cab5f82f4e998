"""Dossiers seen here against the count of somebody else: the portal, or a one-stop system.

By law every dossier belongs in the figures, so a count that is lower here means dossiers that
never arrived, and a higher one dossiers that the other side does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Seen(NamedTuple):
    """Dossiers of one unit in one month: received, and processed to the end."""

    received: int = 0
    finished: int = 0


class Counted(NamedTuple):
    """What the other side counts in ``month`` (YYYY-MM) for ``unit`` and the units below it; None
    if it does not say."""

    unit: str
    month: str
    received: int | None
    finished: int | None


class Figure(NamedTuple):
    """``missing``: counted there and not seen here; ``surplus``: the reverse."""

    seen: int
    counted: int | None
    missing: int = 0
    surplus: int = 0


class Line(NamedTuple):
    unit: str
    month: str
    received: Figure
    finished: Figure

    @property
    def differs(self) -> bool:
        return any(f.missing or f.surplus for f in (self.received, self.finished))


class Uncounted(NamedTuple):
    """A unit with dossiers in a month for which nobody gave a count, nor for a unit above it."""

    unit: str
    month: str
    received: int
    finished: int


class Comparison(NamedTuple):
    """``lines``: in the order of the counts. ``uncounted`` is no difference: the other side may
    count a part of the units only."""

    lines: tuple[Line, ...]
    uncounted: tuple[Uncounted, ...]


def with_ancestors(
    seen: Mapping[tuple[str, str], Seen], above: Callable[[str], Iterable[str]]
) -> dict[tuple[str, str], Seen]:
    """Counts by (unit, month), each also in every unit ``above`` its own."""
    sums: dict[tuple[str, str], Seen] = {}
    for (unit, month), own in seen.items():
        for name in (unit, *above(unit)):
            so_far = sums.get((name, month), Seen())
            sums[name, month] = Seen(so_far.received + own.received, so_far.finished + own.finished)
    return sums


def compare(
    counted: Sequence[Counted],
    seen: Mapping[tuple[str, str], Seen],
    above: Callable[[str], Iterable[str]],
) -> Comparison:
    """``seen``: by each dossier's own unit, and month. ``above``: the units above one."""
    sums = with_ancestors(seen, above)
    lines = []
    for count in counted:
        here = sums.get((count.unit, count.month), Seen())
        lines.append(
            Line(
                count.unit,
                count.month,
                _figure(here.received, count.received),
                _figure(here.finished, count.finished),
            )
        )
    given = {(count.unit, count.month) for count in counted}
    uncounted = tuple(
        Uncounted(unit, month, *here)
        for (unit, month), here in sorted(seen.items())
        if not any((name, month) in given for name in (unit, *above(unit)))
    )
    return Comparison(tuple(lines), uncounted)


def _figure(seen: int, counted: int | None) -> Figure:
    if counted is None:
        return Figure(seen, None)
    return Figure(seen, counted, max(0, counted - seen), max(0, seen - counted))
