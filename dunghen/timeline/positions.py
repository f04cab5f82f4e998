"""How far the worker is: the last committed position of each partition, from its topic's end."""

from __future__ import annotations

from confluent_kafka import KafkaException

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import bounds_of
from broker.errors import unreachable
from broker.reading import METADATA_TIMEOUT, TO_THE_END, read_on
from broker.silence import PartitionId
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import Position
from dossiers.wire.topics import DOSSIERS

_TAIL = 500  # records; a position is the last one of its transaction
_position = decoder(Position)


def read_positions(kafka: AnyKafka, partitions: int) -> dict[int, Position]:
    """By partition; one is absent that has none, or none near its end. Raises BrokerAway."""
    consumer = kafka.consumer(TO_THE_END)
    found: dict[int, Position] = {}
    try:
        starts = {p: _tail_of(consumer, p) for p in range(partitions)}
        for message in read_on(consumer, kafka.bootstrap, DOSSIERS, starts):
            if message.key() == POSITION_KEY:
                position = read_or_none(_position, message.value())
                if position is not None:
                    found[message.partition() or 0] = position
    except KafkaException as error:
        raise unreachable(kafka.bootstrap) from error
    finally:
        consumer.close()
    return found


def _tail_of(consumer: ConsumerClient, partition: int) -> int:
    """The offset from which the newest position, if there is one, is found at little cost."""
    low, end = bounds_of(consumer, PartitionId(DOSSIERS, partition), METADATA_TIMEOUT)
    return max(low, end - _TAIL)
