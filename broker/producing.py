"""Producing without silent loss.

librdkafka reports a failed delivery only to a callback: ``flush()`` returns 0 all the same. So the
first failure latches, and every later call raises it: a sender must not continue past a gap.
Records carry wall time (the producer's default), never ``occurred_at``: retention would delete the
records of an old log, and a broker refuses those that are ahead of its clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, Self

from confluent_kafka import KafkaError, KafkaException, Message

from broker.clients import AnyKafka
from broker.errors import NotDelivered
from broker.settings import MAX_MESSAGE_BYTES

_CLOSE_SECONDS = 10.0


class DurableProducer:
    """An idempotent producer whose first failure is its last word. One owner: the order in which
    errors come is not kept between threads.

    ``settings``: of ours, such as ``message.timeout.ms``. ``poll_every``: records between two looks
    at what was delivered; rarely in a load, at once if records are few. ``logger``: hears of what
    passes by itself. Every method but ``waiting`` raises NotDelivered.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        settings: Mapping[str, Any],
        *,
        poll_every: int = 1,
        logger: logging.Logger | None = None,
    ) -> None:
        self._bootstrap = kafka.bootstrap
        self._error: NotDelivered | None = None
        self._poll_every = poll_every
        self._since_poll = 0
        self._log = logger
        self.client = kafka.producer(
            {
                "delivery.report.only.error": True,
                "on_delivery": self._on_delivery,
                "error_cb": self._on_error,
                **settings,
            },
            logger,
        )

    def send(self, topic: str, value: bytes, **fields: Any) -> None:
        """Queue one record; waits while the queue is full. ``fields``: key, partition, headers."""
        self._since_poll += 1
        if self._since_poll >= self._poll_every:
            self._since_poll = 0
            self.client.poll(0)
        self._raise_latched()
        while True:
            try:
                self.client.produce(topic, value, **fields)
                return
            except BufferError:
                # The queue is full: poll serves the delivery reports that make room in it.
                self.client.poll(0.1)
                self._raise_latched()
            except KafkaException as error:
                self._latch(error.args[0], topic)
                self._raise_latched()

    def waiting(self) -> int:
        """Records that the broker has not acknowledged yet."""
        return len(self.client)

    def flush(self, seconds: float) -> None:
        """Return when everything queued stands in Kafka; raises if that takes longer, too."""
        deadline = time.monotonic() + seconds
        while len(self.client):
            self._raise_latched()
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotDelivered(
                    f"{len(self.client)} records are still waiting for Kafka at {self._bootstrap} "
                    f"after {seconds:.0f} s.",
                    "Is the broker running?",
                )
            self.client.flush(min(left, 0.5))
        self.client.poll(0)
        self._raise_latched()

    def close(self, seconds: float) -> None:
        """Flush, raising like ``flush``; what a failed producer still holds is dropped."""
        try:
            self.flush(seconds)
        finally:
            self.discard()

    def abandon(self) -> None:
        """Wait up to 10 s for what is on the way, and drop the rest: for whoever has an error of
        their own to tell already. Raises nothing."""
        self.client.flush(_CLOSE_SECONDS)
        self.discard()

    def discard(self) -> None:
        """Drop what is on the way. Dropped records count as failed, so every later call raises."""
        self.client.purge()
        self.client.poll(0)

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._latch(error, message.topic() or "")

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._latch(error, "")
        elif self._log is not None:
            self._log.warning("Kafka at %s: %s", self._bootstrap, error.str())

    def _latch(self, error: KafkaError, topic: str) -> None:
        if self._error is None:
            of = f" of topic {topic}" if topic else ""
            self._error = NotDelivered(
                f"Kafka at {self._bootstrap} did not take a record{of}: {error.str()}.",
                "Nothing was sent after it: look at the broker (dunghen status), then start again.",
            )

    def _raise_latched(self) -> None:
        if self._error is not None:
            raise self._error


class Writer:
    """Writes a few records, each acknowledged before the next is sent. Raises NotDelivered."""

    DELIVERY_SECONDS = 30.0

    def __init__(self, kafka: AnyKafka) -> None:
        self._producer = DurableProducer(
            kafka,
            {
                "message.timeout.ms": int(self.DELIVERY_SECONDS * 1000),
                "message.max.bytes": MAX_MESSAGE_BYTES,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.discard()

    def send(self, topic: str, partition: int, key: bytes | None, value: bytes) -> None:
        self._producer.send(topic, value, key=key, partition=partition)
        self._producer.flush(self.DELIVERY_SECONDS + 5)
