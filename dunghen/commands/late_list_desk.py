"""What those charged and the reviewers do with a late list, as commands of
``dunghen.commands.late_list``."""

from __future__ import annotations

from typing import Annotated

import typer

from dossiers.errors import UserError
from dunghen.api_client.person import PersonApi
from dunghen.late_list.cases import Json, list_path, meant
from dunghen.late_list.list_tables import effects_text
from dunghen.late_list.session import (
    CASE,
    As,
    Cases,
    Files,
    ListArgument,
    Text,
    Token,
    sent_files,
    take_step,
)
from dunghen.terminal.options import JsonOption, StateOption


def explain(
    list_: ListArgument,
    case: Cases,
    reason: Annotated[str, typer.Option("--reason", help="A code, such as leave.")],
    text: Text = "",
    file: Files = None,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Explain cases that are charged to you, or to your units."""

    def body(api: PersonApi) -> Json:
        cases = meant(api, list_, case)
        return {"cases": cases, "reason": reason, "text": text, "files": sent_files(api, file)}

    take_step(state, token, as_, list_, "explain", body, json_=json_)


def reply(
    list_: ListArgument,
    case: Cases,
    text: Text,
    file: Files = None,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Answer the reviewer, or say something about what is to be published of you."""

    def body(api: PersonApi) -> Json:
        return {"cases": meant(api, list_, case), "text": text, "files": sent_files(api, file)}

    take_step(state, token, as_, list_, "reply", body, json_=json_)


def ask(
    list_: ListArgument,
    case: Cases,
    text: Text,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Ask whoever explained for more."""

    def body(api: PersonApi) -> Json:
        return {"cases": meant(api, list_, case), "text": text}

    take_step(state, token, as_, list_, "ask", body, json_=json_)


def review(
    list_: ListArgument,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar=CASE, help="Accept this one.", show_default=False),
    ] = None,
    reject: Annotated[
        list[str] | None,
        typer.Option("--reject", metavar=CASE, help="Reject this one.", show_default=False),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="By which the accepted ones are relieved.")
    ] = "",
    text: Annotated[str, typer.Option("--text", help="Printed in the annex.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Accept explanations, or reject them. What that changes is shown first."""
    if not (accept or reject):
        raise UserError("Say what to decide.", "--accept DOSSIER, --reject DOSSIER, or both.")

    def body(api: PersonApi) -> Json:
        accepted = meant(api, list_, accept) if accept else []
        rejected = meant(api, list_, reject) if reject else []
        if accepted:
            asked = {"accepted": accepted, "reason": reason}
            found = api.post(list_path(list_, "effect"), asked)["effects"]
            typer.echo(effects_text(len(accepted), found), err=json_)
        if not yes:
            typer.confirm("Record this decision?", abort=True, err=json_)
        return {"accepted": accepted, "rejected": rejected, "reason": reason, "text": text}

    take_step(state, token, as_, list_, "decide", body, json_=json_)
