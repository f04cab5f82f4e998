"""Sends dossier events and ticks to Kafka, in order, without silent loss."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, Self

import msgspec
from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from broker.errors import BrokerAway, BrokerError
from broker.partitioner import partition_of
from broker.producing import DurableProducer
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import AnyEvent, Tick, encode_event
from dossiers.wire.topics import DEAD_LETTERS, EVENTS

log = logging.getLogger(__name__)

_POLL_EVERY_BULK = 4_096
_FLUSH_SECONDS = 150.0
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


class Publisher:
    """An idempotent producer for one timeline. Not thread-safe in its error order: one owner.

    ``bulk``: large lz4 batches for loads; else batches close after 20 ms. Raises BrokerError if the
    broker or the topic is missing or has another number of partitions, and if a record was not
    taken. ``connect_timeout``, ``delivery_timeout``: seconds.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        partitions: int,
        *,
        bulk: bool = False,
        connect_timeout: float = 15.0,
        delivery_timeout: float = 120.0,
        topic: str = EVENTS,
        dead_letter_topic: str = DEAD_LETTERS,
    ) -> None:
        self.bootstrap = kafka.bootstrap
        self._topic = topic
        self._dead_letter_topic = dead_letter_topic
        self.partitions = partitions
        self.published = 0
        self._producer = DurableProducer(
            kafka,
            {
                "client.id": "dunghen-publisher",
                "message.timeout.ms": int(delivery_timeout * 1000),
                **(_BULK if bulk else _PROMPT),
            },
            poll_every=_POLL_EVERY_BULK if bulk else 1,
            logger=log,
        )
        self._check_topic(connect_timeout)

    def publish(self, event: DossierEvent) -> None:
        """Queues one event; waits while the queue is full. Raises BrokerError."""
        self.publish_raw(event.dossier_id.encode(), _encode(event))

    def publish_raw(self, key: bytes, value: bytes) -> None:
        """As ``publish``, for an event that is encoded already; ``key``: the dossier id."""
        self._producer.send(self._topic, value, key=key)
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
            self._producer.send(self._topic, value, partition=partition, headers=headers)

    def dead_letter(self, letter: DeadLetter, key: bytes | None = None) -> None:
        """Queues a record that could not be taken, for topic ``dead-letters``."""
        self._producer.send(
            self._dead_letter_topic,
            msgspec.json.encode(letter),
            key=dead_letter_key(letter) if key is None else key,
        )

    def partition_of(self, dossier_id: str) -> int:
        """The partition of a dossier's events."""
        return partition_of(dossier_id, self.partitions)

    def flush(self, timeout: float = _FLUSH_SECONDS) -> None:
        """Returns when everything queued stands in Kafka; raises BrokerError if anything failed
        or ``timeout`` (seconds) passed first."""
        self._producer.flush(timeout)

    def close(self) -> None:
        """Flushes, raising like ``flush``; what a failed producer still holds is dropped."""
        self._producer.close(_FLUSH_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self._producer.abandon()

    def _check_topic(self, timeout: float) -> None:
        started = time.monotonic()
        while True:
            try:
                topic = self._producer.client.list_topics(self._topic, timeout).topics[self._topic]
            except KafkaException as error:
                raise BrokerAway(
                    f"No Kafka broker answers at {self.bootstrap} ({error.args[0].str()}). "
                    "Start the stack first (dunghen up), or correct the address."
                ) from error
            if topic.error is None:
                break
            # A broker takes a moment to hear of a topic that was just made.
            if time.monotonic() - started > min(timeout, _TOPIC_SECONDS):
                raise BrokerError(
                    f"Kafka at {self.bootstrap} has no topic {self._topic} ({topic.error.str()}). "
                    "Create the topics first (dunghen topics)."
                )
            time.sleep(0.05)
        found = len(topic.partitions)
        if found != self.partitions:
            raise BrokerError(
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
