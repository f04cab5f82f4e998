"""Publishes an imported log in the order of its own time, with ticks of that time.

A partition is ticked before its next event if time moved on by a minute, and all partitions at
the end with the log's last time. Paced, all partitions are ticked four times a second, too. Either
way no tick overtakes an event, so states and counts end the same.

A replay that broke off is simply run again: event ids are made from content, so the stream drops
what it has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from dossiers.wire.dead_letters import DeadLetter
from sources.importer.log import ImportedLog
from sources.pace import EventSender, MinuteTicks

_PACED_TICK = 0.25  # seconds
_REPORT_EVERY = 10_000


@dataclass(frozen=True)
class ReplayResult:
    """``published``: records but ticks. ``as_of``: the last time ticked (ms), None for a log
    without any usable row. ``complete``: False if it was stopped before the end. ``passed_over``:
    records that were refused before."""

    published: int
    as_of: int | None
    seconds: float
    complete: bool
    passed_over: int = 0


def replay(
    log: ImportedLog,
    publisher: EventSender,
    dead_letters: Callable[[DeadLetter], None],
    speed: float | None = None,
    *,
    timeline: str = "",
    progress: Callable[[str, float], None] | None = None,
    stop: threading.Event | None = None,
    refused: Callable[[bytes], bool] | None = None,
) -> ReplayResult:
    """Publishes all of ``log`` and waits until Kafka has it.

    ``refused`` tells of an encoded event that the stream refused in an earlier replay: sent again,
    it would only be refused again.

    ``speed``: log seconds a real second, None for as fast as it goes. ``dead_letters`` takes what
    the import could not use (Publisher.dead_letter). Raises BrokerError, or ValueError for a
    speed that is not above 0.
    """
    if speed is not None and speed <= 0:
        raise ValueError(f"speed must be above 0 or max, not {speed:g}")
    started = time.monotonic()
    stopped = stop or threading.Event()
    for letter in log.dead_letters():
        dead_letters(msgspec.structs.replace(letter, timeline=timeline))
    pace = _Fast(publisher) if speed is None else _Paced(publisher, log.first_at or 0, speed)
    published = passed_over = 0
    total = max(log.counts.events, 1)
    for at, dossier_id, value in log.records():
        if not pace.reach(at, dossier_id, stopped):
            break
        if refused is not None and refused(value):
            passed_over += 1
            continue
        publisher.publish_raw(dossier_id.encode(), value)
        published += 1
        if progress is not None and published % _REPORT_EVERY == 0:
            progress("publishing", published / total)
    complete = published + passed_over == log.counts.events
    if complete and log.as_of is not None:
        publisher.tick(log.as_of)
    publisher.flush()
    if progress is not None and complete:
        progress("publishing", 1.0)
    seconds = time.monotonic() - started
    return ReplayResult(published, log.as_of, seconds, complete, passed_over)


class _Fast:
    def __init__(self, publisher: EventSender) -> None:
        self._ticks = MinuteTicks(publisher)

    def reach(self, at: int, dossier_id: str, stop: threading.Event) -> bool:
        """Ticks the dossier's partition up to ``at`` if need be; False once stopped."""
        return not (self._ticks.before(at, dossier_id) and stop.is_set())


class _Paced:
    def __init__(self, publisher: EventSender, first_at: int, speed: float) -> None:
        self._publisher = publisher
        self._first_at = first_at
        self._speed = speed
        self._started = self._ticked = time.monotonic()
        self._minutes = MinuteTicks(publisher)

    def reach(self, at: int, dossier_id: str, stop: threading.Event) -> bool:
        """Waits until the log's clock shows ``at``, ticking meanwhile; False once stopped."""
        while not stop.is_set():
            now = time.monotonic()
            shown = self._first_at + int((now - self._started) * 1000 * self._speed)
            if now - self._ticked >= _PACED_TICK:
                self._ticked = now
                # Never past the event that comes next, also if sending lags behind.
                self._publisher.tick(min(shown, at))
            if shown >= at:
                # Between two ticks of all partitions the log's clock may have moved by days.
                self._minutes.before(at, dossier_id)
                return True
            left = (at - shown) / 1000 / self._speed
            stop.wait(min(left, _PACED_TICK))
        return False
