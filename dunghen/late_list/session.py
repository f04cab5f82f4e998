"""With which options a step of a late list is taken, and as whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from dossiers.errors import UserError
from dossiers.wire.publications import MOST_FILE_BYTES
from dunghen.api_client.person import TOKEN_VARIABLE, PersonApi, asking, token_of
from dunghen.late_list.cases import ROOT, Json, list_path
from dunghen.settings.installation import Installation
from dunghen.terminal.console import Terminal
from dunghen.terminal.output import as_json

MOST_SIGNED = 64 * 2**20  # bytes of a signed document
CASE = "DOSSIER[,UNIT,OFFICER]"
ListArgument = Annotated[
    str, typer.Argument(metavar="LIST", help="A month, such as 2026-10, or 2026-10~UNIT.")
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="PERSON",
        help="In a simulation: as reform_office, leader, officer:ID or supervisor:ID.",
    ),
]
Token = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        help=f"Your bearer token. Default: {TOKEN_VARIABLE}.",
        show_default=False,
    ),
]
Cases = Annotated[
    list[str],
    typer.Option(
        "--case",
        metavar=CASE,
        help="Which; several times for several. The dossier is enough where one is charged.",
        show_default=False,
    ),
]
Text = Annotated[str, typer.Option("--text", help="In words; names no citizen.")]
Files = Annotated[
    list[Path] | None,
    typer.Option("--file", metavar="FILE", help="PDF, JPEG or PNG to attach.", show_default=False),
]


@contextmanager
def person_api(state: Path | None, token: Path | None, person: str) -> Iterator[PersonApi]:
    installation = Installation.find(state)
    text = "" if person else token_of(token)
    with asking(installation.endpoints().api, text, person, Terminal().note) as api:
        yield api


def take_step(
    state: Path | None,
    token: Path | None,
    person: str,
    list_: str,
    step: str,
    body: Callable[[PersonApi], Json],
    *,
    json_: bool,
) -> None:
    """Take a step of a list as it stands now. ``body``: what it says beside that."""
    with person_api(state, token, person) as api:
        seen = api.get(list_path(list_))["number"]
        taken = api.step(list_path(list_, step), {"seen": seen, **body(api)})
    say_taken(taken, json_=json_)


def say_taken(taken: Json, *, json_: bool) -> None:
    if json_:
        print(as_json(taken))
    else:
        print(f"{taken['list']}, edition {taken['edition']}: record {taken['number']}.")


def nothing(_: PersonApi) -> Json:
    return {}


def sent_files(api: PersonApi, files: list[Path] | None) -> list[Any]:
    """Files sent first; what names them afterwards."""
    contents = [content_of(path, MOST_FILE_BYTES) for path in files or ()]
    return [api.send(f"{ROOT}/files", content) for content in contents]


def content_of(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as opened:
            found = opened.read(most + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if not 0 < len(found) <= most:
        raise UserError(f"{path} has {'no' if not found else 'more than ' + str(most)} bytes.")
    return found
