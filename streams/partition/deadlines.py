"""The deadline index of a partition: which dossiers change by the passage of time, and when.

A heap with one current entry a dossier. An entry that was replaced stays in the heap until it comes
up or until half of the heap is such entries; comparing it with the current instant tells it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

_STALE_ALLOWED = 1_000  # stale entries that are not worth a rebuild


class DeadlineIndex:
    """Instants in ms. Derived from the states, never stored."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._next)

    def fill(self, instants: dict[str, int]) -> None:
        """Replace everything: the next instant (ms) of every dossier that has one."""
        self._next = instants
        self._rebuild()

    def set(self, dossier_id: str, at: int | None) -> None:
        """Set a dossier's next instant (ms); None if time alone changes nothing."""
        if at is None:
            self._next.pop(dossier_id, None)
        elif self._next.get(dossier_id) != at:
            self._next[dossier_id] = at
            heapq.heappush(self._heap, (at, dossier_id))

    def due(self, now: int) -> Iterator[str]:
        """Dossiers whose instant is at or before ``now`` (ms), in the order of their instants.

        The caller sets the next instant of each before it asks for the one after.
        """
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, dossier_id = heapq.heappop(heap)
            if self._next.get(dossier_id) == at:
                yield dossier_id
        if len(heap) > 2 * len(self._next) + _STALE_ALLOWED:
            self._rebuild()

    def _rebuild(self) -> None:
        self._heap = [(at, dossier_id) for dossier_id, at in self._next.items()]
        heapq.heapify(self._heap)
