"""Sends dossier events and ticks to Kafka, in order, without silent loss.

librdkafka reports a failed delivery only to a callback: ``flush()`` returns 0 all the same. So the
first failure latches here, and every later call raises it: a sender must not go on past a hole.
Records carry wall time (the producer's default), never ``occurred_at``: retention would delete the
records of an old log, and a broker refuses those that are ahead of its clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from dossiers.errors import UserError
from dossiers.wire.events import AnyEvent, DossierEvent, Tick, encode_event
from dossiers.wire.records import DEAD_LETTERS, EVENTS, DeadLetter
from sources.partitioner import partition_of

log = logging.getLogger(__name__)

_POLL_EVERY_BULK = 4_096
_CLOSE_SECONDS = 10.0
_TOPIC_SECONDS = 5.0


def dead_letter_key(letter: DeadLetter) -> bytes:
    """The same whenever the same row of the same log is sent again, so that a reader can tell
    repeats. Of the sentence only the place counts: the rest may name the time of the import."""
    place = letter.detail.partition(": ")[0]
    content = "\x1f".join((letter.source, letter.reason, place, letter.payload))
    return blake2b(content.encode(), digest_size=16).hexdigest().encode()


def row_letter_key(letter: DeadLetter, name: str, mark: str) -> bytes:
    """The same for a dead letter about the same row of a file of the same content, whatever that
    is called. ``name``: of the file; ``mark``: SHA-256 (hex) of what is in it."""
    place = letter.detail.removeprefix(name).partition(": ")[0]
    content = "\x1f".join((mark, letter.reason, place))
    return blake2b(content.encode(), digest_size=16).hexdigest().encode()


class PublishError(UserError):
    """Records could not be handed to Kafka; says which broker and why."""


class Publisher:
    """An idempotent producer for one timeline. Not thread-safe in its error order: one owner.

    ``bulk``: large lz4 batches for loads; else batches close after 20 ms. ``options``: further
    librdkafka settings (security). Raises PublishError if the broker or the topic is missing or
    has another number of partitions.
    """

    def __init__(
        self,
        bootstrap: str,
        partitions: int,
        *,
        bulk: bool = False,
        options: Mapping[str, Any] | None = None,
        connect_timeout: float = 15.0,
        delivery_timeout: float = 120.0,
        topic: str = EVENTS,
        dead_letter_topic: str = DEAD_LETTERS,
    ) -> None:
        self.bootstrap = bootstrap
        self._topic = topic
        self._dead_letter_topic = dead_letter_topic
        self.partitions = partitions
        self.published = 0
        self._error: str | None = None
        self._since_poll = 0
        # Delivery reports are served by poll only: rarely in a load, at once if records are few.
        self._poll_every = _POLL_EVERY_BULK if bulk else 1
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": "dunghen-publisher",
                "enable.idempotence": True,
                "acks": "all",
                "partitioner": "murmur2_random",
                "message.timeout.ms": int(delivery_timeout * 1000),
                "delivery.report.only.error": True,
                "on_delivery": self._on_delivery,
                "error_cb": self._on_error,
                "logger": log,
                **(_BULK if bulk else _PROMPT),
                **(options or {}),
            }
        )
        self._check_topic(connect_timeout)

    def publish(self, event: DossierEvent) -> None:
        """Queues one event; waits while the queue is full. Raises PublishError."""
        self.publish_raw(event.dossier_id.encode(), _encode(event))

    def publish_raw(self, key: bytes, value: bytes) -> None:
        """As ``publish``, for an event that is encoded already; ``key``: the dossier id."""
        self._produce(self._topic, value, key=key)
        self.published += 1

    def tick(
        self,
        now: int,
        partitions: Iterable[int] | None = None,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> None:
        """Queues a tick of ``now`` (ms) for the given partitions, or for all."""
        value = encode_event(Tick(now=now))
        for partition in range(self.partitions) if partitions is None else partitions:
            self._produce(self._topic, value, partition=partition, headers=headers)

    def dead_letter(self, letter: DeadLetter, key: bytes | None = None) -> None:
        """Queues a record that could not be taken, for topic ``dead-letters``."""
        self._produce(
            self._dead_letter_topic,
            msgspec.json.encode(letter),
            key=dead_letter_key(letter) if key is None else key,
        )

    def partition_of(self, dossier_id: str) -> int:
        """The partition of a dossier's events."""
        return partition_of(dossier_id, self.partitions)

    def flush(self, timeout: float = 150.0) -> None:
        """Returns when everything queued stands in Kafka; raises PublishError if anything failed
        or ``timeout`` (seconds) passed first."""
        deadline = time.monotonic() + timeout
        while len(self._producer):
            self._raise_latched()
            left = deadline - time.monotonic()
            if left <= 0:
                raise PublishError(
                    f"{len(self._producer)} records are still waiting for Kafka at "
                    f"{self.bootstrap} after {timeout:.0f} s. Is the broker running?"
                )
            self._producer.flush(min(left, 0.5))
        self._producer.poll(0)
        self._raise_latched()

    def close(self) -> None:
        """Flushes, raising like ``flush``; what a failed producer still holds is dropped."""
        try:
            self.flush()
        finally:
            self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
            return
        self._producer.flush(_CLOSE_SECONDS)
        self._discard()

    def _produce(self, topic: str, value: bytes, **fields: Any) -> None:
        self._since_poll += 1
        if self._since_poll >= self._poll_every:
            self._since_poll = 0
            self._producer.poll(0)
        self._raise_latched()
        arguments = {name: field for name, field in fields.items() if field is not None}
        while True:
            try:
                self._producer.produce(topic, value, **arguments)
                return
            except BufferError:
                # The queue is full: poll serves the delivery reports that make room in it.
                self._producer.poll(0.1)
                self._raise_latched()
            except KafkaException as error:
                self._latch(error.args[0])
                self._raise_latched()

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._latch(error)

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._latch(error)
        else:
            log.warning("Kafka at %s: %s", self.bootstrap, error.str())

    def _latch(self, error: KafkaError) -> None:
        if self._error is None:
            self._error = (
                f"Kafka at {self.bootstrap} did not take a record: {error.str()}. Nothing was "
                "sent after it; check the broker (dunghen status) and start the sender again."
            )

    def _raise_latched(self) -> None:
        if self._error is not None:
            raise PublishError(self._error)

    def _discard(self) -> None:
        self._producer.purge()
        self._producer.poll(0)

    def _check_topic(self, timeout: float) -> None:
        started = time.monotonic()
        while True:
            try:
                topic = self._producer.list_topics(self._topic, timeout).topics[self._topic]
            except KafkaException as error:
                raise PublishError(
                    f"No Kafka broker answers at {self.bootstrap} ({error.args[0].str()}). "
                    "Start the stack first (dunghen up), or correct the address."
                ) from error
            if topic.error is None:
                break
            # A broker takes a moment to hear of a topic that was just made.
            if time.monotonic() - started > min(timeout, _TOPIC_SECONDS):
                raise PublishError(
                    f"Kafka at {self.bootstrap} has no topic {self._topic} ({topic.error.str()}). "
                    "Create the topics first (dunghen topics)."
                )
            time.sleep(0.05)
        found = len(topic.partitions)
        if found != self.partitions:
            raise PublishError(
                f"Topic {self._topic} has {found} partitions, not {self.partitions}: "
                "their number is fixed for the life of a timeline."
            )


_PROMPT: Mapping[str, Any] = {"linger.ms": 20, "compression.type": "lz4"}
_BULK: Mapping[str, Any] = {
    "linger.ms": 50,
    "compression.type": "lz4",
    "batch.size": 900_000,
    "batch.num.messages": 100_000,
    "queue.buffering.max.messages": 200_000,
    "queue.buffering.max.kbytes": 131_072,
}
_encode: Callable[[AnyEvent | DossierEvent], bytes] = msgspec.json.Encoder().encode
