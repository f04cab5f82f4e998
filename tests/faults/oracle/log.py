"""The log as it grows, and the recount of all of it at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.oracle import figures, story
from tests.faults.oracle.deeds import AlertName
from tests.faults.oracle.events import decode
from tests.faults.oracle.figures import Figures
from tests.faults.oracle.flood import REASON, Floods
from tests.faults.oracle.lives import Heard, Lives, tell
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.story import Story

Place = tuple[int, int]  # partition and offset
Done = tuple[str, AlertName, str, str]  # dossier, alert, action and person


@dataclass
class Expected:
    """The recount of one moment. ``stories``: of dossiers in the stream; ``left``: of those that
    were. ``past``: alerts that stood when a dossier left. ``unique``: events, each counted once in
    a life; ``poison``: to the reason of the dead letter that each must be."""

    stories: dict[str, Story] = field(default_factory=dict)
    left: dict[str, Story] = field(default_factory=dict)
    past: dict[str, set[AlertName]] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    unique: int = 0
    rows: int = 0  # events of which the first record was taken
    dossiers: int = 0  # with such an event
    records: int = 0
    poison: dict[Place, str] = field(default_factory=dict)

    @property
    def duplicates(self) -> int:
        return self.records - len(self.poison) - self.unique


@dataclass
class Partition:
    """One partition of the log as it is, whatever the stream made of it."""

    now: int = 0
    end: int = 0  # offset after the last record
    records: int = 0  # ticks and activations left out
    heard: dict[str, list[Heard]] = field(default_factory=dict)  # by dossier
    newest: int = 0  # the latest occurred_at
    backwards: list[int] = field(default_factory=list)  # ms by which a tick was before another
    lives: dict[str, Lives] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)  # dossiers whose story is not told anew yet


class Log:
    """Topic dossier-events. ``refused``: SHA-256 of a value to reason, of what the load publishes
    on purpose."""

    def __init__(self, partitions: int, refused: Mapping[bytes, str], rules: Rules) -> None:
        self.partitions = {p: Partition() for p in range(partitions)}
        self.known: set[str] = set()  # ids of all events, and SHA-256 of all poison
        self.rules = rules
        self.expected = Expected()  # of the last recount
        self.deeds: dict[str, Done] = {}  # by the ids of their events
        self._poison: dict[Place, str] = {}
        self._refused = refused
        self._floods = Floods()

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
            self._poison[partition, offset] = reason
            return
        event = decode(value)
        if event.kind == "tick":
            if event.now < part.now:
                part.backwards.append(part.now - event.now)
            part.now = max(part.now, event.now)
        elif event.kind != "activate" and self._floods.refuses(event):
            part.records += 1
            self._poison[partition, offset] = REASON
        elif event.kind != "activate":
            part.records += 1
            part.newest = max(part.newest, event.occurred_at)
            part.heard.setdefault(event.dossier_id, []).append(Heard(event, part.now, offset))
            part.changed.add(event.dossier_id)
            self.known.add(event.event_id)
            if event.kind == "acted":
                about = (event.alert_kind, event.level, event.cause)
                self.deeds[event.event_id] = (event.dossier_id, about, event.action, event.person)

    def recount(self) -> Expected:
        """Everything as it must stand now. A dossier to which nothing was added keeps its story;
        any other is told anew, from all of its events."""
        expected = self.expected = Expected(poison=dict(self._poison))
        for number, part in self.partitions.items():
            leaving = [
                id_
                for id_, lives in part.lives.items()
                if lives.leaves is not None and part.now > lives.leaves
            ]
            for id_ in part.changed.union(leaving):
                part.lives[id_] = tell(part.heard[id_], part.now, self.rules)
            part.changed.clear()
            living: list[Story] = []
            for id_, lives in part.lives.items():
                expected.unique += lives.unique
                expected.rows += lives.rows
                expected.dossiers += lives.rows > 0
                for offset in lives.archived:
                    expected.poison[number, offset] = "archived"
                if lives.ended:
                    expected.past[id_] = lives.past
                if lives.last is None:
                    continue
                if lives.living:
                    story.judge(lives.last, part.now)
                    living.append(lives.last)
                    expected.stories[id_] = lives.last
                else:
                    expected.left[id_] = lives.last
            figures.count(living, part.now, self.rules, expected.figures)
            expected.records += part.records
        return expected
