"""Snapshots of a dossier, compared with each other: what must have happened in between.

A portal sends the whole dossier again and again. Each snapshot is kept as a fact, unless it says
what the one before it said, and ``expand`` turns them into elementary facts whenever the dossier
is folded, so that any order of arrival ends in the same course.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dossiers.wire.facts import Fact, Repeat, SnapshotFact
from dossiers.wire.order import fact_order, identity_of, tail_of

MAX_REPEATS = 8  # kept of a snapshot that is sent again and again; the last ones


def place(facts: Sequence[Fact], new: Fact) -> tuple[list[Fact], bool]:
    """``facts`` with the snapshot ``new`` among them, in order, and whether it said anything new.

    One that repeats its predecessor leaves only its place, so that a different one that arrives
    later and belongs between them parts them again.
    """
    kept: list[Fact] = []
    before: SnapshotFact | None = None
    last = 0  # where that stands in ``kept``
    for fact in sorted([*singled(facts), new], key=fact_order):
        if type(fact) is not SnapshotFact:
            kept.append(fact)
            continue
        if before is not None and same(before, fact):
            kept[last] = before = _repeated(before, fact)
            continue
        last, before = len(kept), fact
        kept.append(fact)
    wanted = identity_of(new)
    return kept, any(identity_of(fact) == wanted for fact in kept)


def knows(facts: Sequence[Fact], event_id: str, madonvi: str) -> bool:
    """Whether an event with this id, of this madonvi, is among the facts, if only as a repeat."""
    return any(
        f.event_id == event_id
        or (type(f) is SnapshotFact and any(r.event_id == event_id for r in f.repeats))
        for f in facts
        if f.madonvi == madonvi
    )


def kept_places(facts: Sequence[Fact]) -> int:
    """How many repeats the snapshots among ``facts`` have in all."""
    return sum(len(fact.repeats) for fact in facts if type(fact) is SnapshotFact)


def repeats(facts: Sequence[Fact], new: Fact) -> bool:
    """Whether ``new`` is a snapshot that says what the one before it among ``facts`` says."""
    if type(new) is not SnapshotFact:
        return False
    at = fact_order(new)
    last: tuple[int, str, int, str, str] | None = None
    before: SnapshotFact | None = None
    for fact in facts:
        if type(fact) is not SnapshotFact:
            continue
        source, madonvi = fact.source, fact.madonvi
        places = [fact_order(fact), *((r.occurred_at, source, r.source_seq, r.event_id, madonvi)
                                      for r in fact.repeats)]  # fmt: skip
        place_ = max((each for each in places if each < at), default=None)
        if place_ is not None and (last is None or place_ > last):
            last, before = place_, fact
    return before is not None and same(before, new)


def last_place(facts: Sequence[Fact]) -> tuple[int, str, int, str]:
    """The place of the last of ``facts`` in their order, repeats of snapshots among them."""
    last: tuple[int, str, int, str] = tail_of(singled(facts)[-1])
    return last


def singled(facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` with every repeat as a snapshot of its own, in order."""
    found: list[Fact] = []
    parted = False
    for fact in facts:
        if type(fact) is not SnapshotFact or not fact.repeats:
            found.append(fact)
            continue
        parted = True
        found += apart(fact)
    return sorted(found, key=fact_order) if parted else found


def apart(fact: SnapshotFact) -> list[SnapshotFact]:
    """``fact`` and each of its repeats as a snapshot of its own."""
    alone = msgspec.structs.replace(fact, repeats=())
    return [
        alone,
        *(
            msgspec.structs.replace(
                alone,
                occurred_at=repeat.occurred_at,
                received_at=repeat.received_at,
                source_seq=repeat.source_seq,
                event_id=repeat.event_id,
            )
            for repeat in fact.repeats
        ),
    ]


def same(one: SnapshotFact, other: SnapshotFact) -> bool:
    """Whether both say the same."""
    return one.content == other.content and (
        (one.source, one.unit, one.officer, one.responsible, one.step, one.madonvi)
        == (other.source, other.unit, other.officer, other.responsible, other.step, other.madonvi)
    )


def _repeated(fact: SnapshotFact, again: SnapshotFact) -> SnapshotFact:
    repeat = Repeat(again.occurred_at, again.received_at, again.source_seq, again.event_id)
    return msgspec.structs.replace(fact, repeats=(*fact.repeats, repeat)[-MAX_REPEATS:])
