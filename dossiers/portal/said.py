"""What a sender's snapshots said at the time at which an end or a stop is dated.

An end or a stop counts as it is dated. If a snapshot that its sender made after the end, or
within the stop, still said otherwise, it was dated back: ``as_shown`` has it when the last such
snapshot was made.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from dossiers.portal.phases import NEW, RUNNING, STOPPED, Phase
from dossiers.portal.told_stops import ToldStop
from dossiers.wire.facts import SnapshotFact


class Said:
    """When (ms) each sender's snapshots said that the dossier was open, or that its clock ran."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._running: dict[str, list[int]] = defaultdict(list)

    def note(self, fact: SnapshotFact, phase: Phase) -> None:
        """A snapshot, in order, and the times at which it was sent again before another one."""
        if phase in (NEW, RUNNING, STOPPED):
            times = [fact.occurred_at, *(repeat.occurred_at for repeat in fact.repeats)]
            self._open[fact.source] = times[-1]
            if phase == RUNNING:
                self._running[fact.source] += times

    def open_after(self, source: str, end: int) -> int | None:
        """When the last snapshot after ``end`` said that it was open."""
        at = self._open.get(source)
        return at if at is not None and at > end else None

    def running_within(self, stop: ToldStop) -> int | None:
        """When the last snapshot within the stop said that the clock ran."""
        times = self._running.get(stop.told.source, ())
        place = len(times) if stop.end is None else bisect_left(times, stop.end)
        return times[place - 1] if place and times[place - 1] > stop.begin else None
