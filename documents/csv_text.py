"""A table as CSV, piece by piece: UTF-8 with a byte order mark, RFC 4180."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from zoneinfo import ZoneInfo

from documents.cells import BOM, csv_lines
from documents.tables import Cell, Column, Row, Sheet, local


async def csv_text(sheet: Sheet, pages: AsyncIterator[Iterable[Row]]) -> AsyncIterator[str]:
    """Head, rows as they come, and notes. The heading is left out: a machine reads the first line
    as names of columns."""
    zone = ZoneInfo(sheet.timezone)
    yield BOM + csv_lines([[column.title for column in sheet.columns]])
    async for rows in pages:
        yield csv_lines(_written(row, sheet.columns, zone) for row in rows)
    if sheet.notes:
        yield csv_lines([[], *([note] for note in sheet.notes)])


def _written(row: Row, columns: tuple[Column, ...], zone: ZoneInfo) -> list[Cell]:
    return [
        local(int(value), zone).strftime("%Y-%m-%d %H:%M:%S")
        if column.kind == "time" and isinstance(value, int | float)
        else value
        for value, column in zip(row, columns, strict=True)
    ]
