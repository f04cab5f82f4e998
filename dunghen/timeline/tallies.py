"""The tallies as the stream has them: newest record of every scope, and the watermark.

Each partition of topic ``tallies`` carries a clock of its own, written after the vectors it vouches
for. The watermark is the minimum over the clocks of all partitions, none before all have spoken;
once it has reached an instant, every vector up to that instant has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType

from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

from broker.errors import unreachable
from broker.kafka import Kafka
from broker.reading import partitions_of
from broker.settings import UserSettings
from dossiers.tallies.table import TallyTable
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES


class FollowedTallies:
    """Follows topic ``tallies`` from its start. Not for two threads at a time."""

    def __init__(self, bootstrap: str, timeline: str, *, client: UserSettings = None) -> None:
        self._bootstrap = bootstrap
        self._decode = decoder(Tally)
        # Uncommitted: records are absolute and versioned, so one that is undone later is replaced.
        self._consumer = Kafka(bootstrap, client).consumer({"isolation.level": "read_uncommitted"})
        self._partitions = partitions_of(self._consumer, bootstrap, TALLIES)
        self._table = TallyTable(timeline, len(self._partitions))
        self._at_end: set[int] = set()
        places = [TopicPartition(TALLIES, p, OFFSET_BEGINNING) for p in self._partitions]
        self._consumer.assign(places)

    @property
    def scopes(self) -> Mapping[str, Tally]:
        """The newest tally of every scope."""
        return self._table.tallies

    @property
    def watermark(self) -> int:
        """Pipeline time (ms), 0 before every partition has spoken."""
        return self._table.watermark or 0

    def value(self, scope: str, field: str) -> int:
        """One count; 0 if the scope has no tally."""
        return self._table.value(scope, field)

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
        """Leave the topic."""
        self._consumer.close()

    def __enter__(self) -> FollowedTallies:
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
                    self._table.take(partition, tally)
        return True


def watermark_of(bootstrap: str, timeline: str, client: UserSettings = None) -> int:
    """As ``Tallies.watermark`` is now. Raises UserError if Kafka does not answer."""
    with FollowedTallies(bootstrap, timeline, client=client) as tallies:
        tallies.read_to_end()
        return tallies.watermark
