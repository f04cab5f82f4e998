"""Settings of the confluent_kafka clients of a worker, and reading a partition whole."""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.config import WorkerConfig

_log = logging.getLogger(__name__)

ClientSettings = dict[str, str | int | float | bool | Callable[..., object]]

# One dossier with very long facts, or one batch; the topics allow as much.
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
_POLL_SECONDS = 0.05  # a call returns when it has a whole chunk, or after this
_CHUNK = 20_000  # records a call: decoding a call's records holds the interpreter lock


def common_settings(config: WorkerConfig) -> ClientSettings:
    """What every client has."""
    return {
        **config.client,
        "bootstrap.servers": config.bootstrap,
        "log.connection.close": False,
        "logger": _log,  # type: ignore[dict-item]
    }


def producer_settings(config: WorkerConfig) -> ClientSettings:
    """What every producer has: durable, ordered, murmur2 as Java has it, and quick."""
    return {
        **common_settings(config),
        "acks": "all",
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "linger.ms": config.linger_ms,
        "compression.type": "lz4",
        "batch.size": 1_000_000,
        "message.max.bytes": MAX_MESSAGE_BYTES,
        "queue.buffering.max.messages": 1_000_000,
        "queue.buffering.max.kbytes": 512 * 1024,
        "delivery.report.only.error": True,
    }


def read_partition(
    config: WorkerConfig,
    topic: str,
    partition: int,
    *,
    committed: bool,
    progress: Callable[[int], None],
    takes: Callable[[bytes, bytes | None, bytes | None], bool] | None = None,
) -> tuple[dict[bytes, bytes | None], int]:
    """The newest value of every key of a compacted partition, and the offset after its end.

    ``progress`` is called with the number of records of every chunk; it may raise to give up.
    ``takes``: whether a value of a key replaces the one before it; the arguments are these three.
    Blocks; raises KafkaException when the broker refuses.
    """
    settings: ClientSettings = {
        **common_settings(config),
        "group.id": f"{config.group}-read",  # required, and not used: nothing is committed
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "isolation.level": "read_committed" if committed else "read_uncommitted",
        "fetch.max.bytes": 64 * 1024 * 1024,
        "max.partition.fetch.bytes": 16 * 1024 * 1024,
        "fetch.wait.max.ms": 10,
        "queued.min.messages": 1_000_000,
        "queued.max.messages.kbytes": 128 * 1024,
        "check.crcs": False,
    }
    latest: dict[bytes, bytes | None] = {}
    consumer = Consumer(settings)
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
