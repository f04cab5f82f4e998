"""``dunghen late-list``: the month's list of lates (Decision 766) as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dossiers.errors import UserError
from dunghen.late_list.making import run_late_list
from dunghen.terminal.options import StateOption


def late_list(
    month: Annotated[
        str, typer.Option("--month", metavar="YYYY-MM", help="The month.", show_default=False)
    ],
    scope: Annotated[
        str,
        typer.Option(
            "--scope", metavar="UNIT", help="Only what is charged to this unit and those below it."
        ),
    ] = "",
    format_: Annotated[
        Literal["json", "csv", "xlsx"], typer.Option("--format", help="What to write.")
    ] = "json",
    part: Annotated[
        Literal["officers", "units", "dossiers"],
        typer.Option("--part", help="Which table, for --format csv."),
    ] = "officers",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write here instead of to the terminal."),
    ] = None,
    state: StateOption = None,
) -> None:
    """Write the officers, units and dossiers that caused delays in a month.

    The same log gives the same bytes. No citizen's data is in it.
    """
    if format_ == "xlsx" and out is None:
        raise UserError("A workbook is no text for a terminal.", "Name a file with --out FILE.")
    run_late_list(month, scope, state, format_, part, out)
