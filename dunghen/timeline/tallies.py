"""The tallies as the stream has them: newest record of every scope, and the watermark.

Each partition of topic ``tallies`` carries a clock of its own, written after the vectors it vouches
for. The watermark is the minimum over the clocks of all partitions, none before all have spoken;
once it has reached an instant, every vector up to that instant has been read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from broker.errors import unreachable
from broker.follower import Follower
from broker.reading import METADATA_TIMEOUT, SILENCE_TIMEOUT
from dossiers.tallies.table import TallyTable
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES

_log = logging.getLogger(__name__)
_MOST = 1_000  # records a call


class FollowedTallies:
    """Follows topic ``tallies`` from its start. Not for two threads at a time."""

    def __init__(self, kafka: AnyKafka, timeline: str) -> None:
        self._bootstrap = kafka.bootstrap
        self._decode = decoder(Tally)
        # Uncommitted: records are absolute and versioned, so one that is undone later is replaced.
        self._follower = Follower(kafka, [TALLIES], {})
        try:
            self._follower.open(METADATA_TIMEOUT)
        except KafkaException as error:
            raise unreachable(kafka.bootstrap) from error
        self._table = TallyTable(timeline, len(self._follower.partitions))

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
        """Read everything that is there now. Raises BrokerAway."""
        try:
            ends = self._follower.ends()
        except KafkaException as error:
            raise unreachable(self._bootstrap) from error

        def reached() -> bool:
            positions = self._follower.positions()
            return all(positions[place] >= end for place, end in ends.items())

        if not self.read_until(reached, SILENCE_TIMEOUT):
            raise unreachable(self._bootstrap)

    def close(self) -> None:
        """Let go of the client."""
        self._follower.close()

    def __enter__(self) -> FollowedTallies:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, seconds: float) -> bool:
        if silent := self._follower.check_silence():
            _log.warning("%s Another client reads on.", silent)
        taken = self._follower.take(_MOST, seconds)
        if taken.errors:
            raise unreachable(self._bootstrap)
        for message in taken.records:
            tally = read_or_none(self._decode, message.value())
            if tally is not None:
                self._table.take(message.partition() or 0, tally)
        return taken.heard > 0


def watermark_of(kafka: AnyKafka, timeline: str) -> int:
    """As ``FollowedTallies.watermark`` is now. Raises UserError if Kafka does not answer."""
    with FollowedTallies(kafka, timeline) as tallies:
        tallies.read_to_end()
        return tallies.watermark
