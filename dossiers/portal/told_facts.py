"""What snapshots tell and no event says. No dossier keeps these facts."""

from __future__ import annotations

from operator import attrgetter
from typing import Literal

import msgspec

from dossiers.wire.course import Ending, Outcome
from dossiers.wire.facts import (
    DueSetFact,
    EndFact,
    Fact,
    FinishedFact,
    RefusedFact,
    ReopenedFact,
    WithdrawnFact,
)

Head = tuple[int, str, int, str, int, str, str, str, str, str]  # the fields of Fact
_head = attrgetter(*Fact.__struct_fields__)
# appointed: there was none before; supplement: told for an answer that was known before.
ToldReason = Literal["extension", "correction", "appointed", "supplement"]


def head_of(fact: Fact) -> Head:
    """Its place, where it came from, and who holds the dossier."""
    head: Head = _head(fact)
    return head


class HolderTold(Fact, frozen=True, gc=False, tag="snapshot"):
    """Who holds the dossier, and nothing else."""


class ReopenedTold(ReopenedFact, frozen=True, gc=False, tag="reopened"):
    """A status before the end. ``status``: that of the snapshot."""

    status: int = 0


class DueTold(Fact, frozen=True, gc=False, tag="due_set"):
    """A new due time. ``asked_at`` (ms): of reason supplement, when that was asked for. ``counts``:
    as the fold has judged it."""

    due_at: int = 0
    reason: ToldReason = "correction"
    asked_at: int | None = None
    counts: bool = True


class EndRewritten(Fact, frozen=True, gc=False, tag="rewritten"):
    """Another end, or another date of the end: ``outcome`` and ``ended_at`` (ms, None: as it
    happens). Without an outcome it is back at status 1; ``status`` is 0 if that was after the
    end."""

    outcome: Outcome = ""
    ended_at: int | None = None
    status: int = 0


class ReceptionRewritten(Fact, frozen=True, gc=False, tag="received_anew"):
    """Another instant of the reception (ms), or another procedure."""

    accepted_at: int | None = None
    procedure: str = ""


AnyDueSet = DueSetFact | DueTold


def outcome_of(fact: EndFact) -> Ending:
    """How a dossier ends with ``fact``."""
    if isinstance(fact, FinishedFact):
        return "finished"
    return "withdrawn" if isinstance(fact, WithdrawnFact) else "refused"


def end_fact(head: Head, ending: Ending, status: int) -> EndFact:
    """A dossier ends so. ``status``: 10 if a result was handed out."""
    if ending == "finished":
        return FinishedFact(*head, 10 if status == 10 else 9)
    return WithdrawnFact(*head) if ending == "withdrawn" else RefusedFact(*head)


def told_due(fact: AnyDueSet, due_at: int, *, counts: bool) -> AnyDueSet:
    """``fact`` with the due time that it sets, and whether that counts. ``due_at``: ms."""
    if isinstance(fact, DueTold):
        return msgspec.structs.replace(fact, due_at=due_at, counts=counts)
    if counts and due_at == fact.due_at:
        return fact
    return DueTold(*head_of(fact), due_at, fact.reason, None, counts)
