"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from oracle import SHARED

# What no recount says: the history of alerts depends on when something was noticed.
LEFT_OUT = (
    "alerts that were raised and resolved on the way, and those of units",
    "when the clocks of steps that are over were used up",
)
SHOWN = 20  # examples of each check that are kept


class ComparedFigure(NamedTuple):
    """One figure of all dossiers at the cut: as the tallies show it, and counted again."""

    name: str
    shown: int
    recounted: int


@dataclass
class Check:
    """One comparison: ``compared`` things, of which ``differences`` were not equal.

    ``moved``: things that had changed again while they were read, and could not be compared.
    ``left_out``: what it does not look at, and of how many dossiers. ``figures``: some of what was
    compared, for people to read.
    """

    name: str
    compared: int = 0
    differences: int = 0
    moved: int = 0
    examples: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    figures: list[ComparedFigure] = field(default_factory=list)

    def equal(self, what: str, found: Any, expected: Any) -> None:
        """Compare one thing; ``expected`` is the recount's."""
        self.compared += 1
        if found != expected:
            self.differ(f"{what}: {found!r}, recounted {expected!r}")

    def differ(self, sentence: str) -> None:
        """Count a difference; the first few are kept as examples."""
        self.differences += 1
        if len(self.examples) < SHOWN:
            self.examples.append(sentence)


@dataclass
class Report:
    """All checks. ``watermark``: ms. ``events``: folded ones; ``duplicates`` and ``dead_letters``
    stand beside. ``shared``: what the recount has in common with the product, so that a mistake in
    it is seen by neither. ``left_out``: what is not recounted at all."""

    timeline: str
    kind: str
    watermark: int
    records: int = 0
    events: int = 0
    duplicates: int = 0
    dead_letters: int = 0
    dossiers: int = 0
    seconds: float = 0.0
    shared: tuple[str, ...] = tuple(SHARED)
    left_out: tuple[str, ...] = LEFT_OUT
    checks: list[Check] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return all(check.differences == 0 for check in self.checks)

    @property
    def figures(self) -> list[ComparedFigure]:
        """Those that its checks give for people to read."""
        return [figure for check in self.checks for figure in check.figures]

    @property
    def moved(self) -> int:
        """How much could not be compared because the stream went on meanwhile."""
        return sum(check.moved for check in self.checks)
