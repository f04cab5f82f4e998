"""Topic alerts to table alerts: every transition of every alert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dossiers.wire.alerts import STORED, Alert
from dossiers.wire.reading import decoder
from dossiers.wire.topics import ALERTS
from sinks.decode.base import TIME, Decoder, Record, table

_TIMES = {"due_at", "detected_at", "occurred_at", "received_at"}
_INTEGERS = {
    "sequence": pa.int64(),
    "level": pa.int32(),
    "overdue": pa.int64(),
    "open": pa.int64(),
    "taken_until": pa.int64(),
    "snoozed_until": pa.int64(),
}


class AlertDecoder(Decoder[Alert]):
    """One row for each transition of an alert."""

    topic = ALERTS
    table = "alerts"

    def __init__(self) -> None:
        self._decode = decoder(Alert)

    def parse(self, record: Record) -> Alert | None:
        """The alert, None for a tombstone; raises one of ``REFUSALS``."""
        return None if record.value is None else self._decode(record.value)

    def build(self, records: Sequence[Record], rows: Sequence[Alert]) -> pa.Table:
        """Columns of table ``alerts``."""
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            name: (
                TIME if name in _TIMES else _INTEGERS.get(name, pa.string()),
                [getattr(alert, name) for alert in rows],
            )
            for name in STORED
        }
        columns["version"] = (pa.uint64(), [record.offset for record in records])
        return table(columns)
