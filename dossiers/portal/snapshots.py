"""Snapshots of a dossier, compared with each other: what must have happened in between.

A portal sends the whole dossier again and again. Each snapshot is kept as a fact, unless it says
what the one before it said, and ``expand`` turns them into elementary facts whenever the dossier
is folded, so that any order of arrival ends in the same course.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dossiers.wire.facts import Fact, Repeat, Shown
from dossiers.wire.order import fact_order, identity_of, tail_of

MAX_REPEATS = 8  # kept of a snapshot that is sent again and again; the last ones


def place(facts: Sequence[Fact], new: Fact) -> tuple[list[Fact], bool]:
    """``facts`` with the snapshot ``new`` among them, in order, and whether it said anything new.

    One that repeats its predecessor leaves only its place, so that a different one that arrives
    later and belongs between them parts them again.
    """
    found = sorted([*singled(facts), new], key=fact_order)
    kept: list[Fact] = []
    last: int | None = None  # where the last snapshot stands in ``kept``
    for fact in found:
        if fact.shown is None:
            kept.append(fact)
            continue
        before = kept[last] if last is not None else None
        if last is not None and before is not None and same(before, fact):
            kept[last] = _repeated(before, fact)
            continue
        last = len(kept)
        kept.append(fact)
    wanted = identity_of(new)
    return kept, any(identity_of(fact) == wanted for fact in kept)


def knows(facts: Sequence[Fact], event_id: str, madonvi: str) -> bool:
    """Whether an event with this id, of this madonvi, is among the facts, if only as a repeat."""
    return any(
        f.event_id == event_id
        or (f.shown is not None and any(r.event_id == event_id for r in f.shown.repeats))
        for f in facts
        if f.madonvi == madonvi
    )


def kept_places(facts: Sequence[Fact]) -> int:
    """How many repeats the snapshots among ``facts`` have in all."""
    return sum(len(fact.shown.repeats) for fact in facts if fact.shown is not None)


def repeats(facts: Sequence[Fact], new: Fact) -> bool:
    """Whether ``new`` is a snapshot that says what the one before it among ``facts`` says."""
    at = fact_order(new)
    last: tuple[int, str, int, str, str] | None = None
    before: Fact | None = None
    for fact in facts:
        if fact.shown is None:
            continue
        source, madonvi = fact.source, fact.madonvi
        places = [fact_order(fact), *((r.occurred_at, source, r.source_seq, r.event_id, madonvi)
                                      for r in fact.shown.repeats)]  # fmt: skip
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
        if fact.shown is None or not fact.shown.repeats:
            found.append(fact)
            continue
        parted = True
        shown = Shown(fact.shown.content)
        found.append(msgspec.structs.replace(fact, shown=shown))
        found += [
            msgspec.structs.replace(
                fact,
                occurred_at=repeat.occurred_at,
                received_at=repeat.received_at,
                source_seq=repeat.source_seq,
                event_id=repeat.event_id,
                shown=shown,
            )
            for repeat in fact.shown.repeats
        ]
    return sorted(found, key=fact_order) if parted else found


def same(one: Fact, other: Fact) -> bool:
    """Whether both are snapshots that say the same."""
    return (
        one.shown is not None
        and other.shown is not None
        and one.shown.content == other.shown.content
        and (one.source, one.unit, one.officer, one.responsible, one.step, one.madonvi)
        == (other.source, other.unit, other.officer, other.responsible, other.step, other.madonvi)
    )


def _repeated(fact: Fact, again: Fact) -> Fact:
    assert fact.shown is not None  # noqa: S101 (for the type checker)
    repeat = Repeat(again.occurred_at, again.received_at, again.source_seq, again.event_id)
    repeats = (*fact.shown.repeats, repeat)[-MAX_REPEATS:]
    return msgspec.structs.replace(fact, shown=Shown(fact.shown.content, repeats))
