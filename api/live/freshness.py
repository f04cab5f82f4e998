"""How fresh the live view is, and how fast data time runs."""

from __future__ import annotations

import time
from collections import deque

PACE_SECONDS = 6.0


class Freshness:
    """``watermark``: data time (ms), None until every partition has spoken. ``speed``: data ms per
    real ms, as seen over the last seconds. ``loaded``: whether the topics were read to their end
    once."""

    def __init__(self) -> None:
        self.watermark: int | None = None
        self.advanced_at: float | None = None  # monotonic s of the last advance
        self.speed = 1.0
        self.loaded = False
        self._paces: deque[tuple[float, int]] = deque()  # (monotonic s, watermark)

    def advance(self, watermark: int | None) -> None:
        """The watermark as it is now; nothing happens if it has not moved."""
        if watermark is None or (self.watermark is not None and watermark <= self.watermark):
            return
        self.watermark = watermark
        self.advanced_at = time.monotonic()
        if self.loaded:
            self._pace(self.advanced_at, watermark)

    def tick_age_ms(self) -> int | None:
        """Real ms since the watermark last advanced; None before the first tick."""
        if self.advanced_at is None:
            return None
        return round((time.monotonic() - self.advanced_at) * 1000)

    def _pace(self, at: float, watermark: int) -> None:
        """How fast data time runs: 1 in real life, 60 in a demo. Small changes are noise."""
        paces = self._paces
        paces.append((at, watermark))
        while at - paces[0][0] > PACE_SECONDS:
            paces.popleft()
        since, start = paces[0]
        if at - since > PACE_SECONDS / 2:
            speed = (watermark - start) / (at - since) / 1_000
            if not 0.8 < speed / self.speed < 1.25:
                self.speed = float(f"{speed:.2g}")
