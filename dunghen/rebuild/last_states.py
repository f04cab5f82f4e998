"""Last states of dossiers that have left the stream, folded once more from the event log.

Their tombstones remove them from topic ``dossiers``; the events are kept for ever. Only if a
ClickHouse is made anew without the old one beside it is this needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from itertools import groupby
from typing import Any

from broker.kafka import Kafka
from broker.reading import read_all
from dossiers.admission.bounds import TOO_MANY_FACTS, Bound
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import has_left
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS, EVENTS
from dunghen.timeline.reading import read_reference
from sinks.decode.base import Record
from sinks.decode.facts import FactDecoder
from sinks.judging import LateJudge, ReferenceReader
from sinks.rebuild import Rebuild
from streams.partition.engine import PartitionEngine

_BATCH = 500  # records; as the worker folds them
_ANY = Bound(facts=2**31, fact_bytes=2**31)
_letter: Callable[[bytes], DeadLetter] = decoder(DeadLetter)


def insert_last_states(
    work: Rebuild,
    missing: Mapping[int, Set[str]],
    kafka: Kafka,
    timeline: Timeline,
) -> int:
    """Put into the new tables of ``work`` the states that they lack; how many. ``missing``: its
    dossiers without one, by partition. Raises UserError."""
    count = 0
    decoder = FactDecoder(LateJudge(ReferenceReader(kafka, timeline.id)))
    for partition, wanted in sorted(missing.items()):
        records: list[Any] = list(last_states(kafka, timeline, partition, wanted))
        decoded = decoder.decode(records)
        if decoded.rows is not None:
            decoder.insert(work.new, decoded.rows)
            count += decoded.rows.num_rows
    decoder.close()
    return count


def last_states(
    kafka: Kafka, timeline: Timeline, partition: int, wanted: Set[str]
) -> Iterator[Record]:
    """Records as topic ``dossiers`` had them last, of those among ``wanted`` that ever had a state.

    They have offset 0, so that anything newer replaces them. Raises UserError.
    """
    known: dict[str, Reference] = {}

    def reference_of(hash_: str) -> Reference:
        if hash_ not in known:
            known[hash_] = read_reference(kafka.bootstrap, hash_, client=kafka.user)
        return known[hash_]

    # What a dossier had no room for then is left out, and everything else was taken: the bound may
    # have been another.
    full = _refused_as_full(kafka, timeline.id, partition)
    engine = PartitionEngine(timeline.id, partition, reference_of, lambda _: 0, 1, _ANY)
    engine.restore(())
    last: dict[str, bytes] = {}
    messages = enumerate(read_all(kafka, EVENTS, only=partition))
    for _, batch in groupby(messages, lambda numbered: numbered[0] // _BATCH):
        records = [
            (m.offset() or 0, m.key(), m.value()) for _, m in batch if m.offset() not in full
        ]
        for topic, _, key, value in engine.process(records):
            if topic != DOSSIERS or value is None or has_left(value):
                continue
            if key.decode() in wanted:
                last[key.decode()] = value
    for dossier_id, value in last.items():
        yield Record(partition, 0, dossier_id.encode(), value)


def _refused_as_full(kafka: Kafka, timeline: str, partition: int) -> set[int]:
    """Offsets of the events of this partition for which their dossier had no room."""
    found = set()
    for message in read_all(kafka, DEAD_LETTERS):
        letter = read_or_none(_letter, message.value())
        if (
            letter is not None
            and (letter.timeline, letter.topic, letter.partition) == (timeline, EVENTS, partition)
            and letter.reason == TOO_MANY_FACTS
        ):
            found.add(letter.offset)
    return found
