"""What the planner is fed with: alerts from an offset on, the roster, reference data, records
of late lists and data time.

One consumer reads committed records of all five topics, on one thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Message, TopicPartition

from broker.clients import AnyKafka
from broker.reading import TO_THE_END, partitions_of
from broker.silence import SILENT_S
from broker.watched_client import WatchedClient
from dossiers.tallies.table import TallyTable
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import CLOCK_SCOPE
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.roster import RosterEntry
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import ALERTS, PUBLICATIONS, REFERENCE, ROSTER, TALLIES

log = logging.getLogger(__name__)

_MOST = 2_000  # records a call
_CLOCK = CLOCK_SCOPE.encode()
_read_alert = decoder(Alert)
_read_entry = decoder(RosterEntry)
_read_tally = decoder(Tally)


@dataclass
class Fed:
    """What came. ``alerts``: in the order of each partition, with the offsets after them.
    ``roster``: by officer. ``reference``, ``publications``: records, as they are. ``now``: data
    time (ms), None while it is not known."""

    alerts: list[Alert] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)
    roster: dict[str, RosterEntry | None] = field(default_factory=dict)
    reference: list[tuple[bytes, bytes | None]] = field(default_factory=list)
    publications: list[bytes] = field(default_factory=list)
    now: int | None = None


class Inputs:
    """``partitions``: of the timeline. ``offsets``: of topic alerts, from which on it is read; a
    partition that is not there is read from its beginning. ``silent_s``: seconds, see
    broker.silence. Raises BrokerAway."""

    def __init__(
        self,
        kafka: AnyKafka,
        timeline: str,
        partitions: int,
        offsets: Mapping[int, int],
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self.skipped = 0
        self._timeline = timeline
        self._clocks = TallyTable(timeline, partitions, lambda scope: False)
        consumer = kafka.consumer({**TO_THE_END, "isolation.level": "read_committed"}, log)
        places = [
            TopicPartition(ALERTS, partition, offsets.get(partition, OFFSET_BEGINNING))
            for partition in partitions_of(consumer, kafka.bootstrap, ALERTS)
        ]
        for topic in (TALLIES, ROSTER, REFERENCE, PUBLICATIONS):
            places += [
                TopicPartition(topic, partition, OFFSET_BEGINNING)
                for partition in partitions_of(consumer, kafka.bootstrap, topic)
            ]
        self._left = {(place.topic, place.partition) for place in places}
        self._client = WatchedClient(kafka, "read_committed", consumer, silent_s, time.monotonic)
        self._consumer = consumer
        consumer.assign(places)

    @property
    def referred(self) -> bool:
        """Whether reference data and roster were read to their ends once."""
        return not any(topic in (REFERENCE, ROSTER) for topic, _ in self._left)

    @property
    def caught_up(self) -> bool:
        """Whether every partition was read to its end once."""
        return not self._left

    def take(self, seconds: float) -> Fed:
        """What came within ``seconds``. Raises KafkaException, SilentClient."""
        taken = self._client.sort(self._consumer.consume(_MOST, seconds))
        for error in taken.errors:
            log.warning("notifier: %s", error.str())
        fed = Fed()
        for message in taken.records:
            self._sort(message, fed)
        self._left -= {(place.topic, place.partition) for place in taken.ends}
        self._client.check_silence()
        fed.now = self._clocks.watermark
        return fed

    def close(self) -> None:
        """Stop reading."""
        self._consumer.close()

    def _sort(self, message: Message, fed: Fed) -> None:
        topic, key, value = message.topic(), message.key() or b"", message.value()
        if topic == ALERTS:
            partition = message.partition() or 0
            fed.offsets[partition] = (message.offset() or 0) + 1
            fed.alerts += self._alerts(value)
        elif topic == TALLIES:
            if key.startswith(_CLOCK) and value is not None:
                tally = read_or_none(_read_tally, value)
                if tally is not None:
                    self._clocks.take(message.partition(), tally)
        elif topic == ROSTER:
            entry = read_or_none(_read_entry, value)
            fed.roster[key.decode("utf-8", "replace")] = entry
        elif topic == PUBLICATIONS:
            fed.publications.append(value or b"")
        else:
            fed.reference.append((key, value))

    def _alerts(self, value: bytes | None) -> Iterable[Alert]:
        if value is None:
            return
        try:
            alert = _read_alert(value)
        except msgspec.MsgspecError:
            self.skipped += 1
            log.warning("a record of topic alerts is no alert")
            return
        if alert.timeline == self._timeline:
            yield alert
