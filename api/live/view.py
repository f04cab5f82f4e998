"""The live view: the newest tally of every scope, open breaches, and how fresh they are.

Lives on the event loop; the reader thread (api.live.reader) hands it whole batches. Records are
absolute and versioned, so what a transaction takes back is replaced by what follows it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Set

from api.live.breaches import OpenBreaches
from api.live.dead_letters import DeadLetterCount
from api.live.freshness import Freshness
from api.live.reconciliations import LastReconciliations
from api.live.scope_limit import ScopeLimit
from api.live.verifications import LastVerifications
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reference.timeline_references import TimelineReferences
from dossiers.tallies.table import TallyTable
from dossiers.tallies.vector import FIELD
from dossiers.wire.alerts import Alert
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.keys import TIMELINE_KEY, clock_key
from dossiers.wire.reading import decoder
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import (
    ALERTS,
    DEAD_LETTERS,
    RECONCILIATIONS,
    REFERENCE,
    TALLIES,
    VERIFICATIONS,
)

_log = logging.getLogger(__name__)

TopicRecord = tuple[str, bytes | None, bytes | None]  # topic, key, value

_tally = decoder(Tally)
_alert = decoder(Alert)
_letter = decoder(DeadLetter)

_TOLD = 20  # records that were skipped; the rest is counted


class Picture:
    """What may be read of the live view: all of it, or the part that somebody sees.

    Time, dead letters and the reference data's versions are those of the whole. ``part``: the
    reference data that is shown in place of what counts now.
    """

    def __init__(
        self,
        timeline: str,
        freshness: Freshness,
        references: TimelineReferences,
        letters: DeadLetterCount,
        tallies: Mapping[str, Tally],
        breaches: OpenBreaches,
        part: Reference | None = None,
    ) -> None:
        self.timeline = timeline
        self.freshness = freshness
        self.letters = letters
        self.tallies = tallies
        self.breaches = breaches
        self._references = references
        self._part = part

    @property
    def watermark(self) -> int | None:
        """Data time (ms), None until every partition has spoken."""
        return self.freshness.watermark

    @property
    def loaded(self) -> bool:
        """Whether the topics were read to their end once."""
        return self.freshness.loaded

    def tick_age_ms(self) -> int | None:
        """Real ms since the watermark last advanced; None before the first tick."""
        return self.freshness.tick_age_ms()

    @property
    def in_force(self) -> InForce:
        """Which reference data counts when."""
        return self._references.in_force

    @property
    def context(self) -> Context:
        """The reference data that counts now, compiled."""
        return self.in_force.at(self.watermark or 0)

    @property
    def reference(self) -> Reference:
        """The reference data that counts now, or the part of it that is seen."""
        return self._part or self.context.reference

    @property
    def references(self) -> list[Reference]:
        """What counts now, and what is to come."""
        return self._references.from_now_on(self.watermark or 0)

    @property
    def all_time(self) -> bool:
        """Whether the tallies count closed dossiers for ever (dossiers.tallies.vector.ALL_TIME)."""
        return not self.reference.rules.tombstones

    def value(self, scope: str, name: str) -> int:
        """One count of a scope; 0 if it has no tally."""
        tally = self.tallies.get(scope)
        return 0 if tally is None else tally.vector[FIELD[name]]

    def newest_breaches(self, count: int) -> list[Alert]:
        """Open breaches, those of units that the reference data names first; of these, the latest
        due time first."""
        return self.breaches.newest(count, self.listed_units)

    def listed_units(self) -> Set[str]:
        """Ids of the units that the reference data names."""
        return {unit.id for unit in self.reference.units}

    def part(
        self, tallies: Mapping[str, Tally], breaches: OpenBreaches, part: Reference
    ) -> Picture:
        """The view of now with these tallies and breaches, and this part of the reference data."""
        return Picture(
            self.timeline, self.freshness, self._references, self.letters, tallies, breaches, part
        )


class LiveView(Picture):
    """The whole, which ``apply`` keeps up to date. ``refused``: records that could not be read or
    were older than what is shown. ``left_out``: records of scopes for which there is no room."""

    def __init__(self, timeline: str, partitions: int, limit: ScopeLimit | None = None) -> None:
        self._limit = limit or ScopeLimit()
        self._table = TallyTable(timeline, partitions, self._limit.admit)
        super().__init__(
            timeline,
            Freshness(),
            TimelineReferences(timeline),
            DeadLetterCount(),
            self._table.tallies,
            OpenBreaches(),
        )
        self.refused = 0
        self.left_out = 0
        self.verifications = LastVerifications()
        self.reconciliations = LastReconciliations()
        self._clock_keys = {clock_key(partition): partition for partition in range(partitions)}

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take records in their order. Whatever somebody wrote into a topic, the walls go on."""
        for topic, key, value in records:
            if value is None:
                continue
            try:
                self._read(topic, key or b"", value)
            except Exception as error:
                self.refused += 1
                if self.refused <= _TOLD:
                    _log.warning("a record of %s is skipped: %s", topic, type(error).__name__)

    def _read(self, topic: str, key: bytes, value: bytes) -> None:
        if topic == TALLIES:
            self._take(key, _tally(value))
        elif topic == ALERTS:
            alert = _alert(value)
            if alert.timeline == self.timeline and alert.kind == "overdue":
                self.breaches.take(alert, self.listed_units)
        elif topic == DEAD_LETTERS:
            letter = _letter(value)
            if letter.timeline == self.timeline:
                self.letters.take(letter)
        elif topic == VERIFICATIONS:
            self.refused += not self.verifications.take(key, value)
        elif topic == RECONCILIATIONS:
            self.refused += not self.reconciliations.take(key, value)
        elif topic == REFERENCE:
            self._refer(key, value)

    def _take(self, key: bytes, tally: Tally) -> None:
        outcome = self._table.take(self._clock_keys.get(key), tally)
        if outcome == "clock":
            self.freshness.advance(self._table.watermark)
        elif outcome == "refused":
            self.refused += 1
        elif outcome == "no_room":
            self.left_out += 1

    def _refer(self, key: bytes, value: bytes) -> None:
        if key == TIMELINE_KEY:
            self.refused += not self._references.set_timeline(value)
        elif self._references.add(key.decode(), value):
            for scope in self._limit.refer(self._references.known, self._table.tallies):
                del self._table.tallies[scope]
