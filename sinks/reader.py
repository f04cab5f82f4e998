"""A committed-data consumer that knows where it stands, ends of partitions included.

Transactional topics have gaps: a commit marker takes an offset and is never delivered. A position
of "last record + 1" would therefore stay short of the end for ever; the end-of-partition event
carries the offset behind the markers, so both count.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from broker.clients import AnyKafka
from broker.group_follower import GroupFollower
from broker.silence import SILENT_S
from broker.watched_client import Fetched
from sinks.decode.base import Bad, Record

log = logging.getLogger(__name__)

TAKEN_BYTES = 16 * 1024 * 1024  # at which a batch is full, however few its records are
_SLICE = 100  # records between two looks at how much that is by now
_SETTINGS: Mapping[str, Any] = {
    # Few large fetches: the sink has time, and every fetch costs the broker.
    "fetch.min.bytes": 65_536,
    "fetch.wait.max.ms": 200,
    # The default lets each of five consumers hold 64 MB of records in waiting.
    "queued.max.messages.kbytes": 16_384,
    "topic.metadata.refresh.interval.ms": 30_000,
}


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
    """Reads one topic in a group; used by one thread, its ``progress`` may be read by any.
    ``silent_s``: seconds, see ``broker.group_follower``."""

    def __init__(
        self, kafka: AnyKafka, topic: str, group: str, instance: str, *, silent_s: float = SILENT_S
    ) -> None:
        self.topic = topic
        self.progress: dict[int, Progress] = {}
        self.last_error = ""  # until the next success
        self.moves = 0  # of partitions, to this reader or away
        self._lock = threading.Lock()
        self._follower = GroupFollower(
            kafka, topic, group, instance, _SETTINGS, logger=log, silent_s=silent_s,
            assigned=self._assigned, revoked=self._revoked,
        )  # fmt: skip
        self.check_silence = self._follower.check_silence
        self.hold, self.heartbeat = self._follower.hold, self._follower.heartbeat
        self.release, self.close = self._follower.release, self._follower.close

    def take(self, most: int, seconds: float) -> Taken:
        """The next records, at most ``most`` and about TAKEN_BYTES, gathered for at most
        ``seconds``.

        Raises KafkaException if the consumer cannot go on and must be opened anew.
        """
        taken = Taken([], {})
        until = time.monotonic() + seconds
        size = seen = 0
        while seen < most and size < TAKEN_BYTES:
            wanted = min(_SLICE, most - seen)
            found = self._follower.take(wanted, until - time.monotonic())
            size += self._add(found, taken)
            seen += found.heard
            if found.heard < wanted:  # the time is over
                break
        return taken

    def _add(self, found: Fetched, taken: Taken) -> int:
        """Add them to ``taken``; the bytes of their values."""
        size = 0
        for message in found.records:
            value = message.value()
            size += len(value or b"")
            place = (message.partition() or 0, message.offset() or 0)
            taken.records.append(Record(*place, message.key(), value))
        for place_, end in found.ends.items():
            taken.ends[place_.partition] = end
        for error in found.errors:
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
        """Keep the positions with the group, in the background."""
        with self._lock:
            positions = {p: progress.position for p, progress in self.progress.items()}
        self._follower.commit(positions)

    def report(self, text: str) -> None:
        """Remember an error until the next success."""
        with self._lock:
            self.last_error = text
            for progress in self.progress.values():
                progress.last_error = text

    def snapshot(self) -> list[Progress]:
        with self._lock:
            return [replace(p) for _, p in sorted(self.progress.items())]

    def _assigned(self, partitions: list[int]) -> None:
        with self._lock:
            self.moves += 1
            for partition in partitions:
                self.progress[partition] = Progress(self.topic, partition)

    def _revoked(self, partitions: list[int]) -> None:
        with self._lock:
            self.moves += 1
            for partition in partitions:
                self.progress.pop(partition, None)
