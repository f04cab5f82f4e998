"""Bulk delivery: Faust hands an agent up to 500 records of one partition as one message.

Faust spends 0.15 to 0.3 ms on every message (futures, sensors, acks), and nothing on what is in
it. So for the listed topics one message carries a list of ``(offset, key, value)``; its own offset
is that of its last record.

This file reaches into private methods of faust-streaming, which is therefore pinned exactly
(requirements/base.in); tests/streams/test_bulk.py is the conformance test to run on an upgrade:
order, no gap, no loss, nothing committed past work in flight, rebalance, seek and pause in
mid-batch. What it replaces, and why (0.15.3, transport/consumer.py):

* ``getmany`` drops what it may not deliver (paused, rebalanced) in silence, and later offsets are
  then committed past it. Here the partition is sought back to the first undelivered record.
* A ``seek`` while a poll is being delivered is undone by the rest of that poll, and what is fetched
  from the new place is then dropped as read. Here the rest of the poll is dropped.
* ``_add_gap`` would fill the offsets between two messages, 500 at a time, into an interval tree.
* ``_new_offset`` looks for runs of consecutive offsets. Here the order of delivery is kept in a
  first-in-first-out list per partition, and its acked prefix may be committed: holes in the
  offsets (transaction markers, compaction) do not matter.
* ``_commit_offsets`` is the one way of all commits of Faust: the effects behind the offsets are
  made durable first. The first failure stays: nothing is committed after it.
* ``perform_seek`` goes to Faust's committed offsets; here the owner of the state has the last word.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from aiokafka.errors import IllegalStateError
from faust.transport.consumer import ensure_TP
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerMessage, Message

from streams.delivery.effects import Effects
from streams.kafka_record import KafkaRecord

BULK_RECORDS = 500
# A poll that brought little is followed by a pause: many small batches would cost more time, of the
# broker too, than they save. The broker waits no longer than FETCH_WAIT_MS for a first record: see
# below who would wait behind it.
POLL_SECONDS = 0.01
FETCH_WAIT_MS = 10


class _ConsumerThread(AIOKafkaConsumerThread):
    """Faust's thread around aiokafka's consumer."""

    logger = logging.getLogger("faust.bulk")

    def _create_worker_consumer(self, transport: Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # aiokafka has one fetch under way to a broker. Partitions that were not free when it went
        # out wait for it to return: with Faust's 1500 ms, up to that long.
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class BulkConsumer(Consumer):
    """Faust's aiokafka consumer with bulk delivery of the transport's ``bulk_topics``."""

    logger = logging.getLogger("faust.bulk")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        transport = cast(Any, self.transport)  # a BulkTransport
        self._bulk_topics: frozenset[str] = transport.bulk_topics
        self._effects: Effects = transport.effects
        self._in_flight: dict[TP, deque[Message]] = {}
        self._acked_prefix: dict[TP, int] = {}
        # Where a partition was sought to last; a new list for every seek, compared by identity.
        self._sought: dict[TP, list[int]] = {}
        self._poll_at = 0.0  # not before this time of the loop
        self.commit_error: BaseException | None = None

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Delivery

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Yield what one poll returned, a batch of each partition in turn."""
        await asyncio.sleep(self._poll_at - self.loop.time())
        sought = dict(self._sought)
        fetched, _ = await self._wait_next_records(timeout)
        if sum(len(rows) for rows in (fetched or {}).values()) < BULK_RECORDS:
            self._poll_at = self.loop.time() + POLL_SECONDS
        generation = self.app.consumer_generation_id
        if not fetched:
            return
        queue = deque((ensure_TP(tp), rows, 0) for tp, rows in fetched.items() if rows)
        while queue and not self.should_stop:
            tp, rows, start = queue.popleft()
            target = self._sought.get(tp)
            if target is not None and target is not sought.get(tp):
                # These records may be from before the seek, and Faust may have noted their offset
                # as read: seek once more.
                await self._fetch_again(tp, target[0])
                continue
            if start == len(rows):
                continue
            if not self._deliverable(tp, generation):
                await self._fetch_again(tp, rows[start].offset)
                continue
            stop = min(start + BULK_RECORDS, len(rows))
            if tp.topic not in self._bulk_topics:
                stop = start + 1
                yield tp, self._to_message(tp, rows[start])
            # Else behind a seek forward: Faust drops it, and it must not enter the list.
            elif rows[stop - 1].offset >= (self._read_offset[tp] or 0):
                message = self._to_bulk_message(tp, rows[start:stop], generation)
                self._settle(tp)
                self._in_flight.setdefault(tp, deque()).append(message)
                yield tp, message
            queue.append((tp, rows, stop))

    def _deliverable(self, tp: TP, generation: int) -> bool:
        return (
            self.flow_active
            and generation == self.app.consumer_generation_id
            and tp not in self._paused_partitions
            and (tp in self._get_active_partitions() or tp in self._buffered_partitions)
        )

    async def _fetch_again(self, tp: TP, offset: int) -> None:
        """Have the records from ``offset`` on fetched again, if the partition is still ours."""
        if tp not in self.assignment():
            return
        try:
            await super().seek_wait({tp: offset})
        except IllegalStateError:
            return  # revoked meanwhile; its next owner starts from its own position

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Seek; records already fetched from the old place are not delivered."""
        for tp, offset in partitions.items():
            self._sought[ensure_TP(tp)] = [offset]
        await super().seek_wait(partitions)

    async def seek(self, partition: TP, offset: int) -> None:
        """Seek one partition, as ``seek_wait``."""
        await self.seek_wait({partition: offset})

    def _to_bulk_message(self, tp: TP, rows: list[Any], generation: int) -> ConsumerMessage:
        last = rows[-1]
        records: list[KafkaRecord] = [(row.offset, row.key, row.value) for row in rows]
        return ConsumerMessage(
            tp.topic, tp.partition, last.offset, last.timestamp / 1000.0, last.timestamp_type,
            None, None, cast(Any, records), None, 0, 0, tp, generation_id=generation,
        )  # fmt: skip

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        if tp.topic not in self._bulk_topics:
            await super()._add_gap(tp, offset_from, offset_to)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: Faust would report idle partitions as errors; see streams.liveness."""

    # Commits

    def _settle(self, tp: TP) -> None:
        """Move the acked prefix out of the list, and its records out of memory."""
        messages = self._in_flight.get(tp)
        while messages and messages[0].acked:
            self._acked_prefix[tp] = messages.popleft().offset + 1

    def _new_offset(self, tp: TP) -> int | None:
        if tp.topic not in self._bulk_topics:
            return super()._new_offset(tp)
        # Faust's own book of acks is not read for these topics; only its keys are.
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        self._settle(tp)
        return self._acked_prefix.pop(tp, None)

    async def _commit_offsets(
        self, offsets: Mapping[TP, int], start_new_transaction: bool = True
    ) -> bool:
        if self.commit_error is not None:
            return False
        try:
            await self._effects.commit(offsets)
        except Exception as error:
            self.commit_error = error
            await self._effects.failed(error)
            return False
        return await super()._commit_offsets(offsets, start_new_transaction)

    # Positions

    async def perform_seek(self) -> None:
        """Seek to the committed offsets, then to the next offsets of the state."""
        await super().perform_seek()
        starts = {}
        for tp in self.assignment():
            offset = self._effects.start_of(tp)
            if offset is not None:
                starts[tp] = offset
        if starts:
            await self.seek_wait(starts)
            for tp, offset in starts.items():
                # 0 must read as "nothing yet": Faust takes the difference to it for a gap.
                self._read_offset[tp] = self._committed_offset[tp] = offset or None
            # The group's offsets decide nothing, but they are read as lag: keep them equal.
            await self._commit(starts)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget the messages in flight: the next owner starts from the state's position."""
        if revoked and not self._thread._ensure_consumer()._coordinator.member_id:
            # The group has removed this member. aiokafka is about to join again, and with the
            # same instance id it would fence the worker that has replaced this one.
            await self._effects.expelled()
        for tp in revoked:
            self._in_flight.pop(tp, None)
            self._acked_prefix.pop(tp, None)
        await super().on_partitions_revoked(revoked)
