"""Writing a few records, each acknowledged before the next is sent."""

from __future__ import annotations

from confluent_kafka import KafkaError, Producer

from broker.errors import BrokerAway
from broker.reading import Client
from broker.settings import MAX_MESSAGE_BYTES

DELIVERY_TIMEOUT = 30.0  # s


class Writer:
    """An idempotent producer that sends one record at a time; raises BrokerAway on a failure."""

    def __init__(self, bootstrap: str, client: Client) -> None:
        self._bootstrap = bootstrap
        self._producer = Producer(
            {
                **(client or {}),
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "message.timeout.ms": int(DELIVERY_TIMEOUT * 1000),
                "message.max.bytes": MAX_MESSAGE_BYTES,
                "log_level": 0,
            }
        )

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._producer.purge()

    def send(self, topic: str, partition: int, key: bytes | None, value: bytes) -> None:
        failed: list[KafkaError] = []

        def delivered(error: KafkaError | None, _: object) -> None:
            if error is not None:
                failed.append(error)

        self._producer.produce(topic, value, key, partition, on_delivery=delivered)
        # flush() returns 0 after a failed delivery too: only the report tells.
        left = self._producer.flush(DELIVERY_TIMEOUT + 5)
        if failed or left:
            why = failed[0].str() if failed else "no answer"
            raise BrokerAway(
                f"Kafka at {self._bootstrap} did not take a record of topic {topic}: {why}.",
                "Look at the broker's log, then start again: the step is repeated.",
            )
