"""What the notifier remembers, in topic notices: read back whole, changed in transactions.

The planner's memory, the offsets up to which alerts were taken and the messages that follow from
them change together, so a process that dies at any moment has neither lost nor planned anything
twice. Whoever opens the memory last fences the one before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import msgspec
from confluent_kafka import KafkaError, KafkaException

from broker.clients import AnyKafka
from broker.reading import read_all
from dossiers.wire.notices import OFFSETS, PARCEL, PART, NoticeRecord, Parcel
from dossiers.wire.reading import decoder
from dossiers.wire.topics import NOTICES

log = logging.getLogger(__name__)

_SECONDS = 30.0
_decode = decoder(NoticeRecord)
_encode = msgspec.json.Encoder().encode

Change = tuple[str, NoticeRecord | None]  # None: it is gone


class MemoryLost(Exception):
    """Another process has opened the memory, or Kafka refused a change: it must be read again."""


class Remembered:
    """``parts``: of the planner. ``parcels``: by place, the oldest first. ``offsets``: of topic
    alerts, None before the first start on this timeline."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.parcels: dict[str, Parcel] = {}
        self.offsets: dict[int, int] | None = None

    def take(self, key: str, record: NoticeRecord | None) -> None:
        """The next record of the topic."""
        if record is None:
            self.parts.pop(key.removeprefix(PART), None)
            self.parcels.pop(key.removeprefix(PARCEL), None)
        elif record.part is not None:
            self.parts[key.removeprefix(PART)] = record.part
        elif record.parcel is not None:
            self.parcels[key.removeprefix(PARCEL)] = record.parcel
        elif record.next_offsets is not None:
            self.offsets = {int(p): at for p, at in record.next_offsets.items()}


def remembered(kafka: AnyKafka, timeline: str) -> Remembered:
    """Everything of ``timeline``. Raises BrokerAway."""
    found = Remembered()
    for message in read_all(kafka, NOTICES):
        key, value = (message.key() or b"").decode("utf-8", "replace"), message.value()
        try:
            record = None if value is None else _decode(value)
        except msgspec.MsgspecError:
            log.warning("notices@%d cannot be read", message.offset() or 0)
            continue
        if record is None or record.timeline == timeline:
            found.take(key, record)
    return found


class Memory:
    """Writes the topic. For one thread; ``open`` and ``change`` block."""

    def __init__(self, kafka: AnyKafka, timeline: str) -> None:
        self._timeline = timeline
        self._producer = kafka.producer(
            {"transactional.id": f"{timeline}-notices", "linger.ms": 0}, log
        )

    def open(self) -> None:
        """Fence whoever had it before. Raises MemoryLost."""
        self._asked(self._producer.init_transactions, _SECONDS)

    def change(
        self,
        parts: Iterable[tuple[str, bytes | None]] = (),
        parcels: Iterable[Parcel] = (),
        offsets: Mapping[int, int] | None = None,
    ) -> None:
        """All of it, or nothing. Raises MemoryLost."""
        line = self._timeline
        found: list[Change] = [
            (PART + key, None if part is None else NoticeRecord(timeline=line, part=part))
            for key, part in parts
        ]
        found += [(PARCEL + p.place, NoticeRecord(timeline=line, parcel=p)) for p in parcels]
        if offsets is not None:
            ends = {str(partition): at for partition, at in sorted(offsets.items())}
            found.append((OFFSETS, NoticeRecord(timeline=line, next_offsets=ends)))
        if found:
            self._write(found)

    def forget(self, places: Iterable[str]) -> None:
        """Parcels that have arrived or were given up, by their place. Raises MemoryLost."""
        self._write([(PARCEL + place, None) for place in places])

    def _write(self, changes: Iterable[Change]) -> None:
        producer = self._producer
        self._asked(producer.begin_transaction)
        for key, record in changes:
            value = None if record is None else _encode(record)
            self._asked(producer.produce, NOTICES, value, key.encode())
            producer.poll(0)
        self._asked(producer.commit_transaction, _SECONDS)

    def _asked(self, call: object, *values: object) -> None:
        try:
            call(*values)  # type: ignore[operator]
        except (KafkaException, BufferError) as error:
            cause = error.args[0] if error.args else error
            text = cause.str() if isinstance(cause, KafkaError) else str(error)
            raise MemoryLost(text) from error
