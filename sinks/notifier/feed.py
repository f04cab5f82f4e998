"""Topic alerts, committed data only, with offsets that follow the deliveries."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec
from confluent_kafka import (
    OFFSET_INVALID,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from dossiers.wire.reading import decoder
from dossiers.wire.records import ALERTS, Alert
from sinks.config import NotifierConfig
from sinks.notifier.tracker import Tracker

log = logging.getLogger(__name__)

_TIMEOUT_S = 10.0


class AlertFeed:
    """Used by one thread. A first start begins at the topics' end, unless asked otherwise: nobody
    wants a mail about every alert of the past year. That beginning is committed at once, so that
    an alert that comes before the first delivery is not lost with a crash."""

    def __init__(self, config: NotifierConfig, tracker: Tracker) -> None:
        self._config = config
        self._tracker = tracker
        self._topic = config.topic_prefix + ALERTS
        self._decode = decoder(Alert)
        self._committed: dict[int, int] = {}
        self.assigned: set[int] = set()
        self.skipped = 0
        group = f"{config.timeline}-notifier"
        self._consumer = Consumer(
            {
                **config.kafka,
                "bootstrap.servers": config.bootstrap,
                "group.id": group,
                "group.instance.id": f"{group}-{config.instance}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "queued.max.messages.kbytes": 4_096,
            },
            logger=log,
        )
        self._consumer.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._revoked)

    def take(self, accept: Callable[[Alert, int, int], None], seconds: float) -> None:
        """Hand over what came within ``seconds``. Raises KafkaException if it cannot go on."""
        for message in self._consumer.consume(500, seconds):
            error = message.error()
            partition, offset = message.partition() or 0, message.offset() or 0
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    self._tracker.reached(partition, offset)
                elif error.fatal():
                    raise KafkaException(error)
                else:
                    log.warning("alerts: %s", error.str())
                continue
            value = message.value()
            if value is None:
                continue
            try:
                alert = self._decode(value)
            except msgspec.MsgspecError:
                self.skipped += 1
                log.warning("alerts[%d]@%d is not an alert", partition, offset)
                continue
            accept(alert, partition, offset)

    def commit(self) -> None:
        """Keep how far everything is delivered; a failed commit only means delivering twice."""
        ahead = {
            partition: offset
            for partition, offset in self._tracker.committable().items()
            if partition in self.assigned and offset > self._committed.get(partition, -1)
        }
        if not ahead:
            return
        try:
            self._consumer.commit(offsets=self._places(ahead), asynchronous=False)
        except KafkaException as error:
            log.warning("offsets of the notifier not committed yet: %s", error)
        else:
            self._committed.update(ahead)

    def close(self) -> None:
        self._consumer.close()

    def _places(self, offsets: dict[int, int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, p, offset) for p, offset in offsets.items()]

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        known = consumer.committed(partitions, timeout=_TIMEOUT_S)
        fresh = [p for p in known if p.offset == OFFSET_INVALID]
        if fresh and not self._config.from_beginning:
            for place in fresh:
                place.offset = consumer.get_watermark_offsets(place, timeout=_TIMEOUT_S)[1]
            consumer.commit(offsets=fresh, asynchronous=False)
        consumer.assign(known)
        self.assigned |= {place.partition for place in known}

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        numbers = [place.partition for place in partitions]
        self._tracker.forget(numbers)
        self.assigned -= set(numbers)
        for number in numbers:
            self._committed.pop(number, None)
