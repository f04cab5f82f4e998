"""``dunghen explain``: why a dossier counts as it does."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.terminal.options import JsonOption, StateOption
from dunghen.verify.explaining import run_explain


def explain(
    dossier: Annotated[str, typer.Argument(help="Its id.", show_default=False)],
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Show a dossier's timeline, how its due time came about, its verdict, and whose hours."""
    run_explain(dossier, state, as_json=json_)
