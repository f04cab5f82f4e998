"""``dunghen reference check | load | diff | show | missing``: units, officers and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunghen.reference.files import check_folder
from dunghen.reference.loading import run_diff, run_load, run_show
from dunghen.reference.missing_report import run_missing
from dunghen.terminal.options import JsonOption, StateOption

app = typer.Typer(
    no_args_is_help=True,
    help="Units, officers, procedures, calendars and rules, from a folder of files.",
)
_Folder = Annotated[
    Path, typer.Argument(help="A folder of CSV and TOML files.", metavar="DIR", show_default=False)
]


@app.command()
def check(folder: _Folder, json_: JsonOption = False) -> None:
    """Check a folder and name every mistake in it with its file and line. Needs no stack."""
    if not check_folder(folder, as_json=json_):
        raise typer.Exit(1)


@app.command()
def load(
    folder: _Folder,
    state: StateOption = None,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="From when it counts: a local date or time. Default: now, by the data's time.",
            show_default=False,
        ),
    ] = "",
    json_: JsonOption = False,
) -> None:
    """Load a folder into the timeline. Open dossiers follow it; ended ones keep their verdict."""
    run_load(folder, state, since, as_json=json_)


@app.command()
def diff(folder: _Folder, state: StateOption = None, json_: JsonOption = False) -> None:
    """Show what loading a folder would change."""
    run_diff(folder, state, as_json=json_)


@app.command()
def show(
    state: StateOption = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="DIR", help="Write it as such a folder too.", show_default=False
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show what is in force, since when, and what is to come."""
    run_show(state, write, as_json=json_)


@app.command()
def missing(state: StateOption = None, json_: JsonOption = False) -> None:
    """Show what senders name and the reference data lacks, and where to add it."""
    run_missing(state, as_json=json_)
