"""Which alerts are dealt with, so that offsets are committed behind them and never past one that
still waits for a receiver."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Tracker:
    """One count of open deliveries for each record; thread-safe."""

    def __init__(self) -> None:
        self._open: dict[int, OrderedDict[int, int]] = {}
        self._next: dict[int, int] = {}
        self._lock = threading.Lock()

    def begin(self, partition: int, offset: int, deliveries: int) -> None:
        """A record was taken, in the order of its partition, that needs so many deliveries."""
        with self._lock:
            self._next[partition] = offset + 1
            if deliveries:
                self._open.setdefault(partition, OrderedDict())[offset] = deliveries

    def reached(self, partition: int, offset: int) -> None:
        """The reader is at ``offset``: what lies before it and is not open needs nothing."""
        with self._lock:
            self._next[partition] = max(offset, self._next.get(partition, -1))

    def settle(self, partition: int, offset: int) -> None:
        """One delivery of a record has ended, well or for good."""
        with self._lock:
            waiting = self._open.get(partition)
            if waiting is None or offset not in waiting:
                return  # revoked meanwhile
            waiting[offset] -= 1
            if waiting[offset] == 0:
                del waiting[offset]

    def committable(self) -> dict[int, int]:
        """Partition to the offset that may be committed."""
        with self._lock:
            return {
                partition: next(iter(waiting))
                if (waiting := self._open.get(partition))
                else next_offset
                for partition, next_offset in self._next.items()
            }

    def forget(self, partitions: list[int]) -> None:
        """These belong to another process now."""
        with self._lock:
            for partition in partitions:
                self._open.pop(partition, None)
                self._next.pop(partition, None)

    def waiting(self) -> int:
        """Records that still wait for a receiver."""
        with self._lock:
            return sum(len(waiting) for waiting in self._open.values())
