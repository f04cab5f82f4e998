"""The newest value of every key of a compacted partition: what a take-over begins with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from broker.clients import AnyKafka

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05  # a call returns when it has a whole chunk, or after this
_CHUNK = 20_000  # records a call: decoding a call's records holds the interpreter lock

_BULK: Mapping[str, Any] = {
    "enable.auto.offset.store": False,
    "fetch.max.bytes": 64 * 1024 * 1024,
    "max.partition.fetch.bytes": 16 * 1024 * 1024,
    "fetch.wait.max.ms": 10,
    "queued.min.messages": 1_000_000,
    "queued.max.messages.kbytes": 128 * 1024,
    "check.crcs": False,
}


def newest_values(
    kafka: AnyKafka,
    topic: str,
    partition: int,
    *,
    committed: bool,
    progress: Callable[[int], None],
    takes: Callable[[bytes, bytes | None, bytes | None], bool] | None = None,
) -> tuple[dict[bytes, bytes | None], int]:
    """The newest value of every key, and the offset after the partition's end.

    ``progress`` is called with the number of records of every chunk, 0 while none come; it may
    raise to give up, and that is the only time limit. ``takes``: whether a value of a key replaces
    the one before it; the arguments are these three. Blocks; raises KafkaException if the broker
    refuses.
    """
    level = "read_committed" if committed else "read_uncommitted"
    latest: dict[bytes, bytes | None] = {}
    consumer = kafka.consumer({**_BULK, "isolation.level": level}, _log)
    try:
        consumer.assign([TopicPartition(topic, partition, 0)])
        while True:
            messages = consumer.consume(_CHUNK, _POLL_SECONDS)
            progress(len(messages))
            for message in messages:
                error = message.error()
                if error is None:
                    key = message.key()
                    if key is not None and (
                        takes is None or takes(key, message.value(), latest.get(key))
                    ):
                        latest[key] = message.value()
                elif error.code() == KafkaError._PARTITION_EOF:
                    return latest, message.offset() or 0
                elif not error.retriable():
                    raise KafkaException(error)
    finally:
        consumer.close()
