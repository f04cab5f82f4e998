"""Waits until everything that was published stands in tallies and ClickHouse."""

from __future__ import annotations

import time
from collections.abc import Callable

from broker.groups import has_read_all
from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.settings.installation import Installation
from dunghen.timeline.tallies import FollowedTallies
from dunghen.timeline.workers import worker_group

_STEP = 0.5  # s; the topic wakes up the reader, this only bounds how late a stop is noticed
_POLL = 0.1  # s between questions for positions, which nothing announces
_STUCK = 300.0  # s without any progress


class Stopped(Exception):
    """The user asked to stop while it was being waited for."""


class CatchingUp:
    """One wait. ``stopped`` is asked again and again; ``progress`` is told the watermark (ms)."""

    def __init__(
        self,
        installation: Installation,
        timeline: Timeline,
        tallies: FollowedTallies,
        stopped: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> None:
        self._installation = installation
        self._timeline = timeline
        self._tallies = tallies
        self._stopped = stopped
        self._progress = progress

    def wait(self, last_tick: int, sink: RemoteClickHouse) -> None:
        """Return when the watermark has reached ``last_tick`` (ms), the worker has committed all
        it was given, and ``sink``, asked through the API, has inserted what was committed.

        Raises Stopped, or UserError if nothing moves any more.
        """
        self._watermark(last_tick)
        self._until(self._worker_done, "the worker")
        self._tallies.read_to_end()
        self._until(lambda: bool(sink.call("caught-up", None)), "the ClickHouse sink")

    def _watermark(self, last_tick: int) -> None:
        moved, before = time.monotonic(), -1
        while self._tallies.watermark < last_tick:
            self._check()
            reached = self._tallies.read_until(lambda: self._tallies.watermark >= last_tick, _STEP)
            if self._tallies.watermark != before:
                moved, before = time.monotonic(), self._tallies.watermark
                self._progress(before)
            elif not reached and time.monotonic() - moved > _STUCK:
                raise _stuck("the worker")

    def _worker_done(self) -> bool:
        installation, timeline = self._installation, self._timeline
        return has_read_all(
            installation.kafka,
            worker_group(timeline.id),
            timeline.partitions,
        )

    def _until(self, done: Callable[[], bool], who: str) -> None:
        begun = time.monotonic()
        while not done():
            self._check()
            if time.monotonic() - begun > _STUCK:
                raise _stuck(who)
            time.sleep(_POLL)

    def _check(self) -> None:
        if self._stopped():
            raise Stopped


def _stuck(who: str) -> UserError:
    return UserError(
        f"The figures do not catch up: {who} has made no progress for {_STUCK:.0f} s.",
        "Look at `dunghen status` and at the logs in the state folder, then run the same replay "
        "again: what was published already is not counted twice.",
        exit_code=1,
    )
