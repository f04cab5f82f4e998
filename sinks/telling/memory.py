"""What the notifier remembers, in topic notices: read back whole, changed in transactions.

The planner's memory, the offsets up to which alerts were taken and the messages that follow from
them change together, so a process that dies at any moment has neither lost nor planned anything
twice. Whoever opens the memory last fences the one before.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterable, Mapping

import msgspec
from confluent_kafka import KafkaError, KafkaException

from broker.clients import AnyKafka
from broker.reading import read_all
from broker.settings import MAX_MESSAGE_BYTES
from dossiers.wire.notices import OFFSETS, PARCEL, PART, NoticeRecord, Parcel
from dossiers.wire.reading import decoder
from dossiers.wire.topics import NOTICES

log = logging.getLogger(__name__)

_SECONDS = 30.0
_MOST_BYTES = 256 * 1024 * 1024  # of one record, unpacked
_decode = decoder(NoticeRecord)
_encode = msgspec.json.Encoder().encode

Change = tuple[str, NoticeRecord | None]  # None: it is gone


class MemoryLost(Exception):
    """Another process has opened the memory, or Kafka refused a change: it must be read again."""


class Remembered:
    """What stands there of ``timeline``. ``parts``: of the planner. ``parcels``: by place, the
    oldest first. ``offsets``: of topic alerts, None before the first start on this timeline.
    ``foreign``: keys of what former timelines have left."""

    def __init__(self, timeline: str) -> None:
        self.parts: dict[str, bytes] = {}
        self.parcels: dict[str, Parcel] = {}
        self.offsets: dict[int, int] | None = None
        self.foreign: set[str] = set()
        self._timeline = timeline

    def take(self, key: str, record: NoticeRecord | None) -> None:
        """The next record of the topic."""
        self.foreign.discard(key)
        if record is None:
            self.parts.pop(key.removeprefix(PART), None)
            self.parcels.pop(key.removeprefix(PARCEL), None)
        elif record.timeline != self._timeline:
            self.foreign.add(key)
        elif record.part is not None:
            self.parts[key.removeprefix(PART)] = unpacked(record.part)
        elif record.parcel is not None:
            self.parcels[key.removeprefix(PARCEL)] = record.parcel
        elif record.next_offsets is not None:
            self.offsets = {int(p): at for p, at in record.next_offsets.items()}


def remembered(kafka: AnyKafka, timeline: str) -> Remembered:
    """Everything of ``timeline``. Raises BrokerAway."""
    found = Remembered(timeline)
    for message in read_all(kafka, NOTICES):
        key, value = (message.key() or b"").decode("utf-8", "replace"), message.value()
        try:
            found.take(key, None if value is None else _decode(value))
        except ValueError:  # also msgspec's
            log.warning("notices@%d cannot be read", message.offset() or 0)
    return found


def packed(content: bytes) -> bytes:
    """As it stands in the topic: what is said of many alerts is much alike."""
    return zlib.compress(content, 1)


def unpacked(content: bytes) -> bytes:
    """What was ``packed``. Raises ValueError if it was not, or is too large."""
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(content, _MOST_BYTES)
    except zlib.error as error:
        raise ValueError("it is not packed") from error
    if not unpacking.eof:
        raise ValueError("it is cut short, or too much")
    return found


class Memory:
    """Writes the topic. For one thread; ``open`` and ``change`` block."""

    def __init__(self, kafka: AnyKafka, timeline: str) -> None:
        self._timeline = timeline
        self._producer = kafka.producer(
            {
                "transactional.id": f"{timeline}-notices",
                "linger.ms": 0,
                "message.max.bytes": MAX_MESSAGE_BYTES,
            },
            log,
        )

    def open(self) -> None:
        """Fence whoever had it before. Raises MemoryLost."""
        self._asked(self._producer.init_transactions, _SECONDS)

    def change(
        self,
        parts: Iterable[tuple[str, bytes | None]] = (),
        parcels: Iterable[Parcel] = (),
        offsets: Mapping[int, int] | None = None,
        gone: Iterable[str] = (),
    ) -> None:
        """All of it, or nothing. ``gone``: keys of which nothing is to be left. Raises
        MemoryLost."""
        line = self._timeline
        found: list[Change] = [(key, None) for key in gone]
        found += [
            (PART + key, None if part is None else NoticeRecord(timeline=line, part=packed(part)))
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
        self._asked(self._producer.begin_transaction)
        for key, record in changes:
            self._asked(self._produce, None if record is None else _encode(record), key.encode())
        self._asked(self._producer.commit_transaction, _SECONDS)

    def _produce(self, value: bytes | None, key: bytes) -> None:
        """A first start remembers more than fits the producer's queue: then it waits."""
        until = time.monotonic() + _SECONDS
        while True:
            self._producer.poll(0)
            try:
                self._producer.produce(NOTICES, value, key)
            except BufferError:
                if time.monotonic() > until:
                    raise
                self._producer.poll(0.1)
            else:
                return

    def _asked(self, call: object, *values: object) -> None:
        try:
            call(*values)  # type: ignore[operator]
        except (KafkaException, BufferError) as error:
            cause = error.args[0] if error.args else error
            text = cause.str() if isinstance(cause, KafkaError) else str(error)
            raise MemoryLost(text) from error
