"""``dunghen backup`` and ``dunghen restore``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from dossiers.errors import UserError
from dunghen.access.config import keys_path
from dunghen.access.key_file import suspended_keys
from dunghen.backup.making import make_backup
from dunghen.backup.manifest import read_manifest
from dunghen.backup.restoring import restore_backup
from dunghen.commands.verify import print_verification
from dunghen.settings.installation import Installation
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the backup.")]


_Check = Annotated[
    bool, typer.Option("--verify/--no-verify", help="Recount everything afterwards.")
]


def backup(folder: Folder, state: StateOption = None, json_: JsonOption = False) -> None:
    """Back up the embedded stack: Kafka's log and ClickHouse, as they are at one moment.

    A running stack stands still for the moment, and goes on.
    """
    made = make_backup(Installation.find(state), folder, Terminal())
    if json_:
        print(as_json(made))
        return
    paused = f"; the stack stood still for {made.paused:.2f} s" if made.paused is not None else ""
    print(f"{made.files} files, {made.bytes / 1e6:,.1f} MB, in {made.backup}{paused}")


def restore(
    folder: Folder,
    state: StateOption = None,
    check: _Check = True,
    json_: JsonOption = False,
) -> None:
    """Make a state folder from a backup, and verify it. The folder must be new or empty.

    Keys of senders and walls come back suspended: `dunghen keys confirm` wakes them. Exit status 1
    if the recount finds a difference.
    """
    installation = Installation.of_kind(state, read_manifest(folder).timeline.kind)
    manifest = restore_backup(folder, installation.folder, Terminal())
    try:
        keys = suspended_keys(keys_path(installation), time.time_ns() // 1_000_000)
    except UserError as error:  # the rest is worth having
        Terminal().note(str(error))
        keys = []
    if not json_:
        print(f"Timeline {manifest.timeline.id} restored into {installation.folder.path}")
        if keys:
            print("These keys are suspended, because some may have been revoked since the backup:")
            for key in keys:
                print(f"  {key.id}  {key.name}  {key.role}  {' '.join(key.units) or 'all'}")
            print("`dunghen keys confirm NAME ...` or `--all` wakes them, `keys revoke` ends them.")
    suspended = [{"id": key.id, "name": key.name, "role": key.role} for key in keys]
    if not check:
        if json_:
            print(as_json({"timeline": manifest.timeline.id, "suspended_keys": suspended}))
    elif not print_verification(
        installation.folder.path, json_=json_, beside={"suspended_keys": suspended}
    ):
        raise typer.Exit(1)
