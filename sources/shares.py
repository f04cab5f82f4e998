"""What senders have in a room that is bounded: none has more than half of it while others ask."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable


class FairShares:
    """``asked`` (s): for how long somebody counts as asking. Senders are those with keys, so few.
    Methods may be called from any thread."""

    def __init__(self, asked: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._asked_for = asked
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def may(self, sender: str, more: int, most: int) -> bool:
        """Whether ``sender`` may have ``more`` of ``most``; somebody who has nothing always may."""
        now = self._clock()
        with self._lock:
            self._asked[sender] = now
            others = any(
                name != sender and (now - at <= self._asked_for or self._held[name] > 0)
                for name, at in self._asked.items()
            )
            held = self._held[sender]
        return not others or not held or held + more <= most // 2

    def add(self, sender: str, size: int) -> None:
        """It has so much more; less if ``size`` is negative."""
        with self._lock:
            self._held[sender] += size

    def clear(self) -> None:
        """Nobody has anything any more."""
        with self._lock:
            self._held.clear()
