"""A table as a workbook (XLSX), row after row, so that its size in memory does not depend on how
many there are. Texts are texts: nothing becomes a formula or a link, whatever it begins with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from documents.tables import Cell, Column, Kind, Row, Sheet, local

_LINE, _MOST_HEIGHT = 15.0, 400.0  # pt
_FILLED = 0.85  # of a line: words do not break
_MOST_FOOTER = 200  # of the format's 255 characters
MOST_ROWS = 1_000_000  # of a sheet; the format ends at 1,048,576
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed: the bytes must not depend on when
_FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0"},
    "hundredths": {"num_format": "#,##0.00"},
    "percent": {"num_format": '0.0" %"'},
    "hours": {"num_format": "#,##0.0"},
    "time": {"num_format": "dd/mm/yyyy hh:mm"},
}
_WIDTHS: dict[Kind, int] = {
    "text": 24, "whole": 10, "decimal": 10, "hundredths": 10, "percent": 10, "hours": 10,
    "time": 17,
}  # fmt: skip


def write_workbook(
    target: Any,
    sheets: Iterable[tuple[Sheet, Iterable[Row]]],
    title: str,
    *,
    streamed: bool = False,
) -> None:
    """Into ``target``, a path or a binary file. Prints on landscape pages, all columns on one, the
    head of the table on each. ``streamed``: rows go to disk as they come. Raises ValueError if
    there are more than MOST_ROWS: a file never lacks rows without saying so."""
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": streamed, "in_memory": not streamed, "strings_to_formulas": False,
         "strings_to_urls": False, "strings_to_numbers": False},
    )  # fmt: skip
    book.set_properties({"title": title, "created": _CREATED})
    styles = {kind: book.add_format(style) for kind, style in _FORMATS.items()}
    wrapped = {
        kind: book.add_format({**style, "valign": "top", "text_wrap": kind == "text"})
        for kind, style in _FORMATS.items()
    }
    strong = {kind: book.add_format({**style, "bold": True}) for kind, style in _FORMATS.items()}
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EEF2"}
    )
    bold, small = book.add_format({"bold": True}), book.add_format({"font_size": 8})
    for sheet, rows in sheets:
        page = book.add_worksheet(_name(sheet.name))
        top = len(sheet.heading) + bool(sheet.heading)
        _set_up(page, sheet, top)
        if sheet.wrap:
            titles = [column.title for column in sheet.columns]
            page.set_row(top, _height(titles, sheet.columns))
        for number, line in enumerate(sheet.heading):
            page.write_string(number, 0, line, bold)
        for number, column in enumerate(sheet.columns):
            page.write_string(top, number, column.title, head)
        last = _write_rows(page, sheet, rows, top + 1, wrapped if sheet.wrap else styles)
        if sheet.columns and last > top:
            page.autofilter(top, 0, last, len(sheet.columns) - 1)
        if sheet.total:
            last = _write_rows(page, sheet, [sheet.total], last + 1, strong)
        for number, note in enumerate(sheet.notes, last + 2):
            page.write_string(number, 0, note, small)
    book.close()


def _set_up(page: Any, sheet: Sheet, top: int) -> None:
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    said = sheet.footer.replace("&", "&&")[:_MOST_FOOTER]
    page.set_footer(f"&L&8{said or '&A'}&R&8&P / &N")
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width or _width(column))


def _width(column: Column) -> int:
    return max(_WIDTHS[column.kind], min(len(column.title), 14) + 2)


def _write_rows(
    page: Any, sheet: Sheet, rows: Iterable[Row], first: int, styles: dict[Kind, Any]
) -> int:
    """The number of the last line that is written."""
    zone, line = ZoneInfo(sheet.timezone), first - 1
    for row in rows:
        if sheet.wrap:
            page.set_row(line + 1, _height(row, sheet.columns))
        if line - first + 1 >= MOST_ROWS:
            raise ValueError(f"a sheet has room for {MOST_ROWS} rows")
        line += 1
        for number, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write(page, line, number, value, column, styles, zone)
    return line


def _height(row: Row, columns: tuple[Column, ...]) -> float:
    """Of a row whose texts are wrapped, in points: not every program makes room by itself."""
    lines = 1
    for value, column in zip(row, columns, strict=True):
        if isinstance(value, str):
            room = (column.width or _width(column)) * _FILLED
            lines = max(lines, ceil(len(value) / room))
    return min(_LINE * lines, _MOST_HEIGHT)


def _write(
    page: Any, line: int, number: int, value: Cell, column: Column, styles: dict[Kind, Any],
    zone: ZoneInfo,
) -> None:  # fmt: skip
    if value is None or value == "":
        return
    style = styles[column.kind]
    if column.kind == "time" and not isinstance(value, str):
        page.write_datetime(line, number, local(int(value), zone), style)
    elif isinstance(value, str):
        page.write_string(line, number, value, styles["text"])
    else:
        page.write_number(line, number, value, style)


def _name(text: str) -> str:
    """As a spreadsheet takes it for a sheet."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in text).strip("' ")
    return kept[:31] or "1"
