"""CSV files as spreadsheets write them: commas, semicolons or tabs, with or without a BOM."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dossiers.text.identity import folded, identity
from sources.reference.findings import Findings

_DELIMITERS = ",;\t"
MAX_CELL = 2_000  # characters
# What a spreadsheet takes for a formula; with an apostrophe before it, it is text.
_FORMULA = re.compile(r"'* *[=+\-@＝＋－＠]")
_SHOWN = 60  # characters of a cell in a message
_TRUE, _FALSE = ("1", "true", "yes", "x", "có"), ("", "0", "false", "no", "không")


def escaped(value: object) -> object:
    """Text that no spreadsheet takes for a formula; ``_plain`` reads it back."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


@dataclass
class TableRow:
    """One line of a table. The getters note what is wrong with a cell, and go on without it."""

    path: Path
    line: int
    cells: dict[str, str]
    findings: Findings

    def wrong(self, column: str, text: str, *, warning: bool = False) -> None:
        """Note what is wrong with the cell in ``column``."""
        self.findings.add(self.path, self.line, column, text, warning=warning)

    def text(self, column: str) -> str:
        """The cell's text, empty if the table has no such column."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """The cell's text; an empty one is an error."""
        value = self.text(column)
        if not value:
            self.wrong(column, "is empty: every line needs one")
        return value

    def number(self, column: str) -> float | None:
        """A decimal comma is taken as well, as spreadsheets of the country write it."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.wrong(column, f"{value[:_SHOWN]!r} is no number: write it as 7.5")
            return None
        return number

    def day(self, column: str) -> str:
        """An ISO date, "" for an empty cell."""
        value = self.text(column)
        try:
            return date.fromisoformat(value).isoformat() if value else ""
        except ValueError:
            self.wrong(column, f"{value[:_SHOWN]!r} is no date: write it as 2026-01-31")
            return ""

    def flag(self, column: str) -> bool:
        """Whether the cell says yes; an empty one says no."""
        value = folded(self.text(column))
        if value not in (*_TRUE, *_FALSE):
            self.wrong(
                column, f"{value[:_SHOWN]!r} is neither yes nor no: write 1 or leave it empty"
            )
        return value in _TRUE

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """The cell's text if it is empty or one of ``allowed``, else empty."""
        value = self.text(column)
        if value and value not in allowed:
            self.wrong(column, f"{value[:_SHOWN]!r} is none of {', '.join(allowed)}")
            return ""
        return value


def read_table(
    path: Path, columns: Sequence[str], needed: Sequence[str], findings: Findings
) -> list[TableRow]:
    """The rows of a file; none if it is not there or its header cannot be used."""
    if not path.exists():
        return []
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        findings.add(path, 0, "", f"cannot be read as UTF-8 text ({error}): save it as CSV UTF-8")
        return []
    lines = content.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[TableRow] = []
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            trimmed = [_plain(identity(cell)) for cell in cells if len(cell) <= MAX_CELL]
            if len(trimmed) < len(cells):
                findings.add(path, line, "", f"has a cell of more than {MAX_CELL:,} characters")
                continue
            if not any(trimmed):
                continue
            if header is None:
                header = list(map(folded, trimmed))
                if not _check_header(path, line, header, columns, needed, findings):
                    return []
                continue
            if len(trimmed) > len(header) and any(trimmed[len(header) :]):
                findings.add(
                    path, line, "",
                    f"has {len(trimmed)} cells and the header {len(header)}: put cells with "
                    f"a {delimiter!r} into quotes",
                )  # fmt: skip
            rows.append(TableRow(path, line, dict(zip(header, trimmed, strict=False)), findings))
    except csv.Error as error:
        findings.add(path, reader.line_num, "", f"is no CSV from here on: {error}")
    if header is None:
        findings.add(path, 0, "", f"is empty: its first line must name {', '.join(needed)}")
    return rows


def _check_header(
    path: Path, line: int, header: list[str], columns: Sequence[str], needed: Sequence[str],
    findings: Findings,
) -> bool:  # fmt: skip
    for name in header:
        if name and name not in columns:
            findings.add(
                path, line, name, f"is no column of this file: it may have {', '.join(columns)}"
            )
        elif name and header.count(name) > 1:
            findings.add(path, line, name, "stands in the header twice")
            return False
    missing = [name for name in needed if name not in header]
    for name in missing:
        findings.add(path, line, name, "is missing in the header")
    return not missing
