"""Which records the entrances refused in the last day, by source and reason: in memory alone, as
nothing of a refused record is kept."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable

from api.ports import Refusals, RefusedLately

HOUR = 3_600_000  # ms
HOURS = 24
MOST = 500  # sources and reasons of one hour; further ones count as OTHERS
OTHERS = ("", "")
_LONGEST = 120  # characters of a reason


class LastRefusals:
    """``clock``: ms, real time. May be used by several threads."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._since = clock()
        self._hours: deque[tuple[int, Counter[tuple[str, str]]]] = deque(maxlen=HOURS + 1)
        self._lock = threading.Lock()

    def note(self, source: str, reasons: Iterable[str]) -> None:
        """Records of ``source`` were refused for these reasons."""
        hour = self._clock() // HOUR
        with self._lock:
            if not self._hours or self._hours[-1][0] < hour:
                self._hours.append((hour, Counter()))
            counts = self._hours[-1][1]
            for reason in reasons:
                key = (source, reason.partition(";")[0][:_LONGEST])
                counts[key if key in counts or len(counts) < MOST else OTHERS] += 1

    def last_day(self) -> Refusals:
        """Of the last 24 hours, the present one not full."""
        first = self._clock() // HOUR - HOURS
        with self._lock:
            found: Counter[tuple[str, str]] = Counter()
            for hour, counts in self._hours:
                if hour > first:
                    found.update(counts)
        since = max(self._since, (first + 1) * HOUR)
        rows = [RefusedLately(*key, count) for key, count in found.most_common()]
        return Refusals(since, rows)
