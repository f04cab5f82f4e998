"""``dunghen ingest FILE.jsonl``: payloads of the national portal's format, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunghen.ingest.files import ingest_file
from dunghen.settings.installation import Installation
from dunghen.terminal.options import JsonOption, StateOption


def ingest(
    file: Annotated[
        Path, typer.Argument(help="One payload or one record a line (JSON).", show_default=False)
    ],
    state: StateOption = None,
    unit: Annotated[
        str,
        typer.Option(
            "--unit", metavar="CODE", help="madonvi of lines that have none.", show_default=False
        ),
    ] = "",
    from_line: Annotated[
        int, typer.Option("--from-line", metavar="N", min=1, help="Pass over the lines before.")
    ] = 1,
    json_: JsonOption = False,
) -> None:
    """Publish dossiers and progress as one-stop systems write them. Exit status 1 if a record was
    refused, 2 if Kafka went away; sending a file again counts nothing twice."""
    if not ingest_file(Installation.find(state), file, unit, as_json=json_, first=from_line):
        raise typer.Exit(1)
