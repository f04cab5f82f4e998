"""``dunghen refold``: a state of an older version becomes one of this version."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from dunghen.refold.running import as_text, run_refold
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json
from dunghen.verify.verifying import run_verify


def refold(
    state: StateOption = None,
    check: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Recount everything afterwards.")
    ] = True,
    json_: JsonOption = False,
) -> None:
    """Fold the log of an older version's state from its start, by today's rules.

    The stack must be stopped. May be interrupted and run again; the old data stay aside. Exit
    status 1 if the recount finds a difference.
    """
    here, done = run_refold(state, Terminal())
    told = msgspec.to_builtins(done)
    if not json_:
        print(as_text(done))
    if not check or not done.changed:
        if json_:
            print(as_json({"refold": told}))
        return
    if not run_verify(here.folder.path, as_json=json_, beside={"refold": told}):
        raise typer.Exit(1)
