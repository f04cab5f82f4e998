"""The tables of a list, made once and written in every form: PDF, DOCX, XLSX and CSV.

A cell is a number wherever it is one, so that a spreadsheet can count with it; whoever prints makes
text of it (``cell_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from documents.tables import local
from dossiers.publication.figures import number_text

# ``code``: an id, unbroken if it can be. ``rate``: per cent; ``days``: working days; None stands
# below the smallest number that makes a figure. ``time``: ms. ``share``: (n, of), such as how many
# of the row's late ones.
GridKind = Literal["text", "code", "stt", "whole", "rate", "days", "time", "share"]
GridCell = str | int | Decimal | tuple[int, int] | None
GridRow = tuple[GridCell, ...]


class Field(msgspec.Struct, frozen=True):
    """A column. ``group``: what stands above several; ``width``: in parts of the page's."""

    title: str
    kind: GridKind = "text"
    width: float = 1.0
    group: str = ""

    @property
    def full_title(self) -> str:
        """With its group, for a head of one line."""
        of = " (số hồ sơ)" if self.kind == "share" else ""
        return f"{self.group}: {self.title.lower()}" if self.group else self.title + of


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """``key``: in the names of files; ``sheet``: in a workbook; ``title``: above an annex. ``size``
    of its letters in pt. ``notes`` stand below. ``total``: the last row, if there is one."""

    key: str
    sheet: str
    title: str
    fields: tuple[Field, ...]
    rows: tuple[GridRow, ...]
    size: float = 11
    notes: tuple[str, ...] = ()
    total: GridRow = ()


def spread_cell(cell: GridCell, kind: GridKind) -> str | int | Decimal | None:
    """For a spreadsheet. Of "5 of 6" only the 5: it would read a date."""
    if isinstance(cell, tuple):
        return cell[0]
    return number_text(None) if cell is None and kind in ("rate", "days") else cell


def numbered(rows: Sequence[GridRow]) -> tuple[GridRow, ...]:
    """With a running number in front, which is no rank."""
    return tuple((number, *row) for number, row in enumerate(rows, 1))


def cell_text(cell: GridCell, kind: GridKind, zone: ZoneInfo) -> str:
    """As a Vietnamese reader expects it."""
    if isinstance(cell, tuple):
        return share_text(*cell)
    if isinstance(cell, str):
        return cell
    if kind == "time" and isinstance(cell, int):
        return local(cell, zone).strftime("%H:%M %d/%m/%Y")
    if cell is None and kind not in ("rate", "days"):
        return ""
    return number_text(cell)


def share_text(part: int, whole: int) -> str:
    """Có, Không, or how many of how many."""
    if not 0 < part < whole:
        return "Có" if part else "Không"
    return f"{number_text(part)}/{number_text(whole)}"
