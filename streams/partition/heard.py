"""When a partition heard last of each source that must not fall silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dossiers.wire.alert_policy import SourceLimit
from dossiers.wire.keys import source_scope


class HeardSources:
    """``last``: by source, the partition's time (ms) after its last event, or when the partition
    began to listen; 0 before it has a time. ``fresh``: those of which something came since then;
    the engine adds to it. However far apart the ticks are, none is taken to be silent for longer
    than it was.

    ``tally_partition``: the partition of topic partial-tallies that holds a scope.
    """

    def __init__(self, tally_partition: Callable[[str], int]) -> None:
        self.last: dict[str, int] = {}
        self.fresh: set[str] = set()
        self._tally_partition = tally_partition
        self._places: dict[str, int] = {}  # partition that judges the source

    def restore(self, last: Mapping[str, int]) -> None:
        """Go on from a position record."""
        self.last = dict(last)

    def watch(self, sources: Iterable[SourceLimit], now: int) -> None:
        """From ``now`` (ms) on listen to these, and to no other."""
        self.last = {source.id: self.last.get(source.id) or now for source in sources}
        self.fresh &= self.last.keys()
        self._places = {source: self._tally_partition(source_scope(source)) for source in self.last}

    def kept(self, now: int) -> dict[str, int]:
        """As of ``now`` (ms), for a position record."""
        return {**self.last, **dict.fromkeys(self.fresh, now)}

    def told(self, now: int) -> dict[int, dict[str, int]]:
        """By the partition that judges the source, as of the tick at ``now`` (ms)."""
        self.last = {source: at or now for source, at in self.kept(now).items()}
        self.fresh.clear()
        found: dict[int, dict[str, int]] = {}
        for source, at in self.last.items():
            found.setdefault(self._places[source], {})[source] = at
        return found
