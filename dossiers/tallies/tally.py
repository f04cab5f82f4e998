"""Tallies: the sum, over dossier states, of what each contributes to its scopes.

When a state changes, its old contribution is subtracted and the new one added, so a tally can
always be recounted from the states alone. Rolling windows hold minute buckets; see
dossiers.tallies.vector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice
from typing import NamedTuple

from dossiers.tallies.vector import (
    GAUGE,
    MEASURE,
    WIDTH,
    WINDOW_MINUTES,
    WINDOWS,
    window_offset,
)
from dossiers.time.hours import MINUTE
from dossiers.wire.flags import AFTER_END, BACKDATED, REWRITTEN
from dossiers.wire.records import DossierRecord, Header

_GAUGES_OF: dict[str, tuple[int, ...]] = {
    "pending": (GAUGE["pending"],),
    "within": (GAUGE["total"], GAUGE["open"], GAUGE["within"]),
    "waiting": (GAUGE["total"], GAUGE["open"], GAUGE["waiting"], GAUGE["suspended"]),
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
_REWRITTEN = (GAUGE["flagged"], GAUGE["rewritten"])
_SUSPENDED = (GAUGE["suspended"],)
_EXTENDED = (GAUGE["extended"],)
_STEP_OVERDUE = (GAUGE["step_overdue"],)
_REOPENED = (GAUGE["reopened"],)
_BACKDATED = (GAUGE["backdated"],)
_UNCOUNTED = (AFTER_END,)  # the flags of a dossier that does not count as flagged
_IN_TOTAL = frozenset(v for v, gauges in _GAUGES_OF.items() if GAUGE["total"] in gauges)
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
_CHUNK = 50_000  # contributions counted at a time: bounds the memory of a take-over


def contribution(record: DossierRecord | Header, all_time: bool = True) -> Contribution:
    """What the dossier in ``record`` adds to each of its scopes.

    Without ``all_time`` a closed one counts in windows only: it will be dropped, and nobody must
    see a gauge fall for that.
    """
    course, standing = record.course, record.standing
    verdict = standing.verdict
    counts = all_time or course.finished_at is None
    gauges = _GAUGES_OF[verdict] if counts else ()
    if standing.due_soon:
        gauges += _DUE_SOON
    if standing.late_reception and verdict == "pending":
        gauges += _LATE_RECEPTION
    flags = record.flags
    if flags and counts and flags != _UNCOUNTED:
        gauges += _REWRITTEN if REWRITTEN in flags else _FLAGGED
        if BACKDATED in flags:
            gauges += _BACKDATED
    if verdict == "overdue" and course.stopped_at is not None:
        gauges += _SUSPENDED
    if course.extensions and counts and verdict in _IN_TOTAL:
        gauges += _EXTENDED
    if standing.step_overdue:
        gauges += _STEP_OVERDUE
    if course.reopened_at is not None:
        gauges += _REOPENED  # open again: how things stand, whatever is counted of all time
    instants: tuple[tuple[int, int], ...] = ()
    if course.received_at is not None:
        instants = ((course.received_at // MINUTE, _RECEIVED),)
    measure = _VERDICT.get(verdict)
    if measure is not None and course.finished_at is not None:
        instants += ((course.finished_at // MINUTE, measure),)
    if standing.breached_at is not None:
        instants += ((standing.breached_at // MINUTE, _BREACH),)
    if standing.late_reception_at is not None:
        instants += ((standing.late_reception_at // MINUTE, _LATE_RECEIVED),)
    return Contribution(record.scopes, gauges, instants)


class Tallies:
    """Vectors of one source partition, by scope. ``dirty``: scopes changed since ``drain``."""

    def __init__(self) -> None:
        self.vectors: dict[str, list[int]] = {}
        self.dirty: set[str] = set()
        # minute -> (scope, measure) -> count
        self._buckets: dict[int, dict[tuple[str, int], int]] = {}
        self._minute = 0
        self._floor = 0
        # Each window holds the minutes m with low < m <= self._minute: (low, first field).
        self._windows = [(0, window_offset(i)) for i in range(len(WINDOWS))]
        # Of an instant: the fields of its windows, until the windows move.
        self._within: dict[tuple[int, int], tuple[int, ...]] = {}

    def replace(self, before: Contribution, after: Contribution) -> None:
        """Take one dossier's former contribution back and put the new one in."""
        if before is NOTHING:
            self._add(after.scopes, after.gauges, after.instants, 1)
            return
        scopes, was = after.scopes, before.scopes
        same = before.gauges == after.gauges and before.instants == after.instants
        if scopes != was:  # handed over: most scopes stay the same
            left = [s for s in was if s not in scopes]
            entered = [s for s in scopes if s not in was]
            if left:
                self._add(left, before.gauges, before.instants, -1)
            if entered:
                self._add(entered, after.gauges, after.instants, 1)
            if same:
                return
            scopes = tuple(s for s in scopes if s in was)
        elif same:
            return
        gone = tuple(g for g in before.gauges if g not in after.gauges)
        new = tuple(g for g in after.gauges if g not in before.gauges)
        past = tuple(i for i in before.instants if i not in after.instants)
        now = tuple(i for i in after.instants if i not in before.instants)
        if gone or past:
            self._add(scopes, gone, past, -1)
        if new or now:
            self._add(scopes, new, now, 1)

    def fill(self, contributions: Iterable[Contribution]) -> None:
        """Put all of these in. Equal ones are counted first: taken over, a partition has many."""
        rest = iter(contributions)
        while chunk := Counter(islice(rest, _CHUNK)):
            for (scopes, gauges, instants), count in chunk.items():
                self._add(scopes, gauges, instants, count)

    def _add(
        self,
        scopes: Collection[str],
        gauges: tuple[int, ...],
        instants: tuple[tuple[int, int], ...],
        count: int,
    ) -> None:
        fields = gauges
        buckets = []
        for instant in instants:
            minute, measure = instant
            if minute <= self._floor:
                continue  # behind every window, and windows only move forward
            bucket = self._buckets.get(minute)
            if bucket is None:
                bucket = self._buckets[minute] = {}
            buckets.append((bucket, measure))
            if minute <= self._minute:
                within = self._within.get(instant)
                if within is None:
                    within = self._within[instant] = tuple(
                        offset + measure for low, offset in self._windows if minute > low
                    )
                fields += within
        vectors = self.vectors
        for scope in scopes:
            vector = vectors.get(scope)
            if vector is None:
                vector = vectors[scope] = [0] * WIDTH
            for field in fields:
                vector[field] += count
            for bucket, measure in buckets:
                key = (scope, measure)
                bucket[key] = bucket.get(key, 0) + count
        self.dirty.update(scopes)

    def advance(self, now: int, month_start: int) -> None:
        """Move the windows to ``now`` (ms); ``month_start``: when its local month began (ms)."""
        minute = now // MINUTE
        if minute <= self._minute:
            return
        month = month_start // MINUTE - 1
        lows = [month if w == "month" else minute - WINDOW_MINUTES[w] for w in WINDOWS]
        for (old_low, offset), low in zip(self._windows, lows, strict=True):
            # Leaving: (old_low, low], but only what had entered.
            for bucket in self._between(old_low, min(low, self._minute)):
                self._shift(offset, self._buckets[bucket], -1)
        for entering in self._between(self._minute, minute):
            for (_, offset), low in zip(self._windows, lows, strict=True):
                if entering > low:
                    self._shift(offset, self._buckets[entering], 1)
        self._minute = minute
        self._windows = [(low, window[1]) for low, window in zip(lows, self._windows, strict=True)]
        self._within.clear()
        floor = min(lows)
        if floor - self._floor >= 1_440:  # once a day is enough to forget
            self._floor = floor
            self._buckets = {m: b for m, b in self._buckets.items() if m > floor}

    def _between(self, low: int, high: int) -> list[int]:
        """Minutes m with low < m <= high that have a bucket."""
        buckets = self._buckets
        if high - low == 1:
            return [high] if high in buckets else []
        if high - low > len(buckets):
            return [m for m in buckets if low < m <= high]
        return [m for m in range(low + 1, high + 1) if m in buckets]

    def _shift(self, offset: int, bucket: dict[tuple[str, int], int], sign: int) -> None:
        vectors = self.vectors
        for (scope, measure), count in bucket.items():
            if count:
                vectors[scope][offset + measure] += sign * count
                self.dirty.add(scope)

    def drain(self) -> list[str]:
        """The scopes whose vectors changed since the last call."""
        scopes = list(self.dirty)
        self.dirty.clear()
        return scopes
