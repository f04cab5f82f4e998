"""Topic dossiers (the changelog) to table dossiers: the header of every record, and its facts; and
to dossiers_by_end, without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from dossiers.reports.held_shares import NOTHING_HELD, HeldShares
from dossiers.reports.last_changes import LastChanges, last_changes
from dossiers.reports.supplements import supplements_of
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.reading import decoder, read_facts
from dossiers.wire.records import DossierRecord, Position, has_left
from dossiers.wire.topics import DOSSIERS
from sinks.by_end import RowsByEnd
from sinks.decode.base import TEXTS, TIME, Decoder, Record, table
from sinks.judging import LateJudge
from sinks.store import Store

# Column -> (type, where it stands in the record)
_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "timeline": (pa.string(), "timeline"),
    "epoch": (pa.int64(), "epoch"),
    "offset": (pa.int64(), "offset"),
    "dossier_id": (pa.string(), "dossier_id"),
    "as_of": (TIME, "as_of"),
    "standing": (pa.string(), "standing.verdict"),
    "unit": (pa.string(), "unit"),
    "officer": (pa.string(), "course.officer"),
    "step": (pa.string(), "course.step"),
    "procedure": (pa.string(), "course.procedure"),
    "scopes": (TEXTS, "scopes"),
    "submitted_at": (TIME, "course.submitted_at"),
    "received_at": (TIME, "course.received_at"),
    "due_at": (TIME, "course.due_at"),
    "first_due_at": (TIME, "course.first_due_at"),
    "stopped_at": (TIME, "course.stopped_at"),
    "outcome": (pa.string(), "course.outcome"),
    "finished_at": (TIME, "course.finished_at"),
    "breached_at": (TIME, "standing.breached_at"),
    "due_soon": (pa.bool_(), "standing.due_soon"),
    "late_reception": (pa.bool_(), "standing.late_reception"),
    "late_reception_at": (TIME, "standing.late_reception_at"),
    "next_at": (TIME, "standing.next_at"),
    "flags": (TEXTS, "flags"),
    "step_due_at": (TIME, "course.step_due_at"),
    "step_overdue": (pa.bool_(), "standing.step_overdue"),
    "reopened_at": (TIME, "course.reopened_at"),
    "extensions": (pa.int64(), "course.extensions"),
    "calendar": (pa.string(), "course.calendar"),
}
# Without any of these nobody was asked, no clock stood, and no due time was put off.
_TELLING = (
    b'"suspended"', b'"status":5', b'"status":6', b'"status":8', b'"supplements"', b'"due_set"',
)  # fmt: skip
_LATE = frozenset({"late", "overdue"})
_INTS = pa.list_(pa.int64())
_SHARES: tuple[tuple[str, pa.DataType, Callable[[HeldShares], Any]], ...] = tuple(
    (column, kind, attrgetter(path))
    for column, kind, path in (
        ("held_units", TEXTS, "units"),
        ("held_officers", TEXTS, "officers"),
        ("held_steps", TEXTS, "steps"),
        ("held_used", _INTS, "used"),
        ("held_limits", _INTS, "limits"),
        ("held_raw", _INTS, "raw"),
        ("held_charges", _INTS, "charges"),
        ("held_inherited", _INTS, "inherited"),
        ("late_work", pa.int64(), "late"),
        ("unassigned_work", pa.int64(), "unassigned"),
        ("before_work", pa.int64(), "before"),
        ("worked", pa.int64(), "worked"),
        ("grows", pa.bool_(), "grows"),
    )
)
_READERS = {name: (kind, attrgetter(path)) for name, (kind, path) in _COLUMNS.items()}


_position = decoder(Position)


class _Row(DossierRecord, frozen=True, gc=False):
    """A DossierRecord whose alerts and actions, like its facts, are kept as the JSON they came
    in."""

    alerts: msgspec.Raw = msgspec.Raw(b"[]")  # type: ignore[assignment]
    actions: msgspec.Raw = msgspec.Raw(b"[]")  # type: ignore[assignment]


def _told(facts: bytes) -> tuple[int, LastChanges]:
    """Requests to the citizen, at most 65,535, and when what changed last. Facts are decoded only
    if they may tell: a changelog's record goes by in microseconds."""
    if not any(mark in facts for mark in _TELLING):
        return 0, LastChanges(None, None)
    try:
        found = read_facts(facts)
    except msgspec.MsgspecError:  # whatever they are, the state itself can be read
        return 0, LastChanges(None, None)
    return min(supplements_of(found), 65_535), last_changes(found)


