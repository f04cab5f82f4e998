"""The effects of one source partition, in transactions of its own producer.

The transactional id is the timeline and the partition. The worker that opens it last fences the
former owner: the broker ends its open transaction and refuses everything it sends later, so a
process that was only suspended changes nothing when it continues.

Outputs go out at once and are seen by readers of uncommitted data within the linger; the commit
makes them final, together with the position record. librdkafka takes no record while it commits, so
outputs of that time wait in a list; the loop goes on folding.

The merged tallies of the partition of the same number, and alerts about units, go out in them too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message

from broker.settings import MAX_MESSAGE_BYTES
from streams.config import WorkerConfig
from streams.errors import TransactionError
from streams.partition.outputs import Output

_log = logging.getLogger(__name__)

INIT_SECONDS = 30.0
COMMIT_SECONDS = 30.0
ABORT_SECONDS = 10.0
# The broker ends a transaction that is older; a commit every second is far below it.
TRANSACTION_TIMEOUT_MS = 60_000
_ATTEMPTS = 3
_SETTINGS: Mapping[str, Any] = {
    "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
    "compression.type": "lz4",
    "batch.size": 1_000_000,
    "message.max.bytes": MAX_MESSAGE_BYTES,
    "queue.buffering.max.messages": 1_000_000,
    "queue.buffering.max.kbytes": 512 * 1024,
    "delivery.report.only.error": True,
}
MAX_UNSENT = 200_000  # records; above it the loop waits


class PartitionTransactions:
    """One partition's producer.

    Every method but ``open`` is for the event loop's thread, and none blocks it: commits and aborts
    run in threads of ``executor``. The first error is latched: every later call raises it.
    """

    def __init__(self, config: WorkerConfig, partition: int, executor: Executor) -> None:
        self.partition = partition
        self._executor = executor
        self._begun = False
        self._closed = False
        self._committing: asyncio.Future[None] | None = None
        self._waiting: list[Output] = []
        self._error: TransactionError | None = None
        self._producer = config.kafka.producer(
            {
                **_SETTINGS,
                "linger.ms": config.linger_ms,
                "transactional.id": f"{config.timeline}-{partition}",
                "on_delivery": self._on_delivery,
                "error_cb": self._on_error,
            },
            _log,
        )

    def open(self) -> None:
        """Fence the former owner and end its transaction.

        Blocks, for 30 s and three attempts at most: for a thread of the executor. Raises
        TransactionError.
        """
        self._retry("init_transactions", self._producer.init_transactions, INIT_SECONDS)

    def send(self, outputs: Sequence[Output]) -> None:
        """Produce into the open transaction, beginning one if there is none; raises
        TransactionError. Outputs of the time of a commit wait for its end."""
        if self._error is not None:
            raise self._error
        if self._committing is not None:
            self._waiting.extend(outputs)
        else:
            self._produce(outputs)
        self._poll()

    @property
    def unsent(self) -> int:
        """Records that the broker has not acknowledged yet."""
        return len(self._producer) + len(self._waiting)

    @property
    def saturated(self) -> bool:
        """Whether so much is unsent that folding should wait (backpressure)."""
        return self.unsent > MAX_UNSENT

    def poll(self) -> None:
        """Serve delivery reports; raises TransactionError if one was bad."""
        self._poll()
        if self._error is not None:
            raise self._error

    async def commit(self, closing: Callable[[], Sequence[Output]]) -> None:
        """Commit everything sent so far; raises TransactionError.

        ``closing`` gives the last outputs of the transaction, asked for when it is their turn: they
        say how far it goes. Outputs sent meanwhile belong to the next transaction.
        """
        while self._committing is not None:
            await asyncio.wait([self._committing])
        if self._error is not None:
            raise self._error
        self._produce(closing())
        committing = asyncio.get_running_loop().run_in_executor(self._executor, self._commit)
        self._committing = committing
        committing.add_done_callback(self._committed)
        await asyncio.shield(committing)

    def _committed(self, committing: asyncio.Future[None]) -> None:
        """The producer is free again; the first callback of the future, before its waiters."""
        self._committing = None
        waiting, self._waiting = self._waiting, []
        if committing.exception() is None:
            self._begun = False
            if waiting and not self._closed:
                with suppress(TransactionError):  # latched: the next call raises it
                    self.send(waiting)

    async def close(self) -> None:
        """Abort the open transaction. Never raises: the next owner fences this one anyway."""
        self._closed = True
        while self._committing is not None:
            await asyncio.wait([self._committing])
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._abort)

    def _produce(self, outputs: Sequence[Output]) -> None:
        try:
            if not self._begun:
                self._producer.begin_transaction()
                self._begun = True
            produce = self._producer.produce
            for topic, partition, key, value in outputs:
                if partition is None:
                    produce(topic, value, key)
                else:
                    produce(topic, value, key, partition)
        except (KafkaException, BufferError) as error:
            self._poll()  # behind "fatal error" it has the reason
            raise self._fail("produce", error) from error

    def _poll(self) -> None:
        """Serve callbacks; a fatal error is raised here, too."""
        try:
            self._producer.poll(0)
        except KafkaException as error:
            raise self._fail("the producer", error) from error

    def _commit(self) -> None:
        self._retry("commit_transaction", self._producer.commit_transaction, COMMIT_SECONDS)
        if self._error is not None:
            raise self._error

    def _abort(self) -> None:
        try:
            self._producer.purge()
            if self._begun:
                self._producer.abort_transaction(ABORT_SECONDS)
        except KafkaException as error:
            _log.info("partition %d: open transaction left to its time-out: %s",
                      self.partition, error)  # fmt: skip

    def _retry(self, what: str, call: Callable[[float], None], seconds: float) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                call(seconds)
            except KafkaException as error:
                cause = error.args[0]
                again = attempt < _ATTEMPTS and not self._closed
                if again and cause.retriable() and not cause.fatal():
                    _log.warning("partition %d: %s again: %s", self.partition, what, cause.str())
                    continue
                raise self._fail(what, error) from error
            else:
                return

    def _fail(self, what: str, error: BaseException) -> TransactionError:
        if self._error is None:
            self._error = TransactionError(
                f"partition {self.partition}: {what} failed: {_explain(error)}"
            )
        return self._error

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and error.code() not in _PURGED:
            self._fail(f"delivery to {message.topic()}", KafkaException(error))

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fail("the producer", KafkaException(error))


_PURGED = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)


def _explain(error: BaseException) -> str:
    cause = error.args[0] if error.args else error
    if isinstance(cause, KafkaError) and cause.code() in (
        KafkaError._FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
    ):
        return f"another worker has taken the partition over ({cause.str()})"
    return cause.str() if isinstance(cause, KafkaError) else str(error)
