"""When changed tallies go out: soon, but not so often that it keeps a worker from folding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

# A partition's tallies go out this often at most, and on a busy machine with pauses of as many
# times what it takes. While it is behind, its tallies are of the past anyway. Every vector that is
# skipped is one less to encode, to send and to merge.
FLUSH_SECONDS = 0.02
BEHIND_FLUSH_SECONDS = 0.5
_FLUSH_PAUSES = 5
_TOGETHER_SECONDS = 0.01


class Handle(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Do not make the call; nothing happens if it was made."""


class LoopClock(Protocol):
    """The part of an event loop that the timer needs; tests pass one of their own."""

    def time(self) -> float:
        """Seconds, from any beginning; never goes back."""

    def call_at(self, when: float, callback: Callable[[], Any], /) -> Handle:
        """Call ``callback`` when ``time`` is ``when`` (s)."""


class FlushTimer:
    """One timer for all partitions of a worker. For the thread of ``clock``.

    ``flush`` is called with the partitions whose time has come. Those that are nearly due are
    flushed with them: then their sums are merged once.
    """

    def __init__(self, clock: LoopClock, flush: Callable[[list[int]], None]) -> None:
        self._clock = clock
        self._flush = flush
        self._due: dict[int, float] = {}  # s, by partition
        self._flushed: dict[int, float] = {}
        self._pause = FLUSH_SECONDS
        self._handle: Handle | None = None
        self._handle_at = 0.0

    def request(self, partition: int, *, behind: bool) -> None:
        """Have a partition flushed, at once if its last flush is long enough ago.

        ``behind``: more of its log waits, so its sums may wait longer.
        """
        pause = BEHIND_FLUSH_SECONDS if behind else self._pause
        at = self._flushed.get(partition, 0.0) + pause
        if at < self._due.get(partition, float("inf")):
            self._due[partition] = at
            if self._handle is None or at < self._handle_at:
                self._set(at)

    def clear(self) -> None:
        """Forget all partitions."""
        self._set(None)
        self._due.clear()
        self._flushed.clear()

    def _set(self, at: float | None) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if at is not None:
            # uvloop's handle does not know its time if that has come: it is kept here.
            self._handle, self._handle_at = self._clock.call_at(at, self._fire), at

    def _fire(self) -> None:
        now = self._clock.time()
        ready = [p for p, at in self._due.items() if at <= now + _TOGETHER_SECONDS]
        for partition in ready:
            del self._due[partition]
            self._flushed[partition] = now
        self._flush(ready)
        took = self._clock.time() - now
        self._pause = min(max(FLUSH_SECONDS, _FLUSH_PAUSES * took), BEHIND_FLUSH_SECONDS)
        self._set(min(self._due.values(), default=None))
