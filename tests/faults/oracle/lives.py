"""A dossier in the order of the log: where closed ones leave the stream, it may have several lives
(docs/architecture.md, "Dossiers that leave, and come back")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.faults.oracle import story
from tests.faults.oracle.deeds import AlertName
from tests.faults.oracle.events import Event
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.story import Story


class Heard(NamedTuple):
    """An event, what its partition's time was when it came, and where it stands."""

    event: Event
    now: int
    offset: int


@dataclass(slots=True)
class Lives:
    """``last``: the life that is, or was the last one; None if all of it was refused. ``leaves``:
    the first tick after this ends it. ``past``: alerts that stood when earlier lives ended."""

    last: Story | None = None
    living: bool = False
    leaves: int | None = None
    past: set[AlertName] = field(default_factory=set)
    ended: int = 0
    unique: int = 0
    rows: int = 0  # events of which the first record was taken
    archived: list[int] = field(default_factory=list)  # offsets


def tell(heard: Sequence[Heard], now: int, rules: Rules) -> Lives:
    """``now``: the partition's time at the end of the log."""
    lives, life, deeds, told = Lives(), dict[str, Event](), dict[str, Event](), 0
    ids: set[str] = set()
    for event, at, offset in heard:
        is_first = event.event_id not in ids
        ids.add(event.event_id)
        if rules.retention is not None:
            if life and at > told and _leaves(life, deeds, at, rules, lives):
                life, deeds = {}, {}
            if not life and not event.backfill and event.occurred_at < at - rules.retention:
                lives.archived.append(offset)
                continue
        if event.kind == "acted" and not life:
            lives.archived.append(offset)  # of a dossier that nobody knows, or no more
            continue
        told = at
        if event.kind == "acted":
            lives.unique += event.event_id not in deeds
            deeds[event.event_id] = event
            continue
        lives.rows += is_first
        if event.event_id not in life:
            lives.unique += 1
            life[event.event_id] = event
    if life and not (rules.retention and now > told and _leaves(life, deeds, now, rules, lives)):
        lives.living, lives.last = True, story.read(life, rules, deeds.values())
        if rules.retention is not None and lives.last.is_closed:
            # What came after its time has passed waits for the next tick.
            lives.leaves = max(_last(life) + rules.retention, told)
    return lives


def _leaves(
    life: dict[str, Event], deeds: dict[str, Event], now: int, rules: Rules, lives: Lives
) -> bool:
    """Whether the ticks up to ``now`` have ended this life; noted in ``lives`` if so."""
    if now <= _last(life) + (rules.retention or 0):
        return False
    told = story.read(life, rules, deeds.values())
    if not told.is_closed:
        return False
    story.judge(told, now)
    lives.past |= told.raised
    lives.ended += 1
    lives.last = told
    return True


def _last(life: dict[str, Event]) -> int:
    return max(event.occurred_at for event in life.values())
