"""A clock that a test turns by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class HandClock:
    """Stands for an event loop's ``time`` and ``call_at``. Time passes in ``turn`` only."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now
        self.calls: list[HandCall] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], Any], /) -> HandCall:
        call = HandCall(self, when, callback)
        self.calls.append(call)
        return call

    def turn(self, seconds: float) -> None:
        """Let time pass, and make the calls that fall due in it, each at its time."""
        end = self.now + seconds
        while due := [call for call in self.calls if call.when <= end]:
            call = min(due, key=lambda each: each.when)
            self.calls.remove(call)
            self.now = max(self.now, call.when)
            call.callback()
        self.now = max(self.now, end)


class HandCall:
    """A call that is to come."""

    def __init__(self, clock: HandClock, when: float, callback: Callable[[], Any]) -> None:
        self._clock = clock
        self.when = when
        self.callback = callback

    def cancel(self) -> None:
        if self in self._clock.calls:
            self._clock.calls.remove(self)
