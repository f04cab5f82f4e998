"""``dunghen backup`` and ``dunghen restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunghen.options import JsonOption, StateOption

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the backup.")]


def backup(folder: Folder, state: StateOption = None, json_: JsonOption = False) -> None:
    """Back up the embedded stack: Kafka's log and ClickHouse, as they are at one moment.

    A running stack stands still for the moment, and goes on.
    """
    from dunghen import context
    from dunghen.backup.making import make_backup
    from dunghen.dead_letters import as_json
    from dunghen.terminal import Terminal

    made = make_backup(context.find(state), folder, Terminal())
    if json_:
        print(as_json(made))
        return
    paused = f"; the stack stood still for {made.paused:.2f} s" if made.paused is not None else ""
    print(f"{made.files} files, {made.bytes / 1e6:,.1f} MB, in {made.backup}{paused}")


def restore(
    folder: Folder,
    state: StateOption = None,
    check: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Recount everything afterwards.")
    ] = True,
    json_: JsonOption = False,
) -> None:
    """Make a state folder from a backup, and verify it. The folder must be new or empty.

    Exit status 1 if the recount finds a difference.
    """
    from dunghen import context
    from dunghen.backup.manifest import read_manifest
    from dunghen.backup.restoring import restore_backup
    from dunghen.terminal import Terminal
    from dunghen.verifying import run_verify

    here = context.make(state, read_manifest(folder).timeline.kind)
    manifest = restore_backup(folder, here.folder, Terminal())
    if not json_:
        print(f"Time line {manifest.timeline.id} restored into {here.folder.path}")
    if check and not run_verify(here.folder.path, as_json=json_):
        raise typer.Exit(1)
