"""The clock of a live timeline: one tick a second in every partition.

The stream knows no other time, so a wrong machine clock would make dossiers overdue that are not.
A jump of the clock is therefore refused: the ticker stops, the picture turns stale, and says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dossiers.errors import UserError
from sources.publisher import Publisher
from sources.ticks import BOOT_HEADER, UPTIME_HEADER, LastTick, boot_id, uptime

log = logging.getLogger(__name__)

MAX_JUMP_MS = 60_000
_CATCH_UP_STEPS = 10_000


class ClockJump(UserError):
    """The machine's clock moved against the time that really passed; says how far."""


def _wall() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Clock:
    """``wall``: what time it is (ms); ``steady``: ms that nobody can set; ``boot``: whose ms."""

    wall: Callable[[], int] = _wall
    steady: Callable[[], int] = uptime
    boot: Callable[[], str] = boot_id


class Ticker:
    """Ticks ``publisher``'s timeline until stopped.

    ``last``: the newest ticks found (sources.ticks.last_ticks). ``accept_clock``: the operator says
    that the clock is right although it does not follow from the last tick.
    """

    def __init__(
        self,
        publisher: Publisher,
        last: Sequence[LastTick | None],
        *,
        clock: Clock | None = None,
        accept_clock: bool = False,
        interval: float = 1.0,
    ) -> None:
        self._publisher = publisher
        self._clock = clock or Clock()
        self._accept = accept_clock
        self._interval = interval
        self._boot = self._clock.boot()
        self._now, self._steady = self._resume(last)

    def run(self, stop: threading.Event) -> None:
        """Ticks until ``stop`` is set. Raises ClockJump, or BrokerError once Kafka fails."""
        started = time.monotonic()
        turn = 0
        while True:
            self.tick_once()
            turn += 1
            # Counted from the start, so that the interval does not drift by what a tick takes.
            if stop.wait(max(0.0, started + turn * self._interval - time.monotonic())):
                self._publisher.flush()
                return

    def tick_once(self) -> int:
        """Publishes the time it is now; returns it (ms). Raises ClockJump."""
        now, steady = self._clock.wall(), self._clock.steady()
        if not self._accept:
            _refuse_jump(now - self._now, steady - self._steady)
        self._accept = False
        self._advance(self._now, now, steady)
        self._now, self._steady = now, steady
        return now

    def _resume(self, last: Sequence[LastTick | None]) -> tuple[int, int]:
        """The wall and steady time of the newest tick; of now if there was none."""
        now, steady = self._clock.wall(), self._clock.steady()
        known = max((tick for tick in last if tick is not None), key=_by_now, default=None)
        if known is None:
            return now, steady
        if known.boot and known.boot == self._boot:
            return known.now, known.uptime
        # After a reboot nothing tells how long the machine was off: only a clock that lies before
        # the last tick is surely wrong.
        return known.now, steady - max(now - known.now, 0)

    def _advance(self, before: int, now: int, steady: int) -> None:
        """Ticks ``now``. A gap (this process was stopped, the machine asleep) is closed in steps of
        a minute, so that what fell due in it is seen minute by minute."""
        gap = now - before
        if gap > MAX_JUMP_MS:
            log.info("no ticks for %d s: catching up", gap // 1000)
            step = max(MAX_JUMP_MS, gap // _CATCH_UP_STEPS)
            for at in range(before + step, now, step):
                self._send(at, steady - (now - at))
        self._send(now, steady)

    def _send(self, now: int, steady: int) -> None:
        headers = [
            (BOOT_HEADER, self._boot.encode("ascii")),
            (UPTIME_HEADER, str(steady).encode("ascii")),
        ]
        self._publisher.tick(now, headers=headers)


def _by_now(tick: LastTick) -> int:
    return tick.now


def _refuse_jump(wall_passed: int, really_passed: int) -> None:
    jump = wall_passed - really_passed
    if abs(jump) > MAX_JUMP_MS:
        way = "ahead" if jump > 0 else "back"
        raise ClockJump(
            f"This machine's clock was set {way} by {abs(jump) / 1000:.0f} s against the time that "
            "really passed since the last tick. Ticking on would move deadlines, so ticks stop "
            "here. Correct the clock (timedatectl status) and start again; if the clock is right "
            "now, start once with --accept-clock."
        )
