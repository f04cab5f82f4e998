"""Merged tallies of one partition of topic partial-tallies. No I/O, no clock.

A partial tally is the whole vector of one source partition for one scope, versioned by (epoch,
offset); the newest of each source partition are summed. All partial tallies of a scope lie in the
partition of its scope, so one merger sees them all.

The watermark. Every source partition writes its clock into every partition of partial-tallies,
after the vectors it vouches for. The merger of partition k sends the minimum over all source
partitions, once all have sent theirs, under the key ``clock_key(k)``, after the vectors that came
before it. So a reader of ``tallies`` has the watermark as the minimum over the clocks of all
partitions (as many as the timeline has), and none until it has seen all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

import msgspec

from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.keys import CLOCK_SCOPE, clock_key
from dossiers.wire.reading import decoder
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally, Tally
from streams.tallies.watch import ScopeWatch, SeenScopes, is_deed

_log = logging.getLogger(__name__)

_decode = decoder(PartialTally)
_decode_tally = decoder(Tally)
_encode = msgspec.json.Encoder().encode
# Of what no stream ever writes: a longer name would not fit into Kafka twice, as key and in the
# value, and sums of larger numbers not into ClickHouse.
_MOST_SCOPE = 8_000
_MOST = 2**53
_MOST_SOURCES = 1_000
_OVERDUE, _OPEN = FIELD["overdue"], FIELD["open"]


class Merger:
    """The newest partial tallies of one partition, and which scopes have changed since.

    ``source_partitions``: of dossier-events, all of which feed every merger. ``owns``: whether a
    scope is one of this partition's. ``watch``: the alerts about them; they are fetched there
    after each ``emit``.
    """

    def __init__(
        self,
        timeline: str,
        partition: int,
        source_partitions: int,
        owns: Callable[[str], bool] = lambda _scope: True,
    ) -> None:
        self.timeline = timeline
        self.partition = partition
        self.watermark = 0  # ms; 0 until every source partition has sent its clock
        self.ignored = 0  # records of another timeline, or unreadable
        self.watch = ScopeWatch(timeline, partition, owns, self._counts, self._heard)
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
        """Start from the whole partition, and return what ``sent`` (topic tallies, committed
        records) lacks."""
        old = {key: tally for key, value in sent.items() if (tally := _read_tally(value))}
        for tally in old.values():
            self.watch.restore(tally)
        self.absorb(partials.items())
        return [(key, value) for key, value in self.emit() if old.get(key) != _read_tally(value)]

    def emit(self, reference: Reference | None = None) -> list[tuple[bytes, bytes]]:
        """The merged records of everything that changed, the clock last. Alerts are judged by
        ``reference``; without, they stay as they are."""
        changed: dict[str, None] = {}
        arrived, self._arrived = self._arrived, {}
        for key, value in arrived.items():
            if is_deed(key):
                if not self.watch.arrive(key, value):
                    self._ignore("no action")
                continue
            partial = self._read(value)
            if partial is not None and self._newer(partial):
                changed[partial.scope] = None
        if len(self._clocks) == self._sources:
            self.watermark = min(clock.now for clock in self._clocks.values())
            if reference is not None:
                seen = SeenScopes(self.watermark, changed, self._scopes)
                changed.update(dict.fromkeys(self.watch.judge(seen, reference)))
        out = [(scope.encode(), self._merged(scope)) for scope in changed]
        if self.watermark > self._sent_watermark:
            self._sent_watermark = self.watermark
            out.append((clock_key(self.partition), self._merged_clock()))
        return out

    def _heard(self) -> dict[str, int]:
        """When any partition heard last of each source (ms)."""
        found: dict[str, int] = {}
        for clock in self._clocks.values():
            for source, at in clock.sources.items():
                found[source] = max(at, found.get(source, 0))
        return found

    def _counts(self, scope: str) -> tuple[int, int]:
        overdue = open_ = 0
        for partial in self._scopes.get(scope, {}).values():
            overdue += partial.vector[_OVERDUE]
            open_ += partial.vector[_OPEN]
        return overdue, open_

    def _read(self, value: bytes) -> PartialTally | None:
        try:
            partial = _decode(value)
        except msgspec.MsgspecError:
            self._ignore("not a partial tally")
            return None
        if partial.timeline != self.timeline:
            self._ignore("of another timeline")
            return None
        if not 0 <= partial.partition < self._sources:
            self._ignore(f"of source partition {partial.partition}")
            return None
        if partial.scope != CLOCK_SCOPE and len(partial.vector) != WIDTH:
            self._ignore(f"a vector of {len(partial.vector)} instead of {WIDTH}")
            return None
        if len(partial.scope) > _MOST_SCOPE:
            self._ignore(f"a scope of {len(partial.scope)} characters")
            return None
        numbers = (partial.epoch, partial.offset, partial.now, *partial.vector)
        if partial.sources:
            numbers = (*numbers, *partial.sources.values())
            if len(partial.sources) > _MOST_SOURCES:
                self._ignore(f"{len(partial.sources)} sources")
                return None
        if not (min(numbers) > -_MOST and max(numbers) < _MOST):
            self._ignore("numbers that nothing can have counted")
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
        backlog, deeds = self.watch.states(scope)
        partials = self._scopes.get(scope)
        if partials is None:  # a source
            now = self.watermark
            return _encode(
                Tally(timeline=self.timeline, scope=scope, now=now, backlog=backlog, deeds=deeds)
            )
        vectors = [partial.vector for partial in partials.values()]
        return _encode(
            Tally(
                timeline=self.timeline,
                scope=scope,
                now=max(partial.now for partial in partials.values()),
                vector=tuple(map(sum, zip(*vectors, strict=True))) if vectors[1:] else vectors[0],
                versions=_versions(partials),
                backlog=backlog,
                deeds=deeds,
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


def _read_tally(value: bytes | None) -> Tally | None:
    """A record of topic tallies as its readers see it; None if they cannot."""
    try:
        return None if value is None else _decode_tally(value)
    except msgspec.MsgspecError:
        return None
