"""``dunghen refold``: a state of an older version becomes one of this version."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from dunghen.commands.verify import print_verification
from dunghen.refold.running import Refolded, refold_installation
from dunghen.settings.installation import Installation
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json


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
    installation = Installation.find(state)
    done = refold_installation(installation, Terminal())
    told = msgspec.to_builtins(done)
    if not json_:
        print(as_text(done))
    if not check or not done.changed:
        if json_:
            print(as_json({"refold": told}))
        return
    if not print_verification(installation.folder.path, json_=json_, beside={"refold": told}):
        raise typer.Exit(1)


def as_text(done: Refolded) -> str:
    """For a terminal."""
    if not done.changed:
        return f"Timeline {done.timeline} is of this version's format: there was nothing to do."
    lines = [f"Timeline {done.timeline}, folded from the log of {done.former[-1]}"]
    if done.tables:
        width = max(map(len, done.tables))
        lines.append(f"{done.records:,} records of the log; {done.dead_letters} dead letters")
        lines += [f"{table:<{width}}  {rows} rows" for table, rows in done.tables.items()]
    if done.kept_in is not None:
        lines.append(f"The old data stay in {done.kept_in} until you remove them.")
    return "\n".join(lines)
