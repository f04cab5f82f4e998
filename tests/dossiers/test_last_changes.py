"""When a clock last ran again and a due time was last put off."""

from __future__ import annotations

from typing import Any

from dossiers.reports.last_changes import last_changes
from dossiers.wire.facts import (
    Content,
    DueSetFact,
    Fact,
    ResumedFact,
    SnapshotFact,
    SuspendedFact,
    VoidedFact,
)


def fact(kind: type[Any], at: int, **more: Any) -> Fact:
    made: Fact = kind(
        occurred_at=at, source="portal", source_seq=at, event_id=f"e{at}", received_at=at, **more
    )
    return made


def shown(at: int, status: int | None) -> Fact:
    return fact(SnapshotFact, at, content=Content(status=status))


def test_events_say_it_themselves() -> None:
    facts = [
        fact(SuspendedFact, 1), fact(ResumedFact, 2), fact(DueSetFact, 3, reason="extension"),
        fact(DueSetFact, 4, reason="correction"), fact(SuspendedFact, 5),
    ]  # fmt: skip
    assert last_changes(facts) == (2, 3)
    assert last_changes(facts[:1]) == (None, None)
    assert last_changes([*facts, fact(VoidedFact, 6, target="e3")]) == (2, None)


def test_snapshots_show_it_by_their_status() -> None:
    assert last_changes([shown(1, 5), shown(2, 4)]).resumed_at == 2
    assert last_changes([shown(1, 6), shown(2, None), shown(3, 2)]).resumed_at == 3
    assert last_changes([shown(1, 5), shown(2, 9)]).resumed_at is None, "it ended instead"
    assert last_changes([shown(1, 2), shown(2, 4)]).resumed_at is None
