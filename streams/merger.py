"""Merged tallies of one partition of topic partial-tallies. No I/O, no clock.

A partial tally is the whole vector of one source partition for one scope, versioned by (epoch,
offset); the newest of each source partition are summed. All partial tallies of a scope lie in the
partition of its scope, so one merger sees them all.

The watermark. Every source partition writes its clock into every partition of partial-tallies,
after the vectors it vouches for. The merger of partition k sends the minimum over all source
partitions, once all have spoken, under the key ``clock_key(k)``, after the vectors that came before
it. So: a reader of ``tallies`` has the watermark as the minimum over the clocks of all partitions
(as many as the time line has), and none until it has seen all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import msgspec

from dossiers.records import CLOCK_SCOPE, SEPARATOR, PartialTally, Tally
from dossiers.vector import WIDTH

_log = logging.getLogger(__name__)

_decode = msgspec.json.Decoder(PartialTally).decode
_decode_tally = msgspec.json.Decoder(Tally).decode
_encode = msgspec.json.Encoder().encode


def clock_key(partition: int) -> bytes:
    """The key in topic ``tallies`` of the clock of partition ``partition``."""
    return f"{CLOCK_SCOPE}{SEPARATOR}{partition}".encode()


class Merger:
    """The newest partial tallies of one partition, and which scopes have changed since.

    ``source_partitions``: of dossier-events, all of which feed every merger.
    """

    def __init__(self, timeline: str, partition: int, source_partitions: int) -> None:
        self.timeline = timeline
        self.partition = partition
        self.watermark = 0  # ms; 0 until every source partition has spoken
        self.ignored = 0  # records of another time line, or unreadable
        self._sources = source_partitions
        self._scopes: dict[str, dict[int, PartialTally]] = {}
        self._clocks: dict[int, PartialTally] = {}
        # By key, in the order of their last arrival: under load a key is decoded once a round.
        self._arrived: dict[bytes, bytes] = {}
        self._sent_watermark = 0

    @property
    def scopes(self) -> int:
        """How many scopes are known."""
        return len(self._scopes)

    @property
    def changed(self) -> bool:
        """Whether ``emit`` would have something to look at."""
        return bool(self._arrived)

    def absorb(self, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        """Take (key, value) records in their order.

        Of one key only the last counts: the broker fences a former owner before its successor
        writes, so the order in the partition is the order of versions.
        """
        arrived = self._arrived
        for key, value in records:
            if key is not None and value is not None:
                arrived[key] = value

    def rebuild(
        self,
        partials: Mapping[bytes, bytes | None],
        sent: Mapping[bytes, bytes | None],
    ) -> list[tuple[bytes, bytes]]:
        """Start from the whole partition, and return what ``sent`` (topic tallies) lacks."""
        self.absorb(partials.items())
        lacking = []
        for key, value in self.emit():
            old = sent.get(key)
            if old is None or not _same(old, value):
                lacking.append((key, value))
        return lacking

    def emit(self) -> list[tuple[bytes, bytes]]:
        """The merged records of everything that changed, the clock last."""
        changed: dict[str, None] = {}
        arrived, self._arrived = self._arrived, {}
        for value in arrived.values():
            partial = self._read(value)
            if partial is not None and self._newer(partial):
                changed[partial.scope] = None
        out = [(scope.encode(), self._merged(scope)) for scope in changed]
        if len(self._clocks) == self._sources:
            self.watermark = min(clock.now for clock in self._clocks.values())
            if self.watermark > self._sent_watermark:
                self._sent_watermark = self.watermark
                out.append((clock_key(self.partition), self._merged_clock()))
        return out

    def _read(self, value: bytes) -> PartialTally | None:
        try:
            partial = _decode(value)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            self._ignore(f"not a partial tally: {error}")
            return None
        if partial.timeline != self.timeline:
            self._ignore(f"of time line {partial.timeline}")
            return None
        if not 0 <= partial.partition < self._sources:
            self._ignore(f"of source partition {partial.partition}")
            return None
        if partial.scope != CLOCK_SCOPE and len(partial.vector) != WIDTH:
            self._ignore(f"a vector of {len(partial.vector)} instead of {WIDTH}")
            return None
        return partial

    def _ignore(self, why: str) -> None:
        self.ignored += 1
        if self.ignored == 1:
            _log.warning("partial-tallies %d: a record is ignored: %s", self.partition, why)

    def _newer(self, partial: PartialTally) -> bool:
        """Keep it if it is not older than what is there; True if a vector changed."""
        clock = partial.scope == CLOCK_SCOPE
        known = self._clocks if clock else self._scopes.setdefault(partial.scope, {})
        old = known.get(partial.partition)
        if old is not None and _version(partial) <= _version(old):
            return False
        known[partial.partition] = partial
        return not clock

    def _merged(self, scope: str) -> bytes:
        partials = self._scopes[scope]
        vectors = [partial.vector for partial in partials.values()]
        return _encode(
            Tally(
                timeline=self.timeline,
                scope=scope,
                now=max(partial.now for partial in partials.values()),
                vector=tuple(map(sum, zip(*vectors, strict=True))) if vectors[1:] else vectors[0],
                versions=_versions(partials),
            )
        )

    def _merged_clock(self) -> bytes:
        return _encode(
            Tally(
                timeline=self.timeline,
                scope=CLOCK_SCOPE,
                now=self.watermark,
                versions=_versions(self._clocks),
            )
        )


def _version(partial: PartialTally) -> tuple[int, int]:
    return partial.epoch, partial.offset


def _versions(partials: Mapping[int, PartialTally]) -> dict[str, tuple[int, int]]:
    return {str(p): _version(partials[p]) for p in sorted(partials)}


def _same(old: bytes, new: bytes) -> bool:
    """Whether a record says the same to a reader; versions may differ in their order only."""
    try:
        return _decode_tally(old) == _decode_tally(new)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return False
