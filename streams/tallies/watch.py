"""The alerts about the scopes of one tallies partition: backlogs, silences, and what people do
about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from dossiers.wire.actions import DESK
from dossiers.wire.keys import SEPARATOR, is_counted
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Backlog, ScopeDeeds, Tally
from dossiers.wire.topics import PARTIALS
from streams.partition.outputs import Output
from streams.tallies.backlog import Backlogs
from streams.tallies.deeds import Counts, DeedKeeper, Keeper, read_deed
from streams.tallies.silence import Silences

_MOST = 2**53  # of what no stream ever writes
_DEED = f"{SEPARATOR}{DESK}{SEPARATOR}".encode()  # within the keys of actions


class SeenScopes(NamedTuple):
    """What the merger knows at ``now`` (ms): the scopes that ``changed`` and all ``known`` ones."""

    now: int
    changed: Iterable[str]
    known: Collection[str]


class ScopeWatch:
    """Of a merger's scopes. ``owns``: whether a scope is one of this partition's. ``counts``:
    overdue and open dossiers of a scope; ``heard``: when each source was heard of last (ms)."""

    def __init__(
        self,
        timeline: str,
        partition: int,
        owns: Callable[[str], bool],
        counts: Counts,
        heard: Callable[[], Mapping[str, int]],
    ) -> None:
        self._timeline = timeline
        self._partition = partition
        self._counts = counts
        self._heard = heard
        self._states: dict[str, Backlog] = {}  # by scope
        self._backlogs = Backlogs(timeline, self._states)
        self._silences = Silences(timeline, self._states, owns)
        self._deeds = DeedKeeper(timeline, self._keeper, counts)
        self._taken: list[bytes] = []  # keys of actions that are to be removed
        self._waiting: list[bytes] = []

    def restore(self, tally: Tally) -> None:
        """Go on from a record of topic tallies."""
        backlog, deeds = tally.backlog, tally.deeds
        if tally.timeline != self._timeline or backlog is None or not _is_sound(backlog):
            return
        self._keeper(tally.scope).keep(tally.scope, backlog)
        if deeds is not None and 0 <= deeds.taken_until < _MOST:
            self._deeds.restore(tally.scope, deeds)

    def states(self, scope: str) -> tuple[Backlog | None, ScopeDeeds | None]:
        """What is to go out with the scope's record."""
        return self._states.get(scope), self._deeds.state(scope)

    def arrive(self, key: bytes, value: bytes) -> bool:
        """Take an action; it waits for ``judge``. False if it is none."""
        deed = read_deed(value, self._timeline)
        if deed is None:
            return False
        self._deeds.arrive(deed)
        self._waiting.append(key)
        return True

    def judge(self, seen: SeenScopes, reference: Reference) -> list[str]:
        """Look at what may have changed, by ``reference``. Returns the scopes whose record is
        another now."""
        counts = self._counts
        moved = self._backlogs.judge(seen.now, seen.changed, seen.known, counts, reference)
        moved += self._silences.judge(seen.now, self._heard, reference)
        self._taken += self._waiting
        self._waiting = []
        return moved + self._deeds.settle(seen.now, moved, reference)

    def drain(self) -> list[Output]:
        """The alerts since the last call; and the actions that were taken, which are removed."""
        taken, self._taken = self._taken, []
        return [
            *self._backlogs.drain(),
            *self._silences.drain(),
            *self._deeds.drain(),
            *(Output(PARTIALS, self._partition, key, None) for key in taken),
        ]

    def _keeper(self, scope: str) -> Keeper:
        return self._backlogs if is_counted(scope) else self._silences


def is_deed(key: bytes) -> bool:
    """Whether a key of topic partial-tallies is that of an action."""
    return _DEED in key


def _is_sound(backlog: Backlog) -> bool:
    numbers = (backlog.since or 0, backlog.cause, backlog.sequence)
    return min(numbers) > -_MOST and max(numbers) < _MOST
