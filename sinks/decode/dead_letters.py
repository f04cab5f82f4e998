"""Topic dead-letters to table dead_letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.reading import decoder
from dossiers.wire.topics import DEAD_LETTERS
from sinks.decode.base import TIME, Decoder, Record, table

_TYPES: dict[str, pa.DataType] = {
    "partition": pa.int32(),
    "offset": pa.int64(),
    "detected_at": TIME,
}


class DeadLetterDecoder(Decoder[DeadLetter]):
    """``partition`` and ``offset`` say where the bad record stands, ``dl_partition`` and
    ``dl_offset`` where its dead letter does. Those of other timelines than ``timeline`` have no
    rows, if one is given: such stand in the topic while its log is folded anew."""

    topic = DEAD_LETTERS
    table = "dead_letters"

    def __init__(self, timeline: str = "") -> None:
        self._timeline = timeline
        self._decode = decoder(DeadLetter)

    def parse(self, record: Record) -> DeadLetter | None:
        """The dead letter; None for a tombstone and for those of another timeline. Raises one of
        ``REFUSALS``."""
        if record.value is None:
            return None
        letter = self._decode(record.value)
        return letter if self._timeline in ("", letter.timeline) else None

    def build(self, records: Sequence[Record], rows: Sequence[DeadLetter]) -> pa.Table:
        """Columns of table ``dead_letters``."""
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            name: (_TYPES.get(name, pa.string()), [getattr(letter, name) for letter in rows])
            for name in DeadLetter.__struct_fields__
        }
        columns["dl_partition"] = (pa.uint16(), [record.partition for record in records])
        columns["dl_offset"] = (pa.uint64(), [record.offset for record in records])
        return table(columns)
