"""A month's list as tests read it: holders and dossiers with days to one decimal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dossiers.publication.counting import NOTHING_SAID, counted_month
from dossiers.publication.lines import lines_of
from dossiers.reference.context import UNKNOWN, Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_lines import Month
from dossiers.wire.facts import Fact
from dossiers.wire.late_lists import DossierLine, OfficerLine, UnitLine


class ListedHolder(NamedTuple):
    """An officer of a unit, or (``officer`` "") a unit that is charged itself."""

    unit: str
    officer: str
    total: int
    late: int
    done: int
    open: int
    rate: float
    days_most: float
    days_mean: float
    step: str


class ListedDossier(NamedTuple):
    """``officer``: who is charged the most."""

    dossier: str
    unit: str
    officer: str
    finished_at: int | None
    days_late: float
    step: str
    rewritten: bool


class Listed(NamedTuple):
    """Holders: most lates first, then the most days."""

    as_of: int
    total: int
    late: int
    unmatched: int
    officers: tuple[ListedHolder, ...]
    units: tuple[ListedHolder, ...]
    dossiers: tuple[ListedDossier, ...]


def late_list(
    dossiers: Iterable[tuple[str, Sequence[Fact]]],
    month: Month,
    now: int,
    context: Context,
    scope: str = "",
    in_force: InForce | None = None,
) -> Listed:
    """As ``counted_month``, of dossiers about which nobody said anything."""
    lives = [(dossier, facts, NOTHING_SAID) for dossier, facts in dossiers]
    counted = counted_month(lives, month, now, context, scope, in_force)
    lines = lines_of(counted.dossiers, counted.receptions, counted.totals, counted.parents)
    charged = {charge.unit for row in counted.dossiers for charge in row.charges}
    units = [_holder(line) for line in lines.units if line.unit in charged]
    return Listed(
        min(now, month.end),
        lines.whole.total,
        lines.whole.late,
        lines.whole.unmatched,
        tuple(sorted(map(_holder, lines.officers), key=_worst)),
        tuple(sorted(units, key=_worst)),
        tuple(sorted(map(_dossier, counted.dossiers), key=lambda d: (-d.days_late, d.dossier))),
    )


def _holder(line: OfficerLine | UnitLine) -> ListedHolder:
    counts, days = line.counts, line.days
    whole = sum((Fraction(amount, day) for day, amount in days.sums), Fraction())
    return ListedHolder(
        _named(line.unit),
        line.officer if isinstance(line, OfficerLine) else "",
        counts.total,
        counts.late,
        counts.done,
        counts.open,
        _shown(Fraction(100 * counts.late, counts.total)),
        _shown(Fraction(days.most[1], days.most[0])),
        _shown(whole / counts.late) if counts.late else 0.0,
        line.step,
    )


def _dossier(row: DossierLine) -> ListedDossier:
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for charge in row.charges:
        if charge.officer:
            amounts[charge.unit, charge.officer] += charge.amount
    most = min(amounts, key=lambda who: (-amounts[who], who)) if amounts else ("", "")
    return ListedDossier(
        row.dossier,
        _named(row.unit),
        most[1],
        row.finished_at,
        _shown(Fraction(row.late, row.day)),
        row.step,
        "rewritten" in row.marks,
    )


def _worst(holder: ListedHolder) -> tuple[int, float, str, str]:
    return -holder.late, -holder.days_most, holder.unit, holder.officer


def _named(unit: str) -> str:
    return "" if unit == UNKNOWN else unit


def _shown(amount: Fraction) -> float:
    """To one decimal, a half up."""
    return float(Fraction((20 * amount + 1) // 2, 10))
