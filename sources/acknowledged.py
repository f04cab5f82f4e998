"""Sends records to Kafka and says when all replicas have them.

For a server: many small batches at once, each with its own answer. What is on the way is bounded;
beyond that a batch is refused at once instead of waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException, Message

from broker.clients import AnyKafka, ProducerClient
from dossiers.wire.topics import EVENTS

log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Too much is on the way to Kafka; try again in a moment."""


# Of a record, not of the broker: it is refused whenever it is sent.
_LASTING = {
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.INVALID_RECORD,
    KafkaError.INVALID_MSG_SIZE,
    KafkaError._INVALID_ARG,
}


class NotTaken(RuntimeError):
    """Kafka did not acknowledge every record of a batch in time; some may stand there.

    ``lasting``: one of them would never be taken.
    """

    def __init__(self, detail: str, *, lasting: bool = False) -> None:
        super().__init__(detail)
        self.lasting = lasting


class _Batch:
    """Its future ends when every record was answered for."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._error = ""
        self._lasting = False
        self._lock = threading.Lock()
        self.done: Future[None] = Future()
        self.done.set_running_or_notify_cancel()  # who stops waiting does not call records back

    def delivered(self, error: KafkaError | None, _message: Message) -> None:
        self.answer(error)

    def answer(self, error: KafkaError | BufferError | None) -> None:
        with self._lock:
            if isinstance(error, KafkaError):
                self._error = self._error or error.str()
                self._lasting = self._lasting or error.code() in _LASTING
            elif error is not None:
                self._error = self._error or str(error)
            self._left -= 1
            if self._left:
                return
        if self._error:
            self.done.set_exception(NotTaken(self._error, lasting=self._lasting))
        else:
            self.done.set_result(None)


class AcknowledgedSender:
    """An idempotent producer with a thread that hears its reports. ``send`` may be called from
    any thread.

    ``most``: records on the way at a time. ``timeout`` (seconds): after it a record that Kafka did
    not acknowledge counts as not taken, 0: it is tried for ever.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        *,
        most: int = 20_000,
        timeout: float = 10.0,
        topic: str = EVENTS,
    ) -> None:
        self._kafka = kafka
        self._settings = {
            "client.id": "dunghen-ingest",
            "linger.ms": 2,
            "compression.type": "lz4",
            # A broker that comes back is found soon: by default it may take 10 s.
            "reconnect.backoff.max.ms": 1_000,
            "message.timeout.ms": int(timeout * 1000),
            "error_cb": self._on_error,
        }
        self._topic = topic
        self.most = most
        self._on_the_way = 0
        self._lock = threading.Lock()
        self._broken = False
        self._producer = self._open()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._hear, name="acknowledged", daemon=True)
        self._thread.start()

    def send(self, records: Sequence[tuple[bytes, bytes | None]]) -> Future[None]:
        """Queue (key, value) records, a value None is a tombstone; the future ends when all are
        acknowledged, or with NotTaken.

        Raises Busy, and then nothing was queued.
        """
        size = len(records)
        batch = _Batch(size)
        if not size:
            batch.done.set_result(None)
            return batch.done
        with self._lock:
            if self._on_the_way and self._on_the_way + size > self.most:
                raise Busy
            self._on_the_way += size
            if self._broken:  # after a fatal error only another producer goes on
                self._broken, self._producer = False, self._open()
            producer = self._producer
        batch.done.add_done_callback(lambda _: self._arrived(size))
        for key, value in records:
            try:
                producer.produce(self._topic, value, key, on_delivery=batch.delivered)
            except BufferError as error:
                batch.answer(error)
            except KafkaException as error:
                batch.answer(error.args[0])
        return batch.done

    @property
    def on_the_way(self) -> int:
        """Records that Kafka has not answered for yet."""
        return self._on_the_way

    def close(self) -> None:
        """Wait a moment for what is on the way; the rest counts as not taken."""
        self._producer.flush(5)
        self._stop.set()
        self._thread.join()
        self._producer.purge()
        self._producer.poll(0)

    def abandon(self) -> None:
        """End at once: what is on the way counts as not taken."""
        self._producer.purge()
        self._producer.flush(1)  # hears what was purged
        self._stop.set()
        self._thread.join()

    def _open(self) -> ProducerClient:
        return self._kafka.producer(self._settings, log)

    def _arrived(self, size: int) -> None:
        with self._lock:
            self._on_the_way -= size

    def _hear(self) -> None:
        while not self._stop.is_set():
            self._producer.poll(0.1)

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._broken = True
        log.warning("Kafka: %s", error.str())
