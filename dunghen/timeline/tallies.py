"""The tallies as the stream has them: newest record of every scope, and the watermark.

Each partition of topic ``tallies`` carries a clock of its own, written after the vectors it vouches
for. The watermark is the minimum over the clocks of all partitions, none before all have spoken;
once it has reached an instant, every vector up to that instant has been read.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

from broker.reading import Client, open_consumer, partitions_of, unreachable
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import CLOCK_SCOPE, TALLIES, Tally


class Tallies:
    """Follows topic ``tallies`` from its start. Not for two threads at a time."""

    def __init__(self, bootstrap: str, timeline: str, *, client: Client = None) -> None:
        self.scopes: dict[str, Tally] = {}
        self._timeline = timeline
        self._bootstrap = bootstrap
        self._decode = decoder(Tally)
        # Uncommitted: records are absolute and versioned, so one that is undone later is replaced.
        self._consumer = open_consumer(bootstrap, client, **{"isolation.level": "read_uncommitted"})
        self._partitions = partitions_of(self._consumer, bootstrap, TALLIES)
        self._clocks: dict[int, int] = {}
        self._at_end: set[int] = set()
        places = [TopicPartition(TALLIES, p, OFFSET_BEGINNING) for p in self._partitions]
        self._consumer.assign(places)

    @property
    def watermark(self) -> int:
        """Pipeline time (ms), 0 before every partition has spoken."""
        if not self._partitions or len(self._clocks) < len(self._partitions):
            return 0
        return min(self._clocks.values())

    def value(self, scope: str, field: str) -> int:
        """One count; 0 where the scope has no tally."""
        tally = self.scopes.get(scope)
        return 0 if tally is None else tally.vector[FIELD[field]]

    def read_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Read on until ``done`` (looked at after each batch); False if nothing came for
        ``seconds`` before that."""
        while not done():
            if not self._read(seconds):
                return False
        return True

    def read_to_end(self) -> None:
        """Read everything that is there now. Raises UserError if Kafka does not answer."""
        places = [TopicPartition(TALLIES, p) for p in self._partitions]
        ends = {p.partition: self._consumer.get_watermark_offsets(p, 10.0)[1] for p in places}

        def reached() -> bool:
            positions = self._consumer.position(places)
            return all(
                ends[p.partition] <= max(p.offset, 0) or p.partition in self._at_end
                for p in positions
            )

        self._at_end.clear()
        if not self.read_until(reached, 30.0):
            raise unreachable(self._bootstrap)

    def close(self) -> None:
        self._consumer.close()

    def __enter__(self) -> Tallies:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, seconds: float) -> bool:
        first = self._consumer.poll(seconds)
        if first is None:
            return False
        for message in (first, *self._consumer.consume(1000, 0)):
            error = message.error()
            partition, value = message.partition(), message.value()
            if error is not None:
                if error.code() != KafkaError._PARTITION_EOF:
                    raise unreachable(self._bootstrap)
                if partition is not None:
                    self._at_end.add(partition)
            elif partition is not None and value is not None:
                self._at_end.discard(partition)
                tally = read_or_none(self._decode, value)
                if tally is not None:
                    self._take(partition, tally)
        return True

    def _take(self, partition: int, tally: Tally) -> None:
        if tally.timeline != self._timeline:
            return
        if tally.scope == CLOCK_SCOPE:
            self._clocks[partition] = max(self._clocks.get(partition, 0), tally.now)
        elif len(tally.vector) == WIDTH and not _is_older(tally, self.scopes.get(tally.scope)):
            self.scopes[tally.scope] = tally


def watermark_of(bootstrap: str, timeline: str, client: Client = None) -> int:
    """As ``Tallies.watermark`` is now. Raises UserError if Kafka does not answer."""
    with Tallies(bootstrap, timeline, client=client) as tallies:
        tallies.read_to_end()
        return tallies.watermark


def _is_older(tally: Tally, known: Tally | None) -> bool:
    """A merger that was taken over may write a sum of older parts after a newer one."""
    return known is not None and any(
        tally.versions.get(partition, (-1, -1)) < version
        for partition, version in known.versions.items()
    )
