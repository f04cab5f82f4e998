"""Faust agent "tallies": partial tallies in, merged tallies out.

It reads uncommitted, for latency: what is in an aborted transaction is replaced by the next
owner's first one, under a higher epoch. It keeps nothing of its own: on assignment it reads its
partition of partial-tallies whole, and of tallies too, to send only what readers do not have yet.

Outputs go out through an idempotent producer, the merged record of a scope to the partition of its
partial tallies (see streams.merger for the clocks). A reader refuses a record whose versions are
older than what it has.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from concurrent.futures import Executor

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from dossiers.records import PARTIALS, TALLIES
from streams.bulk import Record
from streams.clients import producer_settings, read_partition
from streams.config import WorkerConfig
from streams.errors import MergeError
from streams.liveness import Liveness
from streams.merger import Merger

_log = logging.getLogger(__name__)

# While more is waiting, merged records go out this often: each stands for all before it.
ROUND_SECONDS = 0.05
_DELIVERY_TIMEOUT_MS = 60_000
_PAUSE_SECONDS = 0.002
_MAX_UNSENT = 200_000


class TallyPartitions:
    """The partitions of partial-tallies of this worker. For the event loop's thread."""

    def __init__(self, config: WorkerConfig, executor: Executor, liveness: Liveness) -> None:
        self.owned: dict[int, Merger] = {}
        self._starts: dict[int, int] = {}
        self._config = config
        self._executor = executor
        self._liveness = liveness
        self._emitted_at = 0.0
        self._produced = 0
        self._delivered = 0
        self._error: MergeError | None = None
        self._producer = Producer(
            {
                **producer_settings(config),
                "delivery.timeout.ms": _DELIVERY_TIMEOUT_MS,
                "delivery.report.only.error": False,
                "on_delivery": self._on_delivery,
                "error_cb": self._on_error,
            }
        )

    async def take_over(self, partitions: Iterable[int]) -> None:
        """Rebuild these partitions and send what is lacking in topic tallies."""
        loop = asyncio.get_running_loop()
        wanted = sorted(set(partitions) - self.owned.keys())
        rebuilt = await asyncio.gather(
            *(loop.run_in_executor(self._executor, self._rebuild, p) for p in wanted)
        )
        for merger, lacking, start in rebuilt:
            self._send(merger.partition, lacking)
            self.owned[merger.partition] = merger
            self._starts[merger.partition] = start

    def _rebuild(self, partition: int) -> tuple[Merger, list[tuple[bytes, bytes]], int]:
        """Read the partition whole. Blocks; in a thread of the executor."""
        config, progress = self._config, self._liveness.progress
        partials, end = read_partition(
            config, PARTIALS, partition, committed=False, progress=progress
        )
        sent, _ = read_partition(config, TALLIES, partition, committed=False, progress=progress)
        merger = Merger(config.timeline, partition, config.partitions)
        lacking = merger.rebuild(partials, sent)
        _log.info("tallies %d: %d scopes, %d to send again",
                  partition, merger.scopes, len(lacking))  # fmt: skip
        return merger, lacking, end

    async def drop(self) -> None:
        """Forget everything: the next owner rebuilds it."""
        self.owned.clear()
        self._starts.clear()

    def start_of(self, partition: int) -> int | None:
        """The first offset that is not in the merger yet."""
        return self._starts.get(partition)

    async def take(self, partition: int, records: list[Record], *, more: bool) -> None:
        """Merge one batch. ``more``: others wait, so outputs may wait for them a little."""
        merger = self.owned.get(partition)
        if merger is not None:
            merger.absorb((key, value) for _, key, value in records)
            self._starts[partition] = records[-1][0] + 1
        now = time.monotonic()
        if more and now - self._emitted_at < ROUND_SECONDS:
            return
        self._emitted_at = now
        self._emit()
        while len(self._producer) > _MAX_UNSENT:
            await asyncio.sleep(_PAUSE_SECONDS)
            self._producer.poll(0)

    def _emit(self) -> None:
        for merger in self.owned.values():
            if merger.changed:
                self._send(merger.partition, merger.emit())

    async def commit(self) -> None:
        """Wait until all that was merged so far is delivered; raises MergeError.

        Not a flush: that would wait for what is sent meanwhile, too.
        """
        self._emit()
        wanted = self._produced
        while self._error is None and self._delivered < wanted:
            await asyncio.sleep(_PAUSE_SECONDS)
            self._producer.poll(0)
        if self._error is not None:
            raise self._error

    def _send(self, partition: int, records: list[tuple[bytes, bytes]]) -> None:
        if self._error is not None:
            raise self._error
        try:
            for key, value in records:
                self._producer.produce(TALLIES, value, key, partition)
                self._produced += 1
        except (KafkaException, BufferError) as error:
            self._error = MergeError(f"produce to {TALLIES} failed: {error}")
            raise self._error from error
        self._producer.poll(0)

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        self._delivered += 1
        if error is not None and self._error is None:
            self._error = MergeError(f"delivery to {message.topic()} failed: {error.str()}")

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal() and self._error is None:
            self._error = MergeError(f"the producer of {TALLIES} failed: {error.str()}")
