"""``dunghen reconcile``: dossiers here against somebody else's count of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunghen.reconcile.showing import run_reconcile
from dunghen.terminal.options import JsonOption, StateOption


def reconcile(
    counts: Annotated[
        Path | None,
        typer.Option(
            "--counts",
            metavar="FILE.csv",
            help="Counts with the columns unit,month,received,finished.",
            show_default=False,
        ),
    ] = None,
    ids: Annotated[
        Path | None,
        typer.Option("--ids", metavar="FILE", help="Dossier ids, one a line.", show_default=False),
    ] = None,
    month: Annotated[
        str,
        typer.Option("--month", metavar="YYYY-MM", help="Only this month.", show_default=False),
    ] = "",
    scope: Annotated[
        str,
        typer.Option(
            "--scope", metavar="UNIT", help="With --ids: of this unit and those below it."
        ),
    ] = "",
    json_: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Compare the dossiers seen with the count, or the list, of the portal or a one-stop system.

    Exit status 1 on any difference.
    """
    if not run_reconcile(counts, ids, month, scope, state, as_json=json_):
        raise typer.Exit(1)
