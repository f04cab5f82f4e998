"""A producer into topics in memory, with the methods of ``broker.clients.ProducerClient``."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message

from broker.clients import Delivered
from broker.memory.log import Entry, Logs, Metadata, Transaction, metadata
from broker.partitioner import partition_of_bytes
from broker.silence import PartitionId


@dataclass
class Writers:
    """Who writes last under each transactional id, and the transaction that is open there."""

    last: dict[str, MemoryProducer] = field(default_factory=dict)


@dataclass
class _Waiting:
    """One record on its way. ``until``: when it counts as lost, in seconds of the monotonic
    clock."""

    topic: str
    partition: int
    entry: Entry
    tell: Delivered | None
    until: float


class MemoryProducer:
    """See ``broker.clients.ProducerClient``."""

    def __init__(self, logs: Logs, writers: Writers, settings: Mapping[str, Any]) -> None:
        self._logs = logs
        self._writers = writers
        self._id = str(settings.get("transactional.id", ""))
        self._most = int(settings.get("queue.buffering.max.messages", 100_000))
        self._seconds = float(settings.get("message.timeout.ms", 300_000)) / 1000
        self._only_errors = bool(settings.get("delivery.report.only.error"))
        self._on_delivery: Delivered | None = settings.get("on_delivery")
        self._transaction: Transaction | None = None
        self._waiting: deque[_Waiting] = deque()
        self._reports: deque[tuple[Delivered, KafkaError | None, Message]] = deque()
        self._turn = itertools.count()

    def produce(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        partition: int = -1,
        *,
        on_delivery: Delivered | None = None,
        headers: Sequence[tuple[str, bytes]] | None = None,
    ) -> None:
        """Queue one record; BufferError if the queue is full. Partition -1: by the key."""
        if len(self) >= self._most:
            raise BufferError("Local: Queue full")
        if self._id and self._transaction is None:
            raise KafkaException(KafkaError(KafkaError._STATE))
        entry = Entry(key, value, headers, self._transaction)
        until = time.monotonic() + self._seconds if self._seconds else float("inf")
        tell = on_delivery or self._on_delivery
        with self._logs.changed:
            self._refuse_fenced()
            self._waiting.append(_Waiting(topic, partition, entry, tell, until))
            self._deliver()

    def poll(self, timeout: float) -> int:
        """Serve reports, waiting ``timeout`` (seconds) for one; how many."""
        with self._logs.changed:
            self._deliver()
            if self._waiting and not self._reports:
                self._logs.changed.wait(timeout)
                self._deliver()
        served = 0
        while self._reports:
            tell, error, message = self._reports.popleft()
            tell(error, message)
            served += 1
        return served

    def flush(self, timeout: float) -> int:
        """Wait for an empty queue, ``timeout`` (seconds) at most; how many are left."""
        deadline = time.monotonic() + timeout
        while True:
            self.poll(min(0.05, max(0.0, deadline - time.monotonic())))
            if not len(self) or time.monotonic() >= deadline:
                return len(self)

    def purge(self) -> None:
        """Drop what is on its way."""
        with self._logs.changed:
            while self._waiting:
                self._answer(self._waiting.popleft(), KafkaError(KafkaError._PURGE_QUEUE))

    # Transactions

    def init_transactions(self, timeout: float) -> None:
        """Fence whoever has the same transactional id; ``timeout``: seconds."""
        with self._logs.answering():
            former = self._writers.last.get(self._id)
            if former is not None and former._transaction is not None:
                self._logs.finish(former._transaction, "aborted")
            self._writers.last[self._id] = self

    def begin_transaction(self) -> None:
        """What is produced from here on counts once it is committed."""
        self._transaction = Transaction()

    def commit_transaction(self, timeout: float) -> None:
        """Let it count; ``timeout``: seconds."""
        self._end("committed")

    def abort_transaction(self, timeout: float) -> None:
        """Undo it; ``timeout``: seconds."""
        self._end("aborted")

    def _end(self, state: Any) -> None:
        with self._logs.answering():
            self._refuse_fenced()
            self._deliver()
            if self._transaction is None:
                raise KafkaException(KafkaError(KafkaError._STATE))
            self._logs.finish(self._transaction, state)
            self._transaction = None
        self.poll(0)

    def _refuse_fenced(self) -> None:
        if self._id and self._writers.last.get(self._id) is not self:
            raise KafkaException(KafkaError(KafkaError._FENCED, fatal=True))

    # Delivery, with the lock

    def _deliver(self) -> None:
        """Everything that can be, in order."""
        while self._waiting and (not self._logs.away or self._waiting[0].until < time.monotonic()):
            record = self._waiting.popleft()
            self._answer(record, self._write(record))

    def _write(self, record: _Waiting) -> KafkaError | None:
        if self._logs.away:
            return KafkaError(KafkaError._MSG_TIMED_OUT)
        if (code := self._logs.refused.get(record.topic)) is not None:
            return KafkaError(code)
        try:
            record.partition = self._partition(record)
            self._logs.append(PartitionId(record.topic, record.partition), record.entry)
        except KafkaException as error:
            return error.args[0]  # type: ignore[no-any-return]
        return None

    def _partition(self, record: _Waiting) -> int:
        """As librdkafka's murmur2_random has it; records without a key take turns."""
        if record.partition >= 0:
            return record.partition
        count = len(self._logs.topics.get(record.topic, ())) or 1
        key = record.entry.key
        if key is None:
            return next(self._turn) % count
        return partition_of_bytes(key, count)

    def _answer(self, record: _Waiting, error: KafkaError | None) -> None:
        if record.tell is not None and (error is not None or not self._only_errors):
            entry = record.entry
            message = Message(record.topic, record.partition, key=entry.key, value=entry.value)
            self._reports.append((record.tell, error, message))

    def list_topics(self, topic: str | None = None, timeout: float = -1) -> Metadata:
        """Metadata of all topics or one; ``timeout``: seconds."""
        return metadata(self._logs, topic)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._reports)
