"""A consumer of topics in memory, with the methods of ``broker.clients.ConsumerClient``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    OFFSET_INVALID,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from broker.clients import Rebalanced
from broker.memory.groups import Group, Member
from broker.memory.log import Logs, Metadata, metadata
from broker.memory.membership import Membership
from broker.silence import PartitionId

_COMMIT_SECONDS = 60.0  # for a broker that is away


class MemoryConsumer:
    """See ``broker.clients.ConsumerClient``."""

    def __init__(self, logs: Logs, group: Group, settings: Mapping[str, Any]) -> None:
        self._logs = logs
        self._group = group
        self._committed = settings.get("isolation.level") != "read_uncommitted"
        self._tells_ends = bool(settings.get("enable.partition.eof"))
        self._from_start = settings.get("auto.offset.reset") == "earliest"
        self._instance = str(settings.get("group.instance.id", ""))
        self._on_commit = settings.get("on_commit")
        self._commits: list[list[TopicPartition]] = []  # asked for in the background
        self._membership: Membership | None = None
        self._next: dict[PartitionId, int] = {}  # offsets to look at
        self._given: dict[PartitionId, int] = {}  # offsets after what was given
        self._told_end: dict[PartitionId, int] = {}
        self._paused: set[PartitionId] = set()
        self._closed = False

    # Assignment

    def assign(self, partitions: list[TopicPartition]) -> None:
        """Read these partitions from their offsets on, and no others."""
        with self._logs.changed:
            self._next = {PartitionId(p.topic, p.partition): self._start(p) for p in partitions}
            self._given, self._told_end, self._paused = {}, {}, set()

    def unassign(self) -> None:
        """Read nothing."""
        self.assign([])

    def assignment(self) -> list[TopicPartition]:
        """What is read."""
        return [TopicPartition(*place) for place in self._next]

    def subscribe(
        self,
        topics: list[str],
        on_assign: Rebalanced | None = None,
        on_revoke: Rebalanced | None = None,
    ) -> None:
        """Join the group; what it gives and takes is told from within ``poll`` and ``consume``."""
        self._membership = Membership(
            self._logs, self._group, Member(topics, self._instance),
            on_assign=on_assign, on_revoke=on_revoke,
        )  # fmt: skip

    def unsubscribe(self) -> None:
        """Ask the group for no partitions any more."""
        if self._membership is not None:
            self._membership.leave(self)
            self._membership = None
        self.unassign()

    def pause(self, partitions: list[TopicPartition]) -> None:
        """Give nothing of these until ``resume``."""
        self._paused |= {PartitionId(p.topic, p.partition) for p in partitions}

    def resume(self, partitions: list[TopicPartition]) -> None:
        """Give records of these again."""
        self._paused -= {PartitionId(p.topic, p.partition) for p in partitions}

    def seek(self, partition: TopicPartition) -> None:
        """Go on at its offset."""
        place = PartitionId(partition.topic, partition.partition)
        if place not in self._next:
            raise KafkaException(KafkaError(KafkaError._STATE))
        with self._logs.changed:
            self._next[place] = self._start(partition)
            self._given.pop(place, None)
            self._told_end.pop(place, None)

    def position(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """With the offsets after what was given last; OFFSET_INVALID before that."""
        places = [PartitionId(p.topic, p.partition) for p in partitions]
        return [TopicPartition(*p, self._given.get(p, OFFSET_INVALID)) for p in places]

    # Records

    def poll(self, timeout: float) -> Message | None:
        """The next record or error; None if ``timeout`` (seconds) passes first."""
        found = self.consume(1, timeout)
        return found[0] if found else None

    def consume(self, num_messages: int, timeout: float) -> list[Message]:
        """So many, or what came within ``timeout`` (seconds)."""
        if self._closed:
            raise RuntimeError("Consumer closed")
        deadline = time.monotonic() + timeout
        found: list[Message] = []
        while True:
            self._serve()
            with self._logs.changed:
                while len(found) < num_messages and (message := self._take()) is not None:
                    found.append(message)
                left = deadline - time.monotonic()
                if len(found) >= num_messages or left <= 0:
                    return found
                if self._membership is None or not self._membership.owes():
                    self._logs.changed.wait(left)

    def _take(self) -> Message | None:
        """The next record, or what is to be said instead; with the lock."""
        if self._membership is not None and self._membership.fenced:
            self._membership = None
            return Message(error=KafkaError(KafkaError.FENCED_INSTANCE_ID, fatal=True))
        if self._logs.away:
            return None
        for place in self._next:
            if place not in self._paused and (message := self._take_of(place)) is not None:
                return message
        return None

    def _take_of(self, place: PartitionId) -> Message | None:
        try:
            log = self._logs.partition(place)
        except KafkaException as error:
            del self._next[place]
            return Message(*place, error=error.args[0])
        offset = log.next_given(self._next[place], committed=self._committed)
        self._next[place] = offset
        if offset < log.end(committed=self._committed):
            entry = log.entries[offset]
            self._next[place] = self._given[place] = offset + 1
            headers: Any = None if entry.headers is None else list(entry.headers)
            return Message(*place, offset, entry.key, entry.value, headers)
        if self._tells_ends and self._told_end.get(place) != offset:
            self._told_end[place] = offset
            return Message(*place, offset, error=KafkaError(KafkaError._PARTITION_EOF))
        return None

    # Groups

    def commit(
        self, *, offsets: list[TopicPartition], asynchronous: bool
    ) -> list[TopicPartition] | None:
        """Keep these next offsets with the group; ``asynchronous``: in the background."""
        with self._logs.changed:
            if asynchronous:
                self._commits.append(offsets)
                return None
            if not self._logs.changed.wait_for(lambda: not self._logs.away, _COMMIT_SECONDS):
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            self._keep(offsets)
            return offsets

    def _keep(self, offsets: list[TopicPartition]) -> None:
        for each in offsets:
            self._group.offsets[PartitionId(each.topic, each.partition)] = each.offset

    def _send_commits(self) -> list[list[TopicPartition]]:
        """Those that were asked for in the background; they wait while the broker is away."""
        with self._logs.changed:
            if self._logs.away:
                return []
            sent, self._commits = self._commits, []
            for offsets in sent:
                self._keep(offsets)
            return sent

    def committed(self, partitions: list[TopicPartition], timeout: float) -> list[TopicPartition]:
        """Offsets kept with the group, OFFSET_INVALID if none; ``timeout``: seconds."""
        with self._logs.answering():
            kept = self._group.offsets
            places = [PartitionId(p.topic, p.partition) for p in partitions]
            return [TopicPartition(*p, kept.get(p, OFFSET_INVALID)) for p in places]

    def _serve(self) -> None:
        """Rebalances and answers to commits, without the lock: callbacks may use this client."""
        for offsets in self._send_commits():
            if self._on_commit is not None:
                self._on_commit(None, offsets)
        if self._membership is not None:
            self._membership.serve(self, lambda: self._next)

    # Metadata

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        """Offset of the first record, and after the last; ``timeout``: seconds."""
        with self._logs.answering():
            log = self._logs.partition(PartitionId(partition.topic, partition.partition))
            return 0, log.end(committed=self._committed)

    def offsets_for_times(
        self, partitions: list[TopicPartition], timeout: float
    ) -> list[TopicPartition]:
        """The ends of all these; no other time is asked for; ``timeout``: seconds."""
        return [
            TopicPartition(p.topic, p.partition, self.get_watermark_offsets(p, timeout)[1])
            for p in partitions
        ]

    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Metadata:
        """Metadata of all topics or one; ``timeout``: seconds."""
        return metadata(self._logs, topic)

    def close(self) -> None:
        """Leave, with what was committed kept."""
        if self._closed:
            return
        self._closed = True
        self._send_commits()
        if self._membership is not None:
            self._membership.leave(self)

    def _start(self, where: TopicPartition) -> int:
        """The offset at which to begin; with the lock."""
        if where.offset >= 0:
            return where.offset
        place = PartitionId(where.topic, where.partition)
        kept = self._group.offsets.get(place)
        if where.offset == OFFSET_INVALID and kept is not None:
            return kept
        from_start = where.offset == OFFSET_BEGINNING or (
            where.offset != OFFSET_END and self._from_start
        )
        try:
            log = self._logs.partition(place)
        except KafkaException:
            return 0  # said when it is read
        return 0 if from_start else log.end(committed=self._committed)
