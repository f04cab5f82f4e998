"""What the topics' decoders share: records in, one Arrow table and the refused records out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from dossiers.wire.reading import STORED_FROM, STORED_UNTIL
from sinks.store import Store

TIME = pa.timestamp("ms", "UTC")
TEXTS = pa.list_(pa.string())
_LATEST = 2**32  # s; a DateTime of ClickHouse has no later one

Row = TypeVar("Row")

# Refusals of the decoder, and what Arrow says of values no column can hold: an integer beyond
# 64 bits, a lone surrogate.
REFUSALS = (msgspec.MsgspecError, pa.ArrowException, ValueError, OverflowError, TypeError)


class Record(NamedTuple):
    """One record of a topic. ``value`` None is a tombstone."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Bad(NamedTuple):
    """A record that was skipped, and why. Never holds the payload: it may be personal."""

    partition: int
    offset: int
    reason: str


@dataclass
class Decoded:
    """``rows``: None if nothing is to be inserted."""

    rows: pa.Table | None = None
    bad: list[Bad] = field(default_factory=list)


class Decoder(ABC, Generic[Row]):
    """One topic's way into one table. ``parse`` returns None for a record that has no row;
    ``build`` makes the table's columns out of many parsed records at once."""

    topic: str
    table: str

    @abstractmethod
    def parse(self, record: Record) -> Row | None:
        """The row of one record, None if it has none; raises one of ``REFUSALS`` for a bad
        record."""

    @abstractmethod
    def build(self, records: Sequence[Record], rows: Sequence[Row]) -> pa.Table:
        """The table's columns from many parsed records; raises one of ``REFUSALS``."""

    def insert(self, store: Store, rows: pa.Table, token: str = "") -> None:
        """Into the table: all rows or none, see Store.insert. Raises StoreError."""
        store.insert(self.table, rows, token)

    def committed(self, store: Store) -> None:
        """No record that was inserted so far comes again, but after a crash. Raises StoreError."""

    def forget(self) -> None:
        """Others may have inserted since: partitions went from hand to hand."""

    def close(self) -> None:
        """Let go of whatever is read beside the topic."""

    def decode(self, records: Sequence[Record]) -> Decoded:
        """Never raises for a record's contents."""
        result = Decoded()
        # Two lists and not pairs: fewer objects for the garbage collector, a quarter of the time.
        kept: list[Record] = []
        rows: list[Row] = []
        for record in records:
            try:
                row = self.parse(record)
            except REFUSALS as error:
                result.bad.append(Bad(record.partition, record.offset, _short(error)))
            else:
                if row is not None:
                    kept.append(record)
                    rows.append(row)
        if rows:
            result.rows = self._build_or_sift(kept, rows, result.bad)
        return result

    def _build_or_sift(
        self, records: list[Record], rows: list[Row], bad: list[Bad]
    ) -> pa.Table | None:
        """One value that no column can hold must not block its whole batch for ever."""
        try:
            return self.build(records, rows)
        except REFUSALS:
            fit: tuple[list[Record], list[Row]] = ([], [])
            for record, row in zip(records, rows, strict=True):
                try:
                    self.build([record], [row])
                except REFUSALS as error:
                    bad.append(Bad(record.partition, record.offset, _short(error)))
                else:
                    fit[0].append(record)
                    fit[1].append(row)
            return self.build(*fit) if fit[0] else None


def _short(error: Exception) -> str:
    """Without the error's own words, which may quote the record: it may be anything."""
    return type(error).__name__


def table(columns: dict[str, tuple[pa.DataType, Sequence[Any]]]) -> pa.Table:
    """Columns by name; raises one of ``REFUSALS`` if a value does not fit its type."""
    return pa.table({name: _column(kind, values) for name, (kind, values) in columns.items()})


def _column(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    array = pa.array(values, kind)
    if pa.types.is_timestamp(kind) and len(array):
        first, last = (STORED_FROM, STORED_UNTIL) if kind.unit == "ms" else (0, _LATEST)
        ends = pc.min_max(array.cast(pa.int64())).as_py()
        # Arrow has room for more; ClickHouse would refuse the batch, or store another time.
        if ends["min"] is not None and not first <= ends["min"] <= ends["max"] < last:
            raise ValueError("a time that ClickHouse does not have")
    return array
