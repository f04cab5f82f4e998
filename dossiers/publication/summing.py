"""What is summed, dossier by dossier, for one officer, one unit or the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dossiers.reference.context import UNKNOWN
from dossiers.wire.late_lists import Charge, Counts, Days, DossierLine


class Summing:
    """Of one line of the list. ``late_receptions`` is counted by whoever sums."""

    def __init__(self) -> None:
        self.late_receptions = 0
        self._late = self._open = self._zero = 0
        self._repeated = self._apologised = self._unmatched = 0
        self._sums: Counter[int] = Counter()  # working ms by length of the working day (working ms)
        self._most = (1, 0)
        self._steps: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def take(self, row: DossierLine, charges: Sequence[Charge], reason: str) -> None:
        """A late dossier of which ``charges`` are this line's."""
        amount = sum(charge.amount for charge in charges)
        self._late += 1
        self._open += row.finished_at is None
        self._zero += row.late == 0
        self._repeated += bool(row.listed_in)
        self._apologised += row.apologised
        self._unmatched += any(map(_is_unmatched, charges))
        self._sums[row.day] += amount
        if amount * self._most[0] > self._most[1] * row.day:
            self._most = row.day, amount
        for charge in charges:
            self._steps[charge.step] += charge.amount
        if reason:
            self._reasons[reason] += 1

    def counts(self, total: int) -> Counts:
        """Of ``total`` dossiers."""
        return Counts(
            total=total,
            late=self._late,
            done=self._late - self._open,
            open=self._open,
            zero=self._zero,
            repeated=self._repeated,
            apologised=self._apologised,
            late_receptions=self.late_receptions,
            unmatched=self._unmatched,
        )

    def days(self) -> Days:
        """How late."""
        return Days(sums=tuple(sorted(self._sums.items())), most=self._most)

    def step(self) -> str:
        """That cost the most; of equal ones the first by name; "" if none cost anything."""
        costly = {step: amount for step, amount in self._steps.items() if amount}
        return min(costly, key=lambda step: (-costly[step], step), default="")

    def reason(self) -> str:
        """The most frequent one; of equal ones the first by code."""
        found = self._reasons
        return min(found, key=lambda code: (-found[code], code), default="")


def _is_unmatched(charge: Charge) -> bool:
    """Fell on nobody known; what was somebody's and is relieved did not."""
    return bool(charge.amount) and charge.officer in ("", UNKNOWN) and not charge.relieved
