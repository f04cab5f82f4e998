"""The log as it grows, and the recount of all of it at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.oracle import figures, story
from tests.faults.oracle.events import Event, decode
from tests.faults.oracle.figures import Figures
from tests.faults.oracle.story import Story


@dataclass
class Expected:
    """The recount of one moment. ``unique``: events, each counted once; ``poison``: records that
    must be dead letters."""

    stories: dict[str, Story] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    unique: int = 0
    records: int = 0
    poison: int = 0

    @property
    def duplicates(self) -> int:
        return self.records - self.poison - self.unique


@dataclass
class Partition:
    """One partition of the log as it is, whatever the stream made of it."""

    now: int = 0
    end: int = 0  # offset after the last record
    records: int = 0  # ticks and activations left out
    events: dict[str, list[Event]] = field(default_factory=dict)
    poison: dict[int, str] = field(default_factory=dict)  # offset to the reason it must have
    newest: int = 0  # the latest occurred_at
    backwards: list[int] = field(default_factory=list)  # ms by which a tick was before another
    stories: dict[str, Story] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)  # dossiers whose story is not told anew yet


class Log:
    """Topic dossier-events. ``refused``: SHA-256 of a value to reason, of what the load publishes
    on purpose."""

    def __init__(self, partitions: int, refused: Mapping[bytes, str]) -> None:
        self.partitions = {p: Partition() for p in range(partitions)}
        self.known: set[str] = set()  # ids of all events, and SHA-256 of all poison
        self._refused = refused

    @property
    def now(self) -> int:
        return min(part.now for part in self.partitions.values())

    @property
    def newest(self) -> int:
        return max(part.newest for part in self.partitions.values())

    def take(self, partition: int, offset: int, value: bytes) -> None:
        """One record."""
        part = self.partitions[partition]
        part.end = offset + 1
        name = hashlib.sha256(value).digest()
        reason = self._refused.get(name)
        if reason is not None:
            self.known.add(name.hex())
            part.records += 1
            part.poison[offset] = reason
            return
        event = decode(value)
        if event.kind == "tick":
            if event.now < part.now:
                part.backwards.append(part.now - event.now)
            part.now = max(part.now, event.now)
        elif event.kind != "activate":
            part.records += 1
            part.newest = max(part.newest, event.occurred_at)
            part.events.setdefault(event.dossier_id, []).append(event)
            part.changed.add(event.dossier_id)
            self.known.add(event.event_id)

    def recount(self, parents: Mapping[str, str]) -> Expected:
        """Everything as it must stand now. A dossier to which nothing was added keeps its story;
        any other is told anew, from all of its events."""
        expected = Expected()
        for part in self.partitions.values():
            for id_ in part.changed:
                part.stories[id_] = story.read(part.events[id_])
            part.changed.clear()
            for told in part.stories.values():
                story.judge(told, part.now)
                expected.unique += told.events
            figures.count(part.stories.values(), part.now, parents, expected.figures)
            expected.stories.update(part.stories)
            expected.records += part.records
            expected.poison += len(part.poison)
        return expected
