"""Last states of dossiers that have left the stream, folded once more from the event log.

Their tombstones remove them from topic ``dossiers``; the events are kept for ever. Only where a
ClickHouse is made anew without the old one beside it is this needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import groupby

from dossiers.records import DOSSIERS, EVENTS, Timeline, has_left
from dossiers.reference import Reference
from dunghen.kafka_read import Client, read_partition
from dunghen.topics import read_reference
from sinks.decode.base import Record
from streams.engine import PartitionEngine

_BATCH = 500  # records; as the worker folds them


def last_states(
    bootstrap: str, client: Client, timeline: Timeline, partition: int, wanted: Set[str]
) -> Iterator[Record]:
    """Records as topic ``dossiers`` had them last, of those among ``wanted`` that ever had a state.

    They have offset 0, so that anything newer replaces them. Raises UserError.
    """
    known: dict[str, Reference] = {}

    def reference_of(hash_: str) -> Reference:
        if hash_ not in known:
            known[hash_] = read_reference(bootstrap, hash_, client=client)
        return known[hash_]

    engine = PartitionEngine(timeline.id, partition, reference_of, lambda _: 0, 1)
    engine.restore(())
    last: dict[str, bytes] = {}
    messages = enumerate(read_partition(bootstrap, EVENTS, partition, client))
    for _, batch in groupby(messages, lambda numbered: numbered[0] // _BATCH):
        records = [(m.offset() or 0, m.key(), m.value()) for _, m in batch]
        for topic, _, key, value in engine.process(records):
            if topic != DOSSIERS or value is None or has_left(value):
                continue
            if key.decode() in wanted:
                last[key.decode()] = value
    for dossier_id, value in last.items():
        yield Record(partition, 0, dossier_id.encode(), value)
