"""Table dossiers_by_end: the rows of table dossiers as pages ask for them, each in the month of its
end, what is open apart.

Rows replace each other in one place only. So a row that has another place than the one before it
leaves a row there that says that it is gone; where the one before it was, table dossiers says. That
is written afterwards: whatever is interrupted and done again, the place is known until it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dossiers.time.end_month import NO_MONTH, SHIFT
from sinks.store import Store

TABLE = "dossiers_by_end"
LEFT_OUT = ("alerts", "actions", "facts")  # columns of table dossiers: for one dossier at a time
_REMEMBERED = 100_000  # dossiers whose place is known without asking
_ASKED = 500  # at once: their ids stand in one parameter
_GONE = 100_000  # rows among the unsettled ones at which they are removed
# What a page can ask for as something that happened, besides the end.
_INSTANTS = (
    "submitted_at", "received_at", "breached_at", "late_reception_at", "resumed_at",
    "extended_at", "rewritten_at",
)  # fmt: skip
_Whole = np.ndarray[Any, np.dtype[np.int64]]
_NEVER = -(10**15)  # ms; no table has such a time
_NO_END = int(np.int64(_NEVER + SHIFT).astype("M8[ms]").astype("M8[M]").astype(np.int64))
_STORED = f"""
SELECT * FROM (
    SELECT dossier_id, finished_at, {", ".join(_INSTANTS)} FROM dossiers
    WHERE dossier_id IN {{ids:Array(String)}}
    ORDER BY dossier_id, version DESC LIMIT 1 BY dossier_id
) WHERE finished_at IS NOT NULL
"""  # noqa: S608 (names of our own)
_WHOSE = ("dossier_id", "timeline", "as_of", "version")
_COUNT_GONE = f"SELECT count() AS n FROM {TABLE} WHERE unsettled AND is_gone"  # noqa: S608
_REMOVE = f"OPTIMIZE TABLE {TABLE} PARTITION true FINAL CLEANUP"


class RowsByEnd:
    """Writes the table beside table dossiers; used by one thread."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._gone: int | None = None  # rows, at least; None: nobody has counted

    def insert(self, store: Store, rows: pa.Table, token: str) -> dict[str, int]:
        """Before the same ``rows`` come into table dossiers. The new places, by dossier, for
        ``placed``. Raises StoreError."""
        ids = rows.column("dossier_id").to_pylist()
        months = end_months(rows)
        left = _left(ids, months.tolist(), self._former(store, ids))
        kept = rows.drop_columns(LEFT_OUT)
        store.insert(TABLE, pa.concat_tables([_placed(kept, months, 0), _gone(kept, left)]), token)
        if self._gone is not None:
            self._gone += len(left)
        return dict(zip(ids, months.tolist(), strict=True))

    def placed(self, places: Mapping[str, int]) -> None:
        """The rows of ``insert`` are in both tables."""
        if len(self._places) + len(places) > _REMEMBERED:
            self.forget()
        self._places.update(places)

    def forget(self) -> None:
        """Others may have written in between."""
        self._places.clear()

    def tidy(self, store: Store) -> None:
        """Remove what is gone among the unsettled ones, if it is much. No record from before may
        come again. Raises StoreError."""
        if self._gone is None:
            self._gone = int(store.query(_COUNT_GONE)[0]["n"])
        if self._gone >= _GONE:
            self._gone = 0  # also if it is refused: not with every batch anew
            store.command(_REMOVE)

    def _former(self, store: Store, ids: list[str]) -> dict[str, int]:
        found = {id_: self._places[id_] for id_ in ids if id_ in self._places}
        unknown = sorted(set(ids) - found.keys())  # neighbours lie together
        for first in range(0, len(unknown), _ASKED):
            stored = store.query_arrow(_STORED, {"ids": unknown[first : first + _ASKED]})
            if stored.num_rows:
                months = end_months(stored).tolist()
                found |= zip(stored.column("dossier_id").to_pylist(), months, strict=True)
        return found


def end_months(rows: pa.Table) -> _Whole:
    """In which month (dossiers.time.end_month) each row is kept: NO_MONTH if it has not ended, or
    ended before something else that it tells."""
    ends = _months(rows.column("finished_at"))
    latest = np.max([_months(rows.column(name)) for name in _INSTANTS], axis=0)
    months = (ends // 12 + 1970) * 100 + ends % 12 + 1
    months[(ends == _NO_END) | (latest > ends)] = NO_MONTH
    return months


def _months(times: pa.ChunkedArray) -> _Whole:
    """Months since 1970, of no time one long before."""
    numbers = times.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    at: _Whole = numbers.fill_null(_NEVER).to_numpy()
    return (at + SHIFT).astype("M8[ms]").astype("M8[M]").astype(np.int64)


def _left(ids: list[str], months: list[int], former: Mapping[str, int]) -> list[tuple[int, int]]:
    """(number of the row, month): of each dossier's last row the places that it has no more. Other
    rows of these may be there from an insert that was interrupted."""
    last = {id_: number for number, id_ in enumerate(ids)}
    been: dict[str, set[int]] = {id_: {NO_MONTH, former.get(id_, NO_MONTH)} for id_ in last}
    for id_, month in zip(ids, months, strict=True):
        been[id_].add(month)
    return [
        (number, month)
        for id_, number in last.items()
        for month in sorted(been[id_] - {months[number]})
    ]


def _placed(rows: pa.Table, months: Any, gone: int) -> pa.Table:
    for name, values, kind in (
        ("end_month", months, pa.uint32()),
        ("unsettled", np.asarray(months) == NO_MONTH, pa.bool_()),
        ("is_gone", np.full(rows.num_rows, gone), pa.uint8()),
    ):
        rows = rows.append_column(name, pa.array(values, kind))
    return rows


def _gone(rows: pa.Table, left: list[tuple[int, int]]) -> pa.Table:
    """Rows of ``left``, (number of the row, month that it has left), with nothing in them but whose
    they are."""
    named = rows.take(pa.array([number for number, _ in left], pa.int64()))
    for place, column in enumerate(named.schema):
        if column.name not in _WHOSE:
            empty = pa.array([_nothing(column.type)] * named.num_rows, column.type)
            named = named.set_column(place, column, empty)
    return _placed(named, np.array([month for _, month in left], np.int64), 1)


def _nothing(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return []
    if pa.types.is_timestamp(kind):
        return None
    return "" if pa.types.is_string(kind) else False if pa.types.is_boolean(kind) else 0
