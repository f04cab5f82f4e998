"""Collects a dossier's elementary facts in the order in which snapshots report them."""

from __future__ import annotations

from typing import NamedTuple

from dossiers.portal.told_facts import Head
from dossiers.wire.facts import Fact, SnapshotFact


class Telling(NamedTuple):
    """``facts``: what has happened, in order. ``as_shown``: the same if the end and each stop had
    begun when the last snapshot was made that contradicted it, the latest of these at ``shown_at``
    (ms); None if no snapshot did."""

    facts: list[Fact]
    as_shown: list[Fact] | None = None
    shown_at: int | None = None


class Teller:
    """``facts``: told so far; None is the place of a stop's beginning or end. ``fact``: the
    snapshot that is compared. ``floor`` (ms): when the dossier was reopened, or its end was
    taken back; 0 if it never was. No stop is placed before it."""

    fact: SnapshotFact

    def __init__(self) -> None:
        self.facts: list[Fact | None] = []
        self.floor = 0

    def place(self) -> int:
        self.facts.append(None)
        return len(self.facts) - 1

    def head(
        self, at: int, unit: str = "", officer: str = "", responsible: str = "", step: str = ""
    ) -> Head:
        """Of the next fact that the snapshot tells, dated ``at`` (ms)."""
        fact = self.fact
        number = len(self.facts)
        return (
            at, fact.source, number, f"{fact.event_id}/{number}", fact.received_at, "", unit,
            officer, responsible, step,
        )  # fmt: skip

    @property
    def now(self) -> int:
        """When the snapshot was made (ms)."""
        return self.fact.occurred_at
