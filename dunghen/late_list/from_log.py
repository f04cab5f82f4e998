"""Facts of dossiers as of a cut, from the log alone: every event is folded once more.

It is the second way to a frozen list, for ``verify`` and for what was restored from a backup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import msgspec
from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from broker.ends import bounds_of
from broker.errors import unreachable
from broker.reading import METADATA_TIMEOUT, TO_THE_END, read_on
from broker.silence import PartitionId
from dossiers.admission.bounds import Bound
from dossiers.errors import UserError
from dossiers.reports.late_lines import Month
from dossiers.wire.acted import Acted
from dossiers.wire.events import Activate, Described, Restored, Tick, decode_event
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.late_lists import Cut
from dossiers.wire.reading import decoder, read_facts
from dossiers.wire.records import DossierRecord, has_left
from dossiers.wire.reference import Reference
from dossiers.wire.topics import DOSSIERS, EVENTS
from dunghen.late_list.known import KnownDossier, may_count
from dunghen.late_list.stored import Dates
from streams.kafka_record import KafkaRecord
from streams.partition.engine import PartitionEngine

_BATCH = 500  # records; as the worker folds them
# What had no room then is a dead letter; everything else was taken, by whatever bound it was.
_ANY = Bound(facts=2**31, fact_bytes=2**31)
_record = decoder(DossierRecord)


@dataclass
class LogFacts:
    """``refused``: places of dead letters at the cut. ``reference_of``: reference data by content
    hash. ``now``: by partition, its time (ms) at the cut, once it was read."""

    kafka: AnyKafka
    timeline: str
    cut: Cut
    refused: frozenset[tuple[int, int]]
    reference_of: Callable[[str], Reference]
    now: dict[int, int] = field(default_factory=dict)

    @property
    def watermark(self) -> int:
        """Until when (ms) all partitions knew the log at the cut, once all were read."""
        return min(self.now.values(), default=0)

    def dossiers(self, month: Month) -> Iterator[KnownDossier]:
        """Those that may stand in the list of ``month``, partition by partition. Raises
        BrokerAway, UserError."""
        for partition, until in enumerate(self.cut.events):
            yield from self._of_partition(partition, until, month)

    def dates(self, latest: int) -> Dates:
        """Of what is dated up to ``latest`` (ms); a second look at the log."""
        last: dict[str, int] = {}
        first: int | None = None
        for partition, until in enumerate(self.cut.events):
            for _, _, value in self._records(partition, until):
                try:
                    event = decode_event(value or b"")
                except msgspec.MsgspecError:
                    continue
                if isinstance(event, Tick | Activate | Described | Acted | Restored):
                    continue
                if event.occurred_at > latest:
                    continue
                last[event.source] = max(last.get(event.source, event.occurred_at),
                                         event.occurred_at)  # fmt: skip
                at = event.occurred_at if event.backfill else event.received_at
                first = at if first is None else min(first, at)
        return Dates(first, last)

    def _of_partition(self, partition: int, until: int, month: Month) -> Iterator[KnownDossier]:
        engine = PartitionEngine(self.timeline, partition, self.reference_of, lambda _: 0, 1, _ANY)
        engine.restore(())
        newest: dict[str, bytes] = {}
        records = (
            record for record in self._records(partition, until)
            if (partition, record[0]) not in self.refused
        )  # fmt: skip
        while batch := list(islice(records, _BATCH)):
            for topic, _, key, value in engine.process(batch):
                # One that leaves keeps the last state that it had.
                state = topic == DOSSIERS and key != POSITION_KEY
                if state and value is not None and not has_left(value):
                    newest[key.decode()] = value
        self.now[partition] = engine.state.now
        for dossier in sorted(newest):
            found = _known(newest[dossier], month)
            if found is not None:
                yield found

    def _records(self, partition: int, until: int) -> Iterator[KafkaRecord]:
        if not until:
            return
        consumer = self.kafka.consumer({**TO_THE_END, "isolation.level": "read_committed"})
        try:
            place = PartitionId(EVENTS, partition)
            first, end = bounds_of(consumer, place, METADATA_TIMEOUT)
            if first > 0 or end < until:
                raise UserError(
                    f"Topic {EVENTS} has the offsets {first} to {end} in partition {partition}; "
                    f"the list was made from 0 to {until}. It cannot be made again from this log."
                )
            starts, ends = {partition: 0}, {partition: until}
            for message in read_on(consumer, self.kafka.bootstrap, EVENTS, starts, ends):
                yield message.offset() or 0, message.key(), message.value()
        except KafkaException as error:
            raise unreachable(self.kafka.bootstrap) from error
        finally:
            consumer.close()


def _known(value: bytes, month: Month) -> KnownDossier | None:
    record = _record(value)
    course = record.course
    if not may_count(month, course.received_at, course.finished_at, record.flags):
        return None
    return KnownDossier(record.dossier_id, read_facts(record.facts.raw), record.actions)
