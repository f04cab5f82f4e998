"""Topic dossier-events to table dossier_events. Ticks, activations, traits and actions have no row:
what an action did is told in topic alerts."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from dossiers.wire.acted import Acted
from dossiers.wire.events import (
    DOSSIER_EVENTS,
    Activate,
    AnyDossierEvent,
    Described,
    Snapshot,
    Tick,
    decode_event,
)
from dossiers.wire.facts import Limit
from dossiers.wire.topics import EVENTS
from sinks.decode.base import TIME, Decoder, Record, table

_KINDS: dict[type, str] = {kind: str(kind.__struct_config__.tag) for kind in DOSSIER_EVENTS}
_TEXTS = (
    "event_id", "dossier_id", "source", "unit", "officer", "responsible", "step", "madonvi",
)  # fmt: skip


class EventDecoder(Decoder[AnyDossierEvent]):
    """Refuses exactly what the fold's decoder refuses: the worker dead-letters those records."""

    topic = EVENTS
    table = "dossier_events"

    def __init__(self, timeline: str) -> None:
        self._timeline = timeline

    def parse(self, record: Record) -> AnyDossierEvent | None:
        """The event; None for ticks, activations, actions, and traits, which have a table of their
        own as far as they were admitted (sinks.decode.traits). Raises one of ``REFUSALS``."""
        if record.value is None:
            raise msgspec.ValidationError("an empty record")
        event = decode_event(record.value)
        return None if isinstance(event, Tick | Activate | Described | Acted) else event

    def build(self, records: Sequence[Record], events: Sequence[AnyDossierEvent]) -> pa.Table:
        """Columns of table ``dossier_events``."""
        limits: list[Limit | None] = [getattr(event, "limit", None) for event in events]
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            "timeline": (pa.string(), [self._timeline] * len(events)),
            "partition": (pa.uint16(), [record.partition for record in records]),
            "offset": (pa.uint64(), [record.offset for record in records]),
            "kind": (pa.string(), [_KINDS[type(event)] for event in events]),
            "occurred_at": (TIME, [event.occurred_at for event in events]),
            "received_at": (TIME, [event.received_at for event in events]),
            "source_seq": (pa.int64(), [event.source_seq for event in events]),
            "due_at": (TIME, _optional(events, "due_at", None)),
            "limit_amount": (pa.int32(), [limit.amount if limit else None for limit in limits]),
            "limit_unit": (pa.string(), [limit.unit if limit else "" for limit in limits]),
            "status": (pa.int32(), _optional(events, "status", None)),
            "procedure": (pa.string(), _optional(events, "procedure", "")),
            "target": (pa.string(), _optional(events, "target", "")),
            "reason": (pa.string(), _optional(events, "reason", "")),
            "backfill": (pa.bool_(), [event.backfill for event in events]),
            "officer_name": (pa.string(), _optional(events, "officer_name", "")),
            "content": (pa.string(), [_content(event) for event in events]),
        }
        for name in _TEXTS:
            columns[name] = (pa.string(), list(map(attrgetter(name), events)))
        return table(columns)


def _optional(events: Sequence[AnyDossierEvent], name: str, absent: Any) -> list[Any]:
    """A field that only some kinds of event have."""
    return [getattr(event, name, absent) for event in events]


def _content(event: AnyDossierEvent) -> str:
    return msgspec.json.encode(event.content).decode() if isinstance(event, Snapshot) else ""
