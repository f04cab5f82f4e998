"""A worker that makes no progress ends itself, so that its supervisor starts another.

Watched from a thread of its own: what hangs may be the event loop or a call into librdkafka.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

EXIT_STUCK = 70
EXIT_SECONDS = 10.0
_CHECK_SECONDS = 1.0


def exit_within(seconds: float = EXIT_SECONDS, give_up: Callable[[int], None] = os._exit) -> None:
    """Give this process ``seconds`` to end by itself, then cut it.

    For when everything is committed and dropped. Faust's thread may hang in a connection to a
    Kafka that has gone: asyncio waits a minute for it, and no other worker is started meanwhile.
    """

    def end() -> None:
        _log.critical(
            "this worker has not ended within %.0f s of its last word; it is cut", seconds
        )
        give_up(EXIT_STUCK)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


class Liveness:
    """Three checks: the event loop beats, a take-over makes progress, and the group assigns
    partitions, perhaps none.

    ``limit``: seconds without beat or progress before ``give_up``; twice as long for the group,
    which waits for members that are gone. aiokafka joins no more after some refusals (of a member
    that another process has replaced, for one), and says so only to who asks for records. A process
    that was stopped and continued finds its time over too, which is right: others may own its
    partitions now.
    """

    def __init__(self, limit: float, give_up: Callable[[int], None] = os._exit) -> None:
        self._limit = limit
        self._give_up = give_up
        self._lock = threading.Lock()
        self._beat_at = time.monotonic()
        self._progress_at: float | None = None  # None: no take-over under way
        self._waiting_since: float | None = None  # None: the group has assigned
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="liveness", daemon=True)

    def end(self, why: str) -> None:
        """End the process now."""
        _log.critical("%s; this worker ends, start it again", why)
        self._give_up(EXIT_STUCK)

    def start(self) -> None:
        """Begin to watch."""
        self._beat_at = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def beat(self) -> None:
        """The event loop runs."""
        self._beat_at = time.monotonic()

    def taking_over(self, active: bool) -> None:
        """A take-over begins or has ended."""
        with self._lock:
            self._progress_at = time.monotonic() if active else None

    def waiting_for_group(self, active: bool) -> None:
        """The worker waits for the group, or no longer does; may be repeated."""
        with self._lock:
            if not active:
                self._waiting_since = None
            elif self._waiting_since is None:
                self._waiting_since = time.monotonic()

    def progress(self, count: int = 1, *, grace: float = 0.0) -> None:
        """A take-over has made ``count`` steps; from any thread.

        ``grace``: seconds that the next step may take on top of the limit.
        """
        with self._lock:
            if count and self._progress_at is not None:
                self._progress_at = max(self._progress_at, time.monotonic() + grace)

    def stuck(self) -> str | None:
        """What has made no progress for too long; None if nothing."""
        now = time.monotonic()
        with self._lock:
            progress_at, waiting_since = self._progress_at, self._waiting_since
        if now - self._beat_at > self._limit:
            return "the event loop"
        if progress_at is not None and now - progress_at > self._limit:
            return "the take-over of partitions"
        if waiting_since is not None and now - waiting_since > 2 * self._limit:
            return "joining the group"
        return None

    def _watch(self) -> None:
        while not self._stopped.wait(_CHECK_SECONDS):
            what = self.stuck()
            if what is not None:
                self.end(f"{what} has made no progress for {self._limit:.0f} s")
                return