class FactDecoder(Decoder[_Row]):
    """``version`` is the record's offset in the changelog: a dossier stays in one partition. One
    that leaves the stream keeps its row."""

    topic = DOSSIERS
    table = "dossiers"

    def __init__(self, judge: LateJudge | None = None) -> None:
        """``judge``: works out whose hours a late dossier's were; without one, nobody's are."""
        self._decode = decoder(_Row)
        self._judge = judge
        self._by_end = RowsByEnd()

    def parse(self, record: Record) -> _Row | None:
        """The state; None for tombstones, positions and owners' records. Raises one of
        ``REFUSALS``."""
        if record.value is None:
            return None
        if record.key == POSITION_KEY:
            if self._judge is not None:
                self._judge.said(record.partition, _position(record.value).activations)
            return None
        return None if has_left(record.value) else self._decode(record.value)

    def build(self, records: Sequence[Record], rows: Sequence[_Row]) -> pa.Table:
        """Columns of table ``dossiers``."""
        columns: dict[str, tuple[pa.DataType, Sequence[Any]]] = {
            name: (kind, list(map(read, rows))) for name, (kind, read) in _READERS.items()
        }
        columns["alerts"] = (pa.string(), [bytes(row.alerts).decode() for row in rows])
        columns["actions"] = (pa.string(), [bytes(row.actions).decode() for row in rows])
        columns["facts"] = (pa.string(), [bytes(row.facts.raw).decode() for row in rows])
        told = [_told(bytes(row.facts.raw)) for row in rows]
        columns["supplements"] = (pa.uint16(), [asked for asked, _ in told])
        columns["resumed_at"] = (TIME, [last.resumed_at for _, last in told])
        columns["extended_at"] = (TIME, [last.extended_at for _, last in told])
        rewritten = [max(row.course.rewrites, default=None) for row in rows]
        columns["rewritten_at"] = (TIME, rewritten)
        columns["version"] = (pa.uint64(), [record.offset for record in records])
        shares = self._shares(records, rows)
        for name, kind, read in _SHARES:
            columns[name] = (kind, list(map(read, shares)))
        return table(columns)

    def insert(self, store: Store, rows: pa.Table, token: str = "") -> None:
        """Into both tables; what is interrupted may be done again. Raises StoreError."""
        places = self._by_end.insert(store, rows, token)
        store.insert(self.table, rows, token)
        self._by_end.placed(places)

    def committed(self, store: Store) -> None:
        """As Decoder.committed."""
        self._by_end.tidy(store)

    def forget(self) -> None:
        """As Decoder.forget."""
        self._by_end.forget()

    def close(self) -> None:
        """Let go of what is read beside the topic."""
        self.forget()
        if self._judge is not None:
            self._judge.close()

    def _shares(self, records: Sequence[Record], rows: Sequence[_Row]) -> list[HeldShares]:
        """Of late dossiers only, and of their last record only: the others are replaced at once."""
        found = [NOTHING_HELD] * len(rows)
        if self._judge is None:
            return found
        last = {row.dossier_id: i for i, row in enumerate(rows) if row.standing.verdict in _LATE}
        for i in last.values():
            row = rows[i]
            found[i] = self._judge.shares(records[i].partition, row.facts.raw, row.as_of)
        return found
