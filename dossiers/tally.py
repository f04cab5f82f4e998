"""Tallies: the sum, over dossier states, of what each contributes to its scopes.

A contribution is taken back and put in again when a state changes, so a tally can always be
recounted from the states alone. Rolling windows hold minute buckets; see dossiers.vector.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dossiers.calendar import MINUTE
from dossiers.records import DossierRecord
from dossiers.vector import (
    GAUGE,
    GAUGES,
    MEASURE,
    MEASURES,
    WIDTH,
    WINDOW_MINUTES,
    WINDOWS,
    window_offset,
)

_GAUGES_OF: dict[str, tuple[int, ...]] = {
    "pending": (GAUGE["pending"],),
    "within": (GAUGE["total"], GAUGE["open"], GAUGE["within"]),
    "waiting": (GAUGE["total"], GAUGE["open"], GAUGE["waiting"]),
    "overdue": (GAUGE["total"], GAUGE["open"], GAUGE["overdue"]),
    "early": (GAUGE["total"], GAUGE["early"]),
    "on_time": (GAUGE["total"], GAUGE["on_time"]),
    "late": (GAUGE["total"], GAUGE["late"]),
    "no_due": (GAUGE["total"], GAUGE["no_due"]),
    "refused": (GAUGE["refused"],),
    "withdrawn": (GAUGE["withdrawn"],),
    "unreceived": (),
}
_DUE_SOON = (GAUGE["due_soon"],)
_LATE_RECEPTION = (GAUGE["late_receptions"],)
_FLAGGED = (GAUGE["flagged"],)
_RECEIVED = MEASURE["received"]
_BREACH = MEASURE["newly_overdue"]
_LATE_RECEIVED = MEASURE["late_receptions"]
_VERDICT = {name: MEASURE[name] for name in ("early", "on_time", "late", "no_due")}


class Contribution(NamedTuple):
    """What one dossier adds: to gauges (indexes), and to windows ((minute, measure) pairs)."""

    scopes: tuple[str, ...]
    gauges: tuple[int, ...]
    instants: tuple[tuple[int, int], ...]


NOTHING = Contribution((), (), ())


def contribution(record: DossierRecord) -> Contribution:
    """What the dossier in ``record`` adds to each of its scopes."""
    verdict = record.standing
    gauges = _GAUGES_OF[verdict]
    if record.due_soon:
        gauges += _DUE_SOON
    if record.late_reception and verdict == "pending":
        gauges += _LATE_RECEPTION
    if record.flags:
        gauges += _FLAGGED
    instants: tuple[tuple[int, int], ...] = ()
    if record.received_at is not None:
        instants += ((record.received_at // MINUTE, _RECEIVED),)
    measure = _VERDICT.get(verdict)
    if measure is not None and record.finished_at is not None:
        instants += ((record.finished_at // MINUTE, measure),)
    if record.breached_at is not None:
        instants += ((record.breached_at // MINUTE, _BREACH),)
    if record.late_reception_at is not None:
        instants += ((record.late_reception_at // MINUTE, _LATE_RECEIVED),)
    return Contribution(record.scopes, gauges, instants)


class Tallies:
    """Vectors of one source partition, by scope. ``dirty``: scopes changed since ``drain``."""

    def __init__(self) -> None:
        self.vectors: dict[str, list[int]] = {}
        self.dirty: set[str] = set()
        self._buckets: dict[int, dict[str, list[int]]] = {}
        self._minute = 0
        # Each window holds the minutes m with low < m <= self._minute.
        self._lows = [0] * len(WINDOWS)
        self._floor = 0

    def replace(self, before: Contribution, after: Contribution) -> None:
        """Take one dossier's former contribution back and put the new one in."""
        if before == after:
            return
        kept = after.scopes
        if before.scopes != after.scopes:  # handed over: most scopes stay the same
            kept = tuple(s for s in after.scopes if s in before.scopes)
            left = tuple(s for s in before.scopes if s not in after.scopes)
            joined = tuple(s for s in after.scopes if s not in before.scopes)
            self._add(left, [(g, -1) for g in before.gauges], [(i, -1) for i in before.instants])
            self._add(joined, [(g, 1) for g in after.gauges], [(i, 1) for i in after.instants])
        gauges = [(g, -1) for g in before.gauges if g not in after.gauges]
        gauges += [(g, 1) for g in after.gauges if g not in before.gauges]
        instants = [(i, -1) for i in before.instants if i not in after.instants]
        instants += [(i, 1) for i in after.instants if i not in before.instants]
        if gauges or instants:
            self._add(kept, gauges, instants)

    def _add(
        self,
        scopes: tuple[str, ...],
        gauges: list[tuple[int, int]],
        instants: list[tuple[tuple[int, int], int]],
    ) -> None:
        for scope in scopes:
            vector = self.vectors.get(scope)
            if vector is None:
                vector = self.vectors[scope] = [0] * WIDTH
            for gauge, sign in gauges:
                vector[gauge] += sign
            for (minute, measure), sign in instants:
                self._count(scope, vector, minute, measure, sign)
        self.dirty.update(scopes)

    def _count(self, scope: str, vector: list[int], minute: int, measure: int, sign: int) -> None:
        if minute <= self._floor:
            return  # behind every window, and windows only move forward
        buckets = self._buckets.get(minute)
        if buckets is None:
            buckets = self._buckets[minute] = {}
        bucket = buckets.get(scope)
        if bucket is None:
            bucket = buckets[scope] = [0] * len(MEASURES)
        bucket[measure] += sign
        if minute <= self._minute:
            for window, low in enumerate(self._lows):
                if minute > low:
                    vector[len(GAUGES) + window * len(MEASURES) + measure] += sign

    def advance(self, now: int, month_start: int) -> None:
        """Move the windows to ``now`` (ms); ``month_start``: when its local month began (ms)."""
        minute = now // MINUTE
        if minute <= self._minute:
            return
        lows = [minute - WINDOW_MINUTES[w] if w != "month" else month_start // MINUTE - 1
                for w in WINDOWS]  # fmt: skip
        for window, low in enumerate(lows):
            old_low = self._lows[window]
            # Leaving: (old_low, low], but only what had entered. Entering: what is new and inside.
            self._shift(window, self._between(old_low, min(low, self._minute)), -1)
            self._shift(window, self._between(max(low, self._minute), minute), 1)
        self._minute = minute
        self._lows = lows
        floor = min(lows)
        if floor - self._floor >= 1_440:  # once a day is enough to forget
            self._floor = floor
            self._buckets = {m: b for m, b in self._buckets.items() if m > floor}

    def _between(self, low: int, high: int) -> Iterable[int]:
        """Minutes m with low < m <= high that have a bucket."""
        if high - low > len(self._buckets):
            return [m for m in self._buckets if low < m <= high]
        return [m for m in range(low + 1, high + 1) if m in self._buckets]

    def _shift(self, window: int, minutes: Iterable[int], sign: int) -> None:
        offset = window_offset(window)
        for minute in minutes:
            for scope, bucket in self._buckets[minute].items():
                vector = self.vectors[scope]
                for measure, count in enumerate(bucket, offset):
                    if count:
                        vector[measure] += sign * count
                self.dirty.add(scope)

    def drain(self) -> list[str]:
        """The scopes whose vectors changed since the last call."""
        scopes = list(self.dirty)
        self.dirty.clear()
        return scopes
