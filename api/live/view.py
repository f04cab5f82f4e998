"""The live view: the newest tally of every scope, open breaches, and how fresh they are.

Lives on the event loop; the reader thread (api.live.reader) hands it whole batches. Records are
absolute and versioned, so what a transaction takes back is replaced by what follows it.
"""

from __future__ import annotations

import copy
import hashlib
import heapq
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

from api.live.listing import ScopeLimit
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce, in_force_of
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.time.calendar import LATEST, CalendarError
from dossiers.wire.reading import decoder
from dossiers.wire.records import (
    ALERTS,
    CLOCK_SCOPE,
    DEAD_LETTERS,
    MARKS,
    REFERENCE,
    SEPARATOR,
    TALLIES,
    TIMELINE_KEY,
    Alert,
    DeadLetter,
    Tally,
    Timeline,
)
from dossiers.wire.reference import Reference

_log = logging.getLogger(__name__)

TopicRecord = tuple[str, bytes | None, bytes | None]  # topic, key, value

_tally = decoder(Tally)
_alert = decoder(Alert)
_letter = decoder(DeadLetter)
_timeline = decoder(Timeline)
_reference = decoder(Reference)

PACE_SECONDS = 6.0
MOST_BREACHES = 100_000  # half of those that are held at most
_TOLD = 20  # records that were passed over; the rest is counted
NEWEST = 50  # breaches that are kept sorted for the wall


