"""The public site as a folder, as a command of ``dunghen.commands.late_list``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunghen.late_list.exporting import export_here, refuse_foreign
from dunghen.stack.attached import on_stack
from dunghen.terminal.options import StateOption


def export(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A new folder, or one that was exported to before."),
    ],
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="URL",
            help="Where the folder will be found, for the feed and the fragment to embed.",
        ),
    ] = "",
    state: StateOption = None,
) -> None:
    """Write the public site as static files: pages, published files, data, feed, and a fragment of
    each list to embed.

    Files and data are the bytes that the API serves; pages need no server. DIR is replaced as a
    whole.
    """
    target = folder.absolute()
    refuse_foreign(target)
    found = on_stack(state, lambda here, _: export_here(here, target, base))
    print(f"{found.lists} lists, {found.files} files, {found.size} bytes → {folder}")
