"""The dossiers of a filter, page by page: the very ones that ``api.insight.answers`` counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from api.insight.answers import as_of, rows_of
from api.insight.conditions import Standpoint, where_of
from api.insight.filters import Filter
from api.paging import decode_cursor, page_of_list
from api.queries import CSV_PAGE, NO_DUE, Row
from api.statements import ms
from api.viewer import Viewer

By = Literal["due", "received", "finished", "submitted", "changed", "unit", "procedure", "step"]
SORTS = get_args(By)
_TIMES = {
    "due": "due_at", "received": "received_at", "finished": "finished_at",
    "submitted": "submitted_at", "changed": "as_of",
}  # fmt: skip
_MOMENTS = (
    "submitted_at", "received_at", "due_at", "first_due_at", "finished_at", "breached_at",
    "stopped_at", "step_due_at", "next_at", "as_of",
)  # fmt: skip
_COLUMNS = ", ".join(
    (
        "d.dossier_id AS id", "d.standing AS standing", "d.unit AS unit", "d.officer AS officer",
        "d.step AS step", "d.procedure AS procedure", "d.flags AS flags", "d.due_soon AS due_soon",
        "d.calendar AS calendar", "d.supplements AS supplements", "d.extensions AS extensions",
        *(ms(f"d.{name}") for name in _MOMENTS),
    )
)  # fmt: skip
# An id never holds it, so that (text, id) can be one text and still sort as two.
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Sort:
    """``by`` one column, then by id. Dossiers without the instant come last in either order."""

    by: By = "due"
    descending: bool = False

    @property
    def place(self) -> str:
        """The number that is sorted by, in SQL; 0 where a text is."""
        if self.by not in _TIMES:
            return "0"
        sign = "-" if self.descending else ""
        return f"ifNull({sign}toUnixTimestamp64Milli(d.{_TIMES[self.by]}), {NO_DUE})"

    @property
    def key(self) -> str:
        """The text that is sorted by after it, in SQL."""
        if self.by in _TIMES:
            return "d.dossier_id"
        return f"concat(d.{self.by}, '{_BETWEEN}', d.dossier_id)"


@dataclass(frozen=True)
class DossierPage:
    """``rows``: times in ms, None if there are none. ``next``: cursor of the page after it.
    ``as_of``: ms."""

    rows: list[Row]
    next: str | None
    as_of: int


async def list_page(
    filter_: Filter, viewer: Viewer, *, sort: Sort = Sort(), cursor: str | None, limit: int
) -> DossierPage:
    """A page of the dossiers that ``viewer`` may see. Raises StoreAway, a 422 for a wrong
    cursor."""
    after = None if cursor is None else decode_cursor(cursor)
    rows = await _rows(filter_, viewer, sort, after, limit + 1)
    page, following = page_of_list(rows, limit, _place)
    return DossierPage(page, following, await as_of(viewer))


async def every_page(
    filter_: Filter, viewer: Viewer, sort: Sort = Sort()
) -> AsyncIterator[list[Row]]:
    """All of them, CSV_PAGE at a time. Raises StoreAway."""
    after: tuple[int, str] | None = None
    while True:
        rows = await _rows(filter_, viewer, sort, after, CSV_PAGE)
        if rows:
            yield rows
        if len(rows) < CSV_PAGE:
            return
        after = _place(rows[-1])


async def _rows(
    filter_: Filter, viewer: Viewer, sort: Sort, after: tuple[int, str] | None, limit: int
) -> list[Row]:
    where = where_of(filter_, Standpoint.listing(viewer))
    if after is not None:
        sign = "<" if sort.descending and sort.by not in _TIMES else ">"
        where.add(
            f"({sort.place}, {sort.key}) {sign} ({{place:Int64}}, {{key:String}})",
            place=after[0], key=after[1],
        )  # fmt: skip
    down = " DESC" if sort.descending and sort.by not in _TIMES else ""
    found: list[dict[str, Any]] = await rows_of(
        viewer.live.query,
        f"{_COLUMNS}, {sort.place} AS place, {sort.key} AS key",
        where,
        f"ORDER BY place, key{down} LIMIT {{limit:UInt32}}",
        limit=limit,
    )
    return found


def _place(row: Row) -> tuple[int, str]:
    return int(row["place"]), str(row["key"])
