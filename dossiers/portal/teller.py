"""Collects a dossier's elementary facts in the order in which snapshots report them."""

from __future__ import annotations

from typing import NamedTuple

from dossiers.wire.records import Fact


class Telling(NamedTuple):
    """``facts``: what has happened, in order. ``as_shown``: the same if the end and each stop had
    begun when the last snapshot was made that contradicted it, the latest of these at ``shown_at``
    (ms); None if no snapshot did."""

    facts: list[Fact]
    as_shown: list[Fact] | None = None
    shown_at: int | None = None


class Teller:
    """``facts``: told so far; None is the place of a stop's beginning or end. ``fact``: the
    snapshot that is compared. ``floor`` (ms): nothing is placed before the moment at which the
    dossier was reopened."""

    fact: Fact

    def __init__(self) -> None:
        self.facts: list[Fact | None] = []
        self.floor = 0

    def place(self) -> int:
        self.facts.append(None)
        return len(self.facts) - 1

    def emit(
        self, kind: str, at: int, *, unit: str = "", officer: str = "", responsible: str = "",
        step: str = "", due_at: int | None = None, text: str = "", status: int = 0,
        carried: int | None = None,
    ) -> None:  # fmt: skip
        """Written out: of a dossier with very many snapshots it is most of the work."""
        fact = self.fact
        number = len(self.facts)
        self.facts.append(
            Fact(
                at, fact.source, number, f"{fact.event_id}/{number}", kind, fact.received_at,
                unit, officer, responsible, step, due_at, text, None, status, carried,
            )
        )  # fmt: skip

    @property
    def now(self) -> int:
        """When the snapshot was made (ms)."""
        return self.fact.occurred_at
