"""Topic sync-errors to table sync_errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dossiers.wire.reading import decoder
from dossiers.wire.sync_errors import ReportedError
from dossiers.wire.topics import SYNC_ERRORS
from sinks.decode.base import TIME, Decoder, Record, table

_TIMES = frozenset({"at", "received_at"})


class SyncErrorDecoder(Decoder[ReportedError]):
    """The first report of an error counts, however often it is sent. Rows are of ``timeline``,
    which the reports themselves do not name."""

    topic = SYNC_ERRORS
    table = "sync_errors"

    def __init__(self, timeline: str) -> None:
        self._timeline = timeline
        self._decode = decoder(ReportedError)

    def parse(self, record: Record) -> ReportedError | None:
        """The error; None for a tombstone. Raises one of ``REFUSALS``."""
        return None if record.value is None else self._decode(record.value)

    def build(self, records: Sequence[Record], rows: Sequence[ReportedError]) -> pa.Table:
        """Columns of table ``sync_errors``."""
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            name: (TIME if name in _TIMES else pa.string(), [getattr(row, name) for row in rows])
            for name in ReportedError.__struct_fields__
        }
        columns["timeline"] = (pa.string(), [self._timeline] * len(rows))
        columns["offset"] = (pa.uint64(), [record.offset for record in records])
        return table(columns)
