"""Cells and CSV lines that spreadsheets open correctly and safely."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # else Excel takes UTF-8 for the local code page
# A cell that begins with one of these is a formula to a spreadsheet, also in full width. If the
# country's settings separate cells by semicolons, or a line break is read as one, a cell may begin
# inside what is one cell here.
_FORMULA = re.compile(r"(^|[;\t\r\n])( *)(?=[=+\-@\t\r\n＝＋－＠])")


def safe_cell(value: object) -> str:
    """Text as it is, but never a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return _FORMULA.sub(r"\1'\2", str(value).replace("\0", ""))


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as RFC 4180 text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return buffer.getvalue()
