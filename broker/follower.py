"""Following whole topics from their beginning, for a view that is made anew with every process."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import read_ends
from broker.errors import BrokerError, SilentClient
from broker.silence import SILENT_S, PartitionId
from broker.watched_client import Fetched, SecondsClock, WatchedClient

_ISOLATION = "read_uncommitted"


class Follower:
    """Follows whole topics from their beginning, uncommitted records included.

    ``settings``: of ours. ``silent_s``: seconds; a client that is given nothing for so long though
    there is something is replaced by another one, which goes on at the same place. ``clock``: in
    seconds.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        topics: Sequence[str],
        settings: Mapping[str, Any],
        *,
        silent_s: float = SILENT_S,
        clock: SecondsClock = time.monotonic,
    ) -> None:
        self._kafka = kafka
        self._topics = topics
        self._settings = {"isolation.level": _ISOLATION, **settings}
        self._silent_s = silent_s
        self._clock = clock
        self._following: WatchedClient | None = None
        self._left: set[PartitionId] = set()
        self.partitions: frozenset[PartitionId] = frozenset()  # once it is opened

    @property
    def caught_up(self) -> bool:
        """Whether the end of every partition has been reached once."""
        return self._following is not None and not self._left

    def open(self, seconds: float) -> None:
        """Begin. Raises KafkaException if the broker does not answer within ``seconds``,
        BrokerError if a topic is missing."""
        consumer = self._kafka.consumer(self._settings)
        try:
            topics = consumer.list_topics(timeout=seconds).topics
            if missing := [topic for topic in self._topics if topic not in topics]:
                raise BrokerError(f"topics are missing: {', '.join(missing)}; run `dunghen topics`")
        except Exception:
            consumer.close()
            raise
        self._left = {PartitionId(t, p) for t in self._topics for p in topics[t].partitions}
        self.partitions = frozenset(self._left)
        self._assign(consumer, dict.fromkeys(self._left, OFFSET_BEGINNING))

    def take(self, most: int, seconds: float) -> Fetched:
        """What comes next: waits ``seconds`` for the first record, and not for more. Raises
        KafkaException if the client cannot go on."""
        following = self._opened
        first = following.consumer.poll(seconds)
        messages = [] if first is None else [first, *following.consumer.consume(most, 0)]
        taken = following.sort(messages)
        self._left -= taken.ends.keys()
        return taken

    def positions(self) -> dict[PartitionId, int]:
        """The next offset of every partition, markers at its end skipped."""
        return self._opened.positions()

    def ends(self) -> dict[PartitionId, int]:
        """The offset behind the last record or marker of every partition now. Raises
        KafkaException if the broker does not answer."""
        return read_ends(self._opened.consumer, self._topics)

    def check_silence(self) -> str:
        """Look after the client; says what was wrong with one that was replaced, else ""."""
        following = self._opened
        try:
            following.check_silence()
        except SilentClient as silent:
            positions = following.positions()
            following.consumer.close()
            self._assign(self._kafka.consumer(self._settings), positions)
            return str(silent)
        return ""

    def close(self) -> None:
        """Let go of the client."""
        if self._following is not None:
            self._following.consumer.close()

    @property
    def _opened(self) -> WatchedClient:
        if self._following is None:
            raise BrokerError("Nothing is followed before it is opened.")
        return self._following

    def _assign(self, consumer: ConsumerClient, starts: Mapping[PartitionId, int]) -> None:
        consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
        self._following = WatchedClient(
            self._kafka, _ISOLATION, consumer, self._silent_s, self._clock, starts
        )
