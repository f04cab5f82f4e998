"""Topic traits to table traits: of each dossier the last in the order of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dossiers.wire.reading import decoder, is_stored
from dossiers.wire.topics import TRAITS
from dossiers.wire.traits import DossierTraits
from sinks.decode.base import TEXTS, TIME, Decoder, Record, table

_FIRST_WINS = 2**64 - 1
_PLACE = (
    ("occurred_at", TIME), ("source", pa.string()), ("source_seq", pa.int64()),
    ("event_id", pa.string()), ("madonvi", pa.string()), ("first_wins", pa.uint64()),
)  # fmt: skip
_VALUES = (
    ("channel", pa.uint8()), ("paid_online", pa.uint8()), ("fees", pa.uint32()),
    ("fees_charged", pa.uint32()), ("components", pa.uint32()),
    ("components_with_file", pa.uint32()), ("components_digitised", pa.uint32()),
    ("components_reused", pa.uint32()), ("components_from_store", pa.uint32()),
    ("digitised", pa.bool_()), ("result_file", pa.bool_()), ("result_code", pa.bool_()),
    ("verified_account", pa.bool_()),
)  # fmt: skip
_CODES = ("databases", "supplement_components")
_NEWEST = pa.struct(
    [*_PLACE, *_VALUES, *((f"{name}_said", pa.bool_()) for name in _CODES)]
    + [(name, TEXTS) for name in _CODES]
)


class TraitDecoder(Decoder[DossierTraits]):
    """Records of other timelines than ``timeline`` have no rows. In which order those of one
    dossier come makes no difference: its rows merge to the last in the order of facts."""

    topic = TRAITS
    table = "traits"

    def __init__(self, timeline: str) -> None:
        self._timeline = timeline
        self._decode = decoder(DossierTraits)

    def parse(self, record: Record) -> DossierTraits | None:
        """The traits; None for a tombstone and those of another timeline. Raises one of
        ``REFUSALS``."""
        if record.value is None:
            return None
        found = self._decode(record.value)
        if not is_stored(found.occurred_at) or not 0 <= found.offset <= _FIRST_WINS:
            raise ValueError("a place that no event has")
        return found if found.timeline == self._timeline else None

    def build(self, records: Sequence[Record], rows: Sequence[DossierTraits]) -> pa.Table:
        """Columns of table ``traits``."""
        return table(
            {
                "dossier_id": (pa.string(), [row.dossier_id for row in rows]),
                "timeline": (pa.string(), [row.timeline for row in rows]),
                "newest": (_NEWEST, [_newest(row) for row in rows]),
            }
        )


def _newest(row: DossierTraits) -> dict[str, Any]:
    """The tuple of which the largest counts."""
    traits = row.traits
    found: dict[str, Any] = {name: getattr(row, name) for name, _ in _PLACE[:-1]}
    found["first_wins"] = _FIRST_WINS - row.offset
    found |= {name: getattr(traits, name) for name, _ in _VALUES}
    for name in _CODES:
        codes = getattr(traits, name)
        found |= {f"{name}_said": codes is not None, name: list(codes or ())}
    return found
