"""Topic dossiers (the changelog) to table dossiers: the header of every record, and its facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from dossiers.wire.reading import decoder
from dossiers.wire.records import DOSSIERS, POSITION_KEY, DossierRecord, has_left
from sinks.decode.base import TEXTS, TIME, Decoder, Record, table

_TYPES: dict[str, pa.DataType] = {
    "timeline": pa.string(),
    "epoch": pa.int64(),
    "offset": pa.int64(),
    "dossier_id": pa.string(),
    "as_of": TIME,
    "standing": pa.string(),
    "unit": pa.string(),
    "officer": pa.string(),
    "step": pa.string(),
    "procedure": pa.string(),
    "scopes": TEXTS,
    "submitted_at": TIME,
    "received_at": TIME,
    "due_at": TIME,
    "first_due_at": TIME,
    "stopped_at": TIME,
    "outcome": pa.string(),
    "finished_at": TIME,
    "breached_at": TIME,
    "due_soon": pa.bool_(),
    "late_reception": pa.bool_(),
    "late_reception_at": TIME,
    "next_at": TIME,
    "flags": TEXTS,
}
# Read, so that a record of another shape is refused, but kept as the JSON it came in.
_RAW = {"alerts", "facts"}


def _header_type() -> type[msgspec.Struct]:
    """DossierRecord with alerts and facts left undecoded: half the time."""
    fields: list[Any] = []
    for field in msgspec.structs.fields(DossierRecord):
        kind = msgspec.Raw if field.name in _RAW else field.type
        default = msgspec.Raw(b"[]") if field.name in _RAW else field.default
        if default is msgspec.NODEFAULT:
            fields.append((field.name, kind))
        else:
            fields.append((field.name, kind, default))
    return msgspec.defstruct("DossierHeader", fields, frozen=True, kw_only=True, gc=False)


class FactDecoder(Decoder[Any]):
    """``version`` is the record's offset in the changelog: a dossier stays in one partition. One
    that leaves the stream keeps its row."""

    topic = DOSSIERS
    table = "dossiers"

    def __init__(self) -> None:
        self._decode = decoder(_header_type())

    def parse(self, record: Record) -> Any:
        """The state; None for tombstones, positions and owners' records. Raises one of
        ``REFUSALS``."""
        if record.value is None or record.key == POSITION_KEY or has_left(record.value):
            return None
        return self._decode(record.value)

    def build(self, records: Sequence[Record], headers: Sequence[Any]) -> pa.Table:
        """Columns of table ``dossiers``."""
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            name: (kind, [getattr(header, name) for header in headers])
            for name, kind in _TYPES.items()
        }
        columns["alerts"] = (pa.string(), [bytes(header.alerts).decode() for header in headers])
        columns["facts"] = (pa.string(), [bytes(header.facts).decode() for header in headers])
        columns["version"] = (pa.uint64(), [record.offset for record in records])
        return table(columns)
