"""Ticks between events that are sent at full speed."""

from __future__ import annotations

from typing import Protocol

TICK_MS = 60_000


class EventSender(Protocol):
    """What replay and simulator need of a sources.publisher.Publisher."""

    partitions: int

    def publish_raw(self, key: bytes, value: bytes) -> None:
        """Queue an encoded event; ``key``: the dossier id."""
        ...

    def tick(self, now: int, partitions: tuple[int, ...] | None = None) -> None:
        """Queue a tick of ``now`` (ms) for ``partitions``, None for all."""
        ...

    def partition_of(self, dossier_id: str) -> int:
        """The partition of a dossier's events."""
        ...

    def flush(self) -> None:
        """Return once all that was queued has arrived."""
        ...


class MinuteTicks:
    """Ticks a partition before its next event if time moved on by a minute."""

    def __init__(self, publisher: EventSender) -> None:
        self._publisher = publisher
        self._ticked = [-TICK_MS] * publisher.partitions

    def before(self, at: int, dossier_id: str) -> bool:
        """Call before the dossier's event at ``at`` (ms); True if a tick was sent."""
        partition = self._publisher.partition_of(dossier_id)
        if at - self._ticked[partition] < TICK_MS:
            return False
        self._ticked[partition] = at
        self._publisher.tick(at, (partition,))
        return True
