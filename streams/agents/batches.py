"""One batch of a source partition: whether it joins what is folded, and folding it in slices."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from streams.agents.source_partition import SourcePartition
from streams.kafka_record import KafkaRecord

_log = logging.getLogger(__name__)

# The event loop runs again after this long. It is checked after every few records: one dossier with
# very many facts can make a record cost as much as a thousand others.
SLICE_SECONDS = 0.05
_PIECE_RECORDS = 10


def is_stale(source: SourcePartition, first: int) -> bool:
    """Whether a batch that begins at offset ``first`` was queued behind a gap: it comes again."""
    return source.gap is not None and first > source.gap


def seek_back(source: SourcePartition, first: int) -> int | None:
    """The offset to seek to if there is a gap before a batch that begins at ``first``, else None.

    Kafka is asked once. If the same batch comes again, the topic has no records in between.
    """
    expected = source.engine.state.next_offset
    if first > expected:
        if source.gap is None:
            source.gap = first
            _log.warning("partition %d: got offset %d, but %d is next; going back",
                         source.number, first, expected)  # fmt: skip
            return expected
        _log.warning("partition %d: the topic has no offsets %d to %d; going on",
                     source.number, expected, first - 1)  # fmt: skip
    source.gap = None
    return None


async def fold_in_slices(
    source: SourcePartition,
    records: Sequence[KafkaRecord],
    send: Callable[[], None],
    is_owned: Callable[[], bool],
) -> bool:
    """Feed records to the engine, and let the event loop run after every 50 ms.

    ``send`` is called before it runs: a commit must find everything sent that was folded. Returns
    False if the partition was revoked meanwhile; its next owner folds the rest.
    """
    began = time.monotonic()
    for start in range(0, len(records), _PIECE_RECORDS):
        source.engine.feed(records[start : start + _PIECE_RECORDS])
        if time.monotonic() - began > SLICE_SECONDS:
            send()
            await asyncio.sleep(0)
            if not is_owned():
                return False
            began = time.monotonic()
    return True
