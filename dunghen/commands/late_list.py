"""``dunghen late-list``: the month's list of lates (Decision 766) as data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dossiers.errors import UserError
from dunghen.late_list.document import Document
from dunghen.late_list.formats import as_csv, as_xlsx
from dunghen.late_list.making import make
from dunghen.stack.attached import on_stack
from dunghen.terminal.month import refuse_no_month
from dunghen.terminal.options import StateOption

_Month = Annotated[
    str, typer.Option("--month", metavar="YYYY-MM", help="The month.", show_default=False)
]
_Scope = Annotated[
    str,
    typer.Option(
        "--scope", metavar="UNIT", help="Only what is charged to this unit and those below it."
    ),
]
_Format = Annotated[Literal["json", "csv", "xlsx"], typer.Option("--format", help="What to write.")]
_Part = Annotated[
    Literal["officers", "units", "dossiers"],
    typer.Option("--part", help="Which table, for --format csv."),
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write here instead of to the terminal."),
]


def late_list(
    month: _Month,
    scope: _Scope = "",
    format_: _Format = "json",
    part: _Part = "officers",
    out: _Out = None,
    state: StateOption = None,
) -> None:
    """Write the officers, units and dossiers that caused delays in a month.

    The same log gives the same bytes. No citizen's data is in it.
    """
    if format_ == "xlsx" and out is None:
        raise UserError("A workbook is no text for a terminal.", "Name a file with --out FILE.")
    refuse_no_month(month)
    document = on_stack(state, lambda installation, note: make(installation, note, month, scope))
    body = _written(document, format_, part)
    if out is None:
        sys.stdout.buffer.write(body)
        return
    try:
        out.write_bytes(body)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.") from error
    found = document.found
    print(f"{found.late} late dossiers of {found.total} held in {found.month} → {out}")
    print(f"SHA-256 of the list  {document.digest}")


def _written(document: Document, format_: str, part: str) -> bytes:
    if format_ == "csv":
        return as_csv(document, part)
    return as_xlsx(document) if format_ == "xlsx" else document.body + b"\n"
