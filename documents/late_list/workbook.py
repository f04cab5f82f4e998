"""A list as a workbook: one sheet for each table, and one that says what it is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

from documents.dates import date_text
from documents.late_list.annexes import annexes_of
from documents.late_list.data import Paper
from documents.late_list.grids import Field, Grid, GridCell, GridKind, GridRow, spread_cell
from documents.late_list.mentions import Mentions
from documents.late_list.notice import counted, kind_text, origin_text, titles
from documents.late_list.words import mark_of
from documents.tables import Cell, Column, Kind, Row, Sheet
from documents.workbook import write_workbook

_KINDS: dict[GridKind, Kind] = {
    "stt": "whole", "whole": "whole", "share": "whole", "rate": "hundredths", "days": "decimal",
    "time": "time",
}  # fmt: skip
_CHARACTERS = 9  # of a column of width 1


def xlsx_of(paper: Paper) -> bytes:
    """Rows go to disk as they come. Raises ValueError where a sheet would be too long."""
    mentions = Mentions(paper)
    annexes = annexes_of(paper, mentions)
    sheets = ((_sheet(paper, mentions, annex.grid), _rows(annex.grid)) for annex in annexes)
    buffer = io.BytesIO()
    first = _about(paper, mentions)
    write_workbook(
        buffer, [first, *sheets], " ".join(titles(paper, mentions)), streamed=_is_long(mentions)
    )
    return buffer.getvalue()


def sheet_columns(fields: tuple[Field, ...]) -> tuple[Column, ...]:
    """As a spreadsheet has them."""
    return tuple(
        Column(
            field.full_title,
            _KINDS.get(field.kind, "text"),
            max(6, min(60, int(field.width * _CHARACTERS))),
        )
        for field in fields
    )


def spread_row(row: GridRow, fields: tuple[Field, ...]) -> Row:
    """Numbers that a spreadsheet counts with."""
    return [_spread(cell, field) for cell, field in zip(row, fields, strict=True)]


def proof_lines(paper: Paper, mentions: Mentions) -> tuple[str, ...]:
    """What stands on everything that is made from a list."""
    return (f"SHA-256 của bản JSON chuẩn: {paper.sha256}", origin_text(paper, mentions))


def _spread(cell: GridCell, field: Field) -> Cell:
    found = spread_cell(cell, field.kind)
    return float(found) if isinstance(found, Decimal) else found


def _rows(grid: Grid) -> Iterator[Row]:
    return (spread_row(row, grid.fields) for row in grid.rows)


def _is_long(mentions: Mentions) -> bool:
    return len(mentions.rows.dossiers) + len(mentions.rows.receptions) > 1_000


def _sheet(paper: Paper, mentions: Mentions, grid: Grid) -> Sheet:
    mark = mark_of(paper)
    proof = proof_lines(paper, mentions)
    return Sheet(
        name=grid.sheet,
        columns=sheet_columns(grid.fields),
        heading=(*((mark,) if mark else ()), grid.title, *proof),
        total=tuple(spread_row(grid.total, grid.fields)) if grid.total else (),
        notes=grid.notes,
        footer=f"{mark} {proof[0]}".strip(),
        wrap=True,
        timezone=paper.core.timezone,
    )


def _about(paper: Paper, mentions: Mentions) -> tuple[Sheet, list[Row]]:
    annexes = annexes_of(paper, mentions)
    envelope = paper.envelope
    rows: list[Row] = [
        ["Văn bản", f"{kind_text(paper)} {envelope.document_no}".strip()],
        ["Ngày văn bản", date_text(envelope.dated) if envelope.dated else ""],
        ["Cơ quan công bố", envelope.issuer],
        ["Danh sách", f"{paper.core.id}, bản {paper.core.edition}"],
        *(["Kết quả", words] for words in counted(mentions, annexes)),
        *([annex.label, annex.grid.title] for annex in annexes),
    ]
    grid = Grid(
        key="", sheet="Tổng hợp", title=" ".join(titles(paper, mentions)), rows=(),
        fields=(Field("Mục", "text", 2), Field("Nội dung", "text", 9)),
    )  # fmt: skip
    return _sheet(paper, mentions, grid), rows
