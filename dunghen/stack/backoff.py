"""How long to wait before a process is started again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Backoff:
    """Waits that double from ``first`` to ``longest`` seconds.

    A process that stayed up for ``healthy`` seconds begins again without a wait: the picture stands
    still meanwhile. There is no jitter: the processes of one machine do not crowd anybody.
    """

    first: float
    longest: float
    healthy: float = 10.0
    failures: int = 0

    def next(self, uptime: float) -> float:
        """The wait after a process that lived for ``uptime`` seconds."""
        if uptime >= self.healthy:
            self.failures = 0
            return 0.0
        # The exponent is bounded: 2.0**2000 overflows.
        wait = min(self.first * 2.0 ** min(self.failures, 60), self.longest)
        self.failures += 1
        return wait
