"""How often a dossier's citizen was asked to complete it (yêu cầu bổ sung, status 5)."""

from __future__ import annotations

from collections.abc import Sequence

from dossiers.wire.facts import Fact, SnapshotFact, SuspendedFact, VoidedFact


def supplements_of(facts: Sequence[Fact]) -> int:
    """Requests among ``facts`` (in order), those taken back left out.

    A portal's snapshots list their requests; where they do not, each turn to status 5 is one.
    """
    voided = {fact.target for fact in facts if isinstance(fact, VoidedFact)}
    told = sum(
        isinstance(fact, SuspendedFact) and fact.status == 5 and fact.event_id not in voided
        for fact in facts
    )
    listed: set[str] = set()
    turns, before = 0, 0
    for fact in facts:
        if isinstance(fact, SnapshotFact) and fact.event_id not in voided:
            listed.update(request.id for request in fact.content.supplements)
            status = fact.content.status or 0
            turns += status == 5 != before
            before = status
    return told + max(len(listed), turns)
