"""How far the worker is: the last committed position of each partition, from its topic's end."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from broker.reading import (
    METADATA_TIMEOUT,
    SILENCE_TIMEOUT,
    Client,
    open_consumer,
    unreachable,
)
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import DOSSIERS, POSITION_KEY, Position

_TAIL = 500  # records; a position is the last one of its transaction
_position = decoder(Position)


def read_positions(bootstrap: str, partitions: int, client: Client) -> dict[int, Position]:
    """By partition; one is absent that has none, or none near its end. Raises UserError."""
    consumer = open_consumer(bootstrap, client)
    found: dict[int, Position] = {}
    try:
        for partition in range(partitions):
            place = TopicPartition(DOSSIERS, partition)
            low, end = consumer.get_watermark_offsets(place, METADATA_TIMEOUT)
            place.offset = max(low, end - _TAIL)
            consumer.assign([place])
            while end > low:
                message = consumer.poll(SILENCE_TIMEOUT)
                if message is None:
                    raise unreachable(bootstrap)
                error = message.error()
                if error is None and message.key() == POSITION_KEY:
                    position = read_or_none(_position, message.value())
                    if position is not None:
                        found[partition] = position
                elif error is not None and error.code() == KafkaError._PARTITION_EOF:
                    break
                elif error is not None:
                    raise unreachable(bootstrap)
    except KafkaException as error:
        raise unreachable(bootstrap) from error
    finally:
        consumer.close()
    return found
