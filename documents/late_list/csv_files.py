"""A list as CSV: a file for each table. UTF-8 with a byte order mark, numbers with a point."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from documents.cells import BOM, csv_lines
from documents.late_list.annexes import annexes_of
from documents.late_list.data import Paper
from documents.late_list.grids import GridCell, GridKind, spread_cell
from documents.late_list.mentions import Mentions
from documents.late_list.words import mark_of
from documents.late_list.workbook import proof_lines
from documents.tables import local


def csvs_of(paper: Paper) -> Iterator[tuple[str, bytes]]:
    """Key of the table, and its CSV: names of columns, rows, an empty line, and what it is of."""
    mentions = Mentions(paper)
    mark = mark_of(paper)
    below = [
        *([mark] if mark else []), f"Danh sách {paper.core.id}, bản {paper.core.edition}",
        *proof_lines(paper, mentions),
    ]  # fmt: skip
    for annex in annexes_of(paper, mentions):
        grid = annex.grid
        rows = (
            [_written(cell, field.kind, mentions.zone) for cell, field in zip(
                row, grid.fields, strict=True
            )]
            for row in grid.rows
        )  # fmt: skip
        head = csv_lines([[field.full_title for field in grid.fields]])
        text = BOM + head + csv_lines(rows) + csv_lines([[], *([line] for line in below)])
        yield grid.key, text.encode()


def _written(cell: GridCell, kind: GridKind, zone: ZoneInfo) -> object:
    if kind == "time" and isinstance(cell, int):
        return local(cell, zone).strftime("%Y-%m-%d %H:%M:%S")
    return spread_cell(cell, kind)
