"""From the freeze to what is public, and after, as commands of ``dunghen.commands.late_list``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from dossiers.errors import UserError
from dunghen.late_list.cases import ROOT, list_path
from dunghen.late_list.session import (
    MOST_SIGNED,
    As,
    ListArgument,
    Text,
    Token,
    content_of,
    nothing,
    person_api,
    say_taken,
    take_step,
)
from dunghen.terminal.options import JsonOption, StateOption


def freeze(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="A month that is over.")],
    scope: Annotated[
        str, typer.Option("--scope", metavar="UNIT", help="Only this unit and those below it.")
    ] = "",
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Freeze a month: who is late, by what is known now. It can be done once."""
    with person_api(state, token, as_) as api:
        taken = api.step(ROOT, {"month": month, "scope": scope})
    say_taken(taken, json_=json_)


def submit(
    list_: ListArgument,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Close the review: what is frozen, less what was accepted, goes to whoever approves."""
    take_step(state, token, as_, list_, "submit", nothing, json_=json_)


def approve(
    list_: ListArgument,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Approve the list as it was submitted."""
    take_step(state, token, as_, list_, "approve", nothing, json_=json_)


def return_(
    list_: ListArgument,
    text: Text,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Send the list back to the review, with a reason."""
    take_step(state, token, as_, list_, "return", lambda _: {"text": text}, json_=json_)


def publish(
    list_: ListArgument,
    number: Annotated[str, typer.Option("--number", help="Of the document, such as 123/TB-VP.")],
    dated: Annotated[str, typer.Option("--dated", metavar="YYYY-MM-DD", help="Its date.")],
    place: Annotated[str, typer.Option("--place", help="Default: late_list.place.")] = "",
    signer_title: Annotated[
        list[str] | None,
        typer.Option(
            "--signer-title",
            help="A line above the signature. Default: late_list.signer_title.",
            show_default=False,
        ),
    ] = None,
    signer: Annotated[str, typer.Option("--signer", help="Default: late_list.signer.")] = "",
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Make the documents of an approved list, and let everybody have them."""
    body = {
        "document_no": number, "dated": dated, "place": place,
        "signer_title": signer_title or [], "signer": signer,
    }  # fmt: skip
    take_step(state, token, as_, list_, "publish", lambda _: body, json_=json_)


def sign(
    list_: ListArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The published PDF, signed.")],
    of: Annotated[str, typer.Option("--of", metavar="NAME", help="Default: the first PDF.")] = "",
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Attach the published PDF as it came back signed."""
    content = content_of(file, MOST_SIGNED)
    with person_api(state, token, as_) as api:
        found = api.get(list_path(list_))
        pdfs = [each["name"] for each in found["files"] if each["media"] == "application/pdf"]
        if not pdfs:
            raise UserError(f"Of the list of {list_} no PDF is published.")
        asked = {"request": uuid4().hex, "seen": found["number"], "of": of or pdfs[0]}
        taken = api.send(list_path(list_, "sign"), content, asked)
    say_taken(taken, json_=json_)


def correct(
    list_: ListArgument,
    text: Text,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Freeze a published month anew, to correct it: a new document that cites the old one."""
    take_step(state, token, as_, list_, "correct", lambda _: {"text": text}, json_=json_)


def reduce(
    list_: ListArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Take the names off a published list: rows, names and what is made of them are erased."""
    if not yes:
        typer.confirm(f"Erase rows and names of {list_} for ever?", abort=True, err=json_)
    take_step(state, token, as_, list_, "reduce", nothing, json_=json_)
