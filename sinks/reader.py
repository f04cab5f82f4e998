"""A committed-data consumer that knows where it stands, ends of partitions included.

Transactional topics have gaps: a commit marker takes an offset and is never delivered. A position
of "last record + 1" would therefore stay short of the end for ever; the end-of-partition event
carries the offset behind the markers, so both count.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from sinks.decode.base import Bad, Record

log = logging.getLogger(__name__)

SILENT_S = 60.0  # after which a reader that was given nothing asks whether there is something
_ASK_S = 5.0
TAKEN_BYTES = 16 * 1024 * 1024  # at which a batch is full, however few its records are
_SLICE = 100  # records between two looks at how much that is by now


@dataclass
class Progress:
    """One partition. ``position``: next offset to take, -1 until known. ``end``: the end last
    seen. ``skipped``: records refused since the start."""

    topic: str
    partition: int
    position: int = -1
    end: int = -1
    skipped: int = 0
    last_error: str = ""

    @property
    def lag(self) -> int | None:
        return max(0, self.end - self.position) if min(self.end, self.position) >= 0 else None


class Taken(NamedTuple):
    """Records in order of their partitions, and the ends reached behind them."""

    records: list[Record]
    ends: dict[int, int]


class Reader:
    """Reads one topic in a group; used by one thread, its ``progress`` may be read by any."""

    def __init__(
        self,
        topic: str,
        group: str,
        instance: str,
        bootstrap: str,
        kafka: dict[str, str],
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self.topic = topic
        self._silent_s = silent_s
        self._heard_at = time.monotonic()
        self._ends_in_silence: dict[int, int] = {}
        self.progress: dict[int, Progress] = {}
        self.last_error = ""  # until the next success
        self._held_ends: dict[int, int] = {}
        self._lock = threading.Lock()
        self._asked: dict[int, int] = {}  # offsets that commits were asked for
        self._consumer = Consumer(
            {
                **kafka,
                "bootstrap.servers": bootstrap,
                "group.id": group,
                # Without a static name, a killed process is waited for until its session ends.
                "group.instance.id": f"{group}-{instance}",
                # Few large fetches: the sink has time, and every fetch costs the broker.
                "fetch.min.bytes": 65_536,
                "fetch.wait.max.ms": 200,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                # The default lets each of five consumers hold 64 MB of records in waiting.
                "queued.max.messages.kbytes": 16_384,
                "topic.metadata.refresh.interval.ms": 30_000,
                "on_commit": self._kept,
            },
            logger=log,
        )
        self._consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)

    def take(self, most: int, seconds: float) -> Taken:
        """The next records, at most ``most`` and about TAKEN_BYTES, gathered for at most
        ``seconds``.

        Raises KafkaException if the consumer cannot go on and must be opened anew.
        """
        taken = Taken([], self._held_ends)
        self._held_ends = {}
        until = time.monotonic() + seconds
        size = seen = 0
        while seen < most and size < TAKEN_BYTES:
            wanted = min(_SLICE, most - seen)
            messages = self._consumer.consume(wanted, max(0.0, until - time.monotonic()))
            size += self._sort(messages, taken)
            seen += len(messages)
            if len(messages) < wanted:  # the time is over
                break
        if seen:
            self._heard_at, self._ends_in_silence = time.monotonic(), {}
        return taken

    def check_silence(self) -> None:
        """Ask the broker, when nothing came for ``silent_s``, and raise RuntimeError if the
        topic has grown in two such times: Kafka's clients may stop asking without a word."""
        if time.monotonic() - self._heard_at < self._silent_s:
            return
        self._heard_at = time.monotonic()
        ends = {}
        for each in self.snapshot():
            place = TopicPartition(self.topic, each.partition)
            try:
                ends[each.partition] = self._consumer.get_watermark_offsets(place, _ASK_S)[1]
            except KafkaException:
                return  # it is away: then nothing can come
        before, self._ends_in_silence = self._ends_in_silence, ends
        grown = [p for p, end in ends.items() if end > before.get(p, end)]
        if grown:
            raise RuntimeError(
                f"Kafka gave nothing of {self.topic} for {2 * self._silent_s:.0f} s, though "
                f"partition {grown[0]} grew to {ends[grown[0]]}; reading it anew"
            )

    def _sort(self, messages: Sequence[Message], taken: Taken) -> int:
        """Add them to ``taken``; the bytes of their values."""
        size = 0
        for message in messages:
            error = message.error()
            if error is None:
                value = message.value()
                size += len(value or b"")
                taken.records.append(Record(*place(message), message.key(), value))
            elif error.code() == KafkaError._PARTITION_EOF:
                _keep_end(taken.ends, message)
            elif error.fatal():
                raise KafkaException(error)
            else:
                self.report(error.str())
        return size

    def done(self, taken: Taken, skipped: Sequence[Bad]) -> None:
        """These records are in ClickHouse: move the positions behind them."""
        last = {record.partition: record.offset + 1 for record in taken.records}
        with self._lock:
            self.last_error = ""
            # A partition that was revoked meanwhile is missing here; its new owner takes the
            # records once more.
            for partition in (last.keys() | taken.ends.keys()) & self.progress.keys():
                progress = self.progress[partition]
                behind = max(last.get(partition, -1), taken.ends.get(partition, -1))
                progress.position = max(progress.position, behind)
                progress.end = max(progress.end, progress.position)
                progress.last_error = ""
            for bad in skipped:
                if bad.partition in self.progress:
                    self.progress[bad.partition].skipped += 1

    def commit(self) -> None:
        """Keep the positions with the group, in the background: a coordinator that has just gone
        must not stop the reading. A failed commit only means taking records twice."""
        with self._lock:
            ahead = {
                partition: progress.position
                for partition, progress in self.progress.items()
                if progress.position > self._asked.get(partition, -1)
            }
        if ahead:
            self._asked.update(ahead)
            offsets = [TopicPartition(self.topic, p, offset) for p, offset in ahead.items()]
            try:
                self._consumer.commit(offsets=offsets, asynchronous=True)
            except KafkaException as error:
                self._kept(error.args[0], offsets)

    def _kept(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        """The broker's answer to a commit, served by ``take``."""
        if error is not None and error.code() != KafkaError._NO_OFFSET:
            log.warning("offsets of %s not committed yet: %s", self.topic, error.str())
            for each in partitions:
                self._asked.pop(each.partition, None)  # with the next ones

    def hold(self) -> None:
        """Stop delivery but stay in the group, while an insert is being retried."""
        self._consumer.pause(self._consumer.assignment())

    def heartbeat(self) -> None:
        """While held: a sign of life, without which the group gives the partitions away."""
        message = self._consumer.poll(0)
        if message is None:
            return
        error = message.error()
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                _keep_end(self._held_ends, message)
            return
        # A partition that was assigned while the others were held: its record is taken later.
        self._consumer.seek(TopicPartition(self.topic, *place(message)))
        self.hold()

    def release(self) -> None:
        self._consumer.resume(self._consumer.assignment())

    def report(self, text: str) -> None:
        """Remember an error until the next success."""
        with self._lock:
            self.last_error = text
            for progress in self.progress.values():
                progress.last_error = text

    def snapshot(self) -> list[Progress]:
        with self._lock:
            return [replace(p) for _, p in sorted(self.progress.items())]

    def close(self) -> None:
        self._consumer.close()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        with self._lock:
            for found in partitions:
                self.progress[found.partition] = Progress(self.topic, found.partition)

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        with self._lock:
            for found in partitions:
                self.progress.pop(found.partition, None)
                self._asked.pop(found.partition, None)


def place(message: Message) -> tuple[int, int]:
    """Partition and offset; a delivered message always has both."""
    partition, offset = message.partition(), message.offset()
    if partition is None or offset is None:
        raise ValueError("a message without a place")
    return partition, offset


def _keep_end(ends: dict[int, int], message: Message) -> None:
    partition, offset = place(message)
    ends[partition] = offset
