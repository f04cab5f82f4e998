"""Whose hours, as a table that adds up as it is shown.

Limits, what was used and the running slack are in hours with one decimal, or two where one would
not be exact. What is rounded are the sums up to every line, not the lines: so each line's slack is
the one before plus its limit less what it used, and the lines add up to the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from dossiers.reports.attribution import Attribution
from dossiers.reports.wording import shown
from dossiers.time.hours import HOUR

Kind = Literal["holding", "surplus", "unassigned", "skipped"]


@dataclass(frozen=True)
class LedgerLine:
    """One line. ``limit``, ``used``, ``slack`` (after it) and ``arising`` are counts of
    ``Ledger.unit``; ``charge``: working ms, whole minutes. ``limit`` is None without step data.
    ``kind``: ``surplus`` is what the legal limit has beyond the steps' limits, ``unassigned`` a due
    time that was gone before the reception, ``skipped`` the limits of steps that were not taken.
    """

    kind: Kind
    limit: int | None
    used: int
    slack: int
    arising: int
    charge: int


@dataclass(frozen=True)
class Ledger:
    """``unit``: working ms of which the amounts are counts; ``decimals`` of an hour: 1 or 2.
    ``total``: the sum of ``lines``; its slack is the last one's. ``late``: working ms, whole
    minutes, the sum of the charges."""

    unit: int
    lines: tuple[LedgerLine, ...]
    total: LedgerLine
    late: int

    @property
    def decimals(self) -> int:
        return 1 if self.unit == HOUR // 10 else 2

    @property
    def holdings(self) -> tuple[LedgerLine, ...]:
        """The lines of the holdings, in order."""
        return tuple(line for line in self.lines if line.kind == "holding")


def ledger_of(found: Attribution) -> Ledger:
    """The table of an attribution that has at least one part."""
    amounts = [(p.limit or 0, p.used) for p in found.parts]
    before = found.parts[0].slack - (found.parts[0].limit or 0) + found.parts[0].used
    gone = sum(found.skipped.values())
    steps: list[tuple[Kind, int, int, int]] = []
    if before:
        steps.append(("surplus" if before > 0 else "unassigned", before, 0, 0))
    steps += [("holding", limit, used, i) for i, (limit, used) in enumerate(amounts)]
    if gone:
        steps.append(("skipped", gone, 0, 0))
    unit = _unit_of([*(n for _, limit, used, _ in steps for n in (limit, used))])
    unassigned, *charges = shown([found.unassigned, *(p.charge for p in found.parts)])
    lines: list[LedgerLine] = []
    limits = _telescoped([limit for _, limit, _, _ in steps], unit)
    useds = _telescoped([used for _, _, used, _ in steps], unit)
    slack = 0
    for (kind, _, _, place), given, used in zip(steps, limits, useds, strict=True):
        before, slack = slack, slack + given - used
        charge = unassigned if kind == "unassigned" else 0
        told: int | None = given
        if kind == "holding":
            charge = charges[place]
            told = None if found.parts[place].limit is None else given
        arising = max(0, -slack) - max(0, -before)
        lines.append(LedgerLine(kind, told, used, slack, arising, charge))
    return Ledger(unit, tuple(lines), _total(lines), sum(line.charge for line in lines))


def _total(lines: Sequence[LedgerLine]) -> LedgerLine:
    return LedgerLine(
        kind="holding",
        limit=sum(line.limit or 0 for line in lines),
        used=sum(line.used for line in lines),
        slack=lines[-1].slack,
        arising=sum(line.arising for line in lines),
        charge=sum(line.charge for line in lines),
    )


def _unit_of(amounts: Sequence[int]) -> int:
    tenth = HOUR // 10
    return tenth if all(amount % tenth == 0 for amount in amounts) else HOUR // 100


def _telescoped(amounts: Sequence[int], unit: int) -> list[int]:
    """Counts of ``unit`` that add up, up to every place, to the sum so far as it is rounded."""
    sums = [(2 * total + unit) // (2 * unit) for total in accumulate(amounts)]
    return [after - before for before, after in pairwise([0, *sums])]
