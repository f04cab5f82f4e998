"""Throttles lines of the log that any caller can cause as often as they like."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

PAUSE = 10.0  # s between two lines with the same words
_KEPT = 100  # different ones


class LogThrottle(logging.Filter):
    """Lets a warning of a kind pass every PAUSE seconds; the next one says how many were not
    written. Errors pass always. ``clock``: s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}  # when it was written, and how many since

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.levelno >= logging.ERROR:
            return True
        words = str(record.msg)[:200]
        now = self._clock()
        at, left_out = self._seen.get(words, (now - PAUSE, 0))
        if now - at < PAUSE:
            self._seen[words] = (at, left_out + 1)
            return False
        if len(self._seen) >= _KEPT:
            self._seen.clear()
        self._seen[words] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} ({left_out} more like it since the last one)"
        return True
