"""``dunghen verify``: recount everything and compare."""

from __future__ import annotations

import typer

from dunghen.terminal.options import JsonOption, StateOption
from dunghen.verify.verifying import run_verify


def verify(state: StateOption = None, json_: JsonOption = False) -> None:
    """Recount all events, in plain batch code and in SQL, and compare with stream and ClickHouse.

    Exit status 1 on any difference.
    """
    if not run_verify(state, as_json=json_):
        raise typer.Exit(1)
