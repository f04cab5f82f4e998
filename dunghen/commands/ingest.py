"""``dunghen ingest FILE.jsonl``: payloads of the national portal's format, from a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from dunghen.ingest.files import FileReport, ingest_file
from dunghen.settings.installation import Installation
from dunghen.terminal.options import JsonOption, StateOption

SHOWN = 20  # refused records that are printed; --json has them all


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
    tell = partial(print_report, file, json_=json_)
    if not ingest_file(Installation.find(state), file, unit, tell, first=from_line):
        raise typer.Exit(1)


def print_report(file: Path, report: FileReport, *, json_: bool) -> None:
    """Say what became of ``file``."""
    said = json.dumps(asdict(report), ensure_ascii=False) if json_ else as_text(file, report)
    print(said)


def as_text(path: Path, told: FileReport) -> str:
    """For a terminal."""
    lines = [
        f"line {refused['line']}: {refused['MaHoSo'] or '-'}: {refused['reason']}"
        for refused in told.refused[:SHOWN]
    ]
    if len(told.refused) > SHOWN:
        lines.append(f"... and {len(told.refused) - SHOWN} more; --json has them all")
    lines.append(
        f"{path}: {told.lines} lines, {told.accepted} records taken, {len(told.refused)} refused, "
        f"{told.unread} fields skipped"
    )
    return "\n".join(lines)
