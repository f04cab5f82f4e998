"""A list as CSV and as XLSX. The same list gives the same bytes in either."""

from __future__ import annotations

import io

from documents.cells import BOM, csv_lines
from documents.tables import Column, Sheet
from documents.workbook import write_workbook
from dunghen.late_list.document import Document
from dunghen.late_list.tables import LateTable, tables_of


def as_csv(document: Document, part: str) -> bytes:
    """One table (officers, units or dossiers), UTF-8 with a byte order mark for spreadsheets."""
    [table] = [table for table in tables_of(document) if table.part == part]
    rows = [table.columns, *table.rows, [], [_colophon(document)]]
    return (BOM + csv_lines(rows)).encode()


def as_xlsx(document: Document) -> bytes:
    """A workbook with a sheet for each table."""
    out = io.BytesIO()
    notes = (_colophon(document),)
    write_workbook(
        out,
        [(_sheet(table, notes), table.rows) for table in tables_of(document)],
        f"Danh sách hồ sơ trễ hạn {document.found.month}",
    )
    return out.getvalue()


def _sheet(table: LateTable, notes: tuple[str, ...]) -> Sheet:
    columns = []
    for place, title in enumerate(table.columns):
        values = [row[place] for row in table.rows]
        longest = max((len(str(value or "")) for value in values), default=0)
        width = min(60, max(8, longest + 2, min(len(title), 14)))
        kind = "decimal" if any(isinstance(value, float) for value in values) else "whole"
        columns.append(Column(title, kind, width))  # type: ignore[arg-type]
    return Sheet(name=table.title, columns=tuple(columns), notes=notes)


def _colophon(document: Document) -> str:
    found = document.found
    calendars = ", ".join(found.calendars) or "-"
    return (
        f"Tháng {found.month}; phương pháp {found.method}; lịch {calendars}; "
        f"dữ liệu danh mục {found.reference[:16]}; SHA-256 {document.digest}"
    )