class LiveView:
    """``watermark``: data time (ms), None until every partition has spoken. ``changes`` counts
    batches, so that a reader can tell whether anything happened."""

    def __init__(self, timeline: str, partitions: int) -> None:
        self.timeline = timeline
        self.partitions = partitions
        self.tallies: dict[str, Tally] = {}
        self.breaches: dict[str, Alert] = {}  # open overdue alerts by alert id
        self._references: dict[str, Context] = {}
        self._proven: set[str] = set()
        self._activations: tuple[tuple[int, str], ...] = ()
        self._newest_reference = ""
        self._in_force: InForce | None = None
        self.watermark: int | None = None
        self.advanced_at: float | None = None  # monotonic s of the last advance
        self.speed = 1.0  # data ms per real ms, as seen over the last seconds
        self.dead_letters = 0  # open ones
        self.decided = {"replayed": 0, "dropped": 0}  # dead letters that are none any more
        self.refused = 0  # records that could not be read or were older than what is shown
        self.changes = 0
        self.loaded = False
        self.shown: Reference | None = None  # a part of the reference data, where only it is seen
        self.left_out = 0  # records of scopes for which there is no room (api.live.listing)
        self._listing = ScopeLimit()
        self._clocks: dict[bytes, int] = {}
        self._clock_keys = {
            f"{CLOCK_SCOPE}{SEPARATOR}{partition}".encode() for partition in range(partitions)
        }
        self._put_aside: dict[tuple[str, int], int] = {}  # the newest dead letter's offset
        self._decided: set[tuple[str, int, int]] = set()
        self._sequences: dict[str, int] = {}
        self._newest: list[Alert] | None = None
        self._paces: deque[tuple[float, int]] = deque()  # (monotonic s, watermark)

    @property
    def in_force(self) -> InForce:
        """Which reference data counts when."""
        if self._in_force is None:
            known = [each for each in self._activations if each[1] in self._references]
            if not known and self._newest_reference:
                known = [(0, self._newest_reference)]
            self._in_force = in_force_of(known, self._references.__getitem__)
        return self._in_force

    @property
    def context(self) -> Context:
        """The reference data that counts now, compiled."""
        return self.in_force.at(self.watermark or 0)

    @property
    def reference(self) -> Reference:
        """The reference data that counts now, or the part of it that is seen."""
        return self.shown or self.context.reference

    @property
    def references(self) -> list[Reference]:
        """What counts now, and what is to come."""
        now = self.context
        ahead = self.in_force.next_after(self.watermark or 0)
        coming = (
            []
            if ahead is None
            else [
                self.in_force.at(since).reference
                for since, _ in self.in_force.activations()
                if since >= ahead
            ]
        )
        return [now.reference, *coming]

    @property
    def all_time(self) -> bool:
        """Whether the tallies count closed dossiers for ever (dossiers.tallies.vector.ALL_TIME)."""
        return not self.reference.rules.tombstones

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take records in their order."""
        for topic, key, value in records:
            if value is None:
                continue
            try:
                self._read(topic, key or b"", value)
            except Exception as error:
                # Whatever somebody wrote into a topic, the walls go on.
                self.refused += 1
                if self.refused <= _TOLD:
                    _log.warning("a record of %s is passed over: %s", topic, type(error).__name__)
        self.changes += 1

    def _read(self, topic: str, key: bytes, value: bytes) -> None:
        if topic == TALLIES:
            self._take(key, _tally(value))
        elif topic == ALERTS:
            self._announce(_alert(value))
        elif topic == DEAD_LETTERS:
            letter = _letter(value)
            if letter.timeline == self.timeline:
                self._count(letter)
        elif topic == REFERENCE:
            self._refer(key, value)

    def _count(self, letter: DeadLetter) -> None:
        """The stream puts a partition's records aside in their order, and again those of a
        transaction that was aborted, which this reader has seen."""
        place = (letter.topic, letter.partition, letter.offset)
        if letter.reason in MARKS:
            if place not in self._decided:  # who decided twice, decided once
                self._decided.add(place)
                self.decided[letter.reason] += 1
                self.dead_letters -= 1
        elif letter.offset < 0:  # it never reached Kafka
            self.dead_letters += 1
        elif letter.offset > self._put_aside.get(place[:2], -1):
            self._put_aside[place[:2]] = letter.offset
            self.dead_letters += 1

    def _refer(self, key: bytes, value: bytes) -> None:
        if key == TIMELINE_KEY:
            found = _timeline(value)
            if found.id != self.timeline:
                self.refused += 1
                return
            self._activations = tuple((each.since, each.hash) for each in found.activations)
        else:
            name = key.decode()
            if name not in self._proven:  # what the name itself proves is not put over
                try:
                    self._references[name] = Context(_reference(value), name)
                except CalendarError:  # the stream refuses it as well
                    return
                if hashlib.sha256(value).hexdigest() == name:
                    self._proven.add(name)
            self._newest_reference = name
            known = (context.reference for context in self._references.values())
            for scope in self._listing.refer(known, self.tallies):
                del self.tallies[scope]
        self._in_force = None

    def _take(self, key: bytes, tally: Tally) -> None:
        if tally.timeline != self.timeline:
            return
        if not 0 <= tally.now < LATEST:
            self.refused += 1
            return
        if tally.scope == CLOCK_SCOPE:
            if key not in self._clock_keys:
                self.refused += 1
                return
            self._clocks[key] = max(tally.now, self._clocks.get(key, 0))
            self._advance()
            return
        shown = self.tallies.get(tally.scope)
        if len(tally.vector) != WIDTH or (shown is not None and _older(tally, shown)):
            self.refused += 1
            return
        if shown is None and not self._listing.welcome(tally.scope):
            self.left_out += 1
            return
        self.tallies[tally.scope] = tally

    def _advance(self) -> None:
        if len(self._clocks) < self.partitions:
            return
        watermark = min(self._clocks.values())
        if self.watermark is None or watermark > self.watermark:
            self.watermark = watermark
            self.advanced_at = time.monotonic()
            if self.loaded:
                self._pace(self.advanced_at, watermark)

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

    def _announce(self, alert: Alert) -> None:
        if alert.timeline != self.timeline or alert.kind != "overdue":
            return
        if alert.transition == "raised":
            # Uncommitted transitions may be seen twice; the higher sequence number wins.
            if alert.sequence >= self._sequences.get(alert.alert_id, 0):
                self._sequences.pop(alert.alert_id, None)
                self.breaches[alert.alert_id] = alert
        elif self.breaches.pop(alert.alert_id, None) is None:
            self._sequences[alert.alert_id] = alert.sequence
            if len(self._sequences) > MOST_BREACHES:
                del self._sequences[next(iter(self._sequences))]
        if len(self.breaches) > 2 * MOST_BREACHES:  # the wall shows the newest only
            kept = heapq.nlargest(MOST_BREACHES, self.breaches.values(), key=self._rank())
            self.breaches = {each.alert_id: each for each in kept}
        self._newest = None

    def newest_breaches(self, count: int) -> list[Alert]:
        """Open breaches, those of units that the reference data names first; of these, the latest
        due time first."""
        if self._newest is None:
            self._newest = heapq.nlargest(NEWEST, self.breaches.values(), key=self._rank())
        return self._newest[:count]

    def _rank(self) -> Callable[[Alert], tuple[bool, int, str]]:
        listed = {unit.id for unit in self.reference.units}
        return lambda alert: (alert.unit in listed, alert.due_at, alert.dossier_id)

    def part(
        self, tallies: dict[str, Tally], seen: Callable[[Alert], bool], reference: Reference
    ) -> LiveView:
        """The view of now with these tallies, the breaches that ``seen`` lets pass, and this part
        of the reference data; time and freshness are those of the whole."""
        found = copy.copy(self)
        found.tallies = tallies
        found.breaches = {id_: alert for id_, alert in self.breaches.items() if seen(alert)}
        found.shown = reference
        found._newest = None
        return found

    def value(self, scope: str, name: str) -> int:
        """One count of a scope; 0 where it has no tally."""
        tally = self.tallies.get(scope)
        return 0 if tally is None else tally.vector[FIELD[name]]

    def tick_age_ms(self) -> int | None:
        """Real ms since the watermark last advanced; None before the first tick."""
        if self.advanced_at is None:
            return None
        return round((time.monotonic() - self.advanced_at) * 1000)


def _older(tally: Tally, shown: Tally) -> bool:
    """Whether any source partition's part is of an earlier version than what is shown."""
    versions = tally.versions
    return any(tuple(versions.get(p, (0, -1))) < tuple(v) for p, v in shown.versions.items())
