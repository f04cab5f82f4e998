"""A list as CSV and as XLSX. The same list gives the same bytes in either."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import xlsxwriter

from api.pages.spreadsheet import BOM, csv_lines
from dunghen.late_list.document import Document
from dunghen.late_list.tables import LateTable, tables_of

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed: the bytes must not depend on when


def as_csv(document: Document, part: str) -> bytes:
    """One table (officers, units or dossiers), UTF-8 with a byte order mark for spreadsheets."""
    [table] = [table for table in tables_of(document) if table.part == part]
    rows = [table.columns, *table.rows, [], [_colophon(document)]]
    return (BOM + csv_lines(rows)).encode()


def as_xlsx(document: Document) -> bytes:
    """A workbook with a sheet for each table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {"title": f"Danh sách hồ sơ trễ hạn {document.found.month}", "created": _CREATED}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    small = book.add_format({"font_size": 8})
    for table in tables_of(document):
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, table.columns, head)
        for number, row in enumerate(table.rows, 1):
            sheet.write_row(number, 0, row)
        sheet.write_string(len(table.rows) + 2, 0, _colophon(document), small)
        _widen(sheet, table)
    book.close()
    return out.getvalue()


def _widen(sheet: object, table: LateTable) -> None:
    for column, title in enumerate(table.columns):
        longest = max((len(str(row[column] or "")) for row in table.rows), default=0)
        width = min(60, max(8, longest + 2, min(len(title), 14)))
        sheet.set_column(column, column, width)  # type: ignore[attr-defined]


def _colophon(document: Document) -> str:
    found = document.found
    calendars = ", ".join(found.calendars) or "-"
    return (
        f"Tháng {found.month}; phương pháp {found.method}; lịch {calendars}; "
        f"dữ liệu danh mục {found.reference[:16]}; SHA-256 {document.digest}"
    )
