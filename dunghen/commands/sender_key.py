"""``dunghen sender-key NAME``: a key for somebody who posts dossiers."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

import typer

from api.access.keys import key_hash
from dossiers.errors import UserError
from dossiers.wire.actions import DESK

_NAME, _CODE = re.compile(r"[A-Za-z0-9_-]{1,40}"), re.compile(r"[A-Za-z0-9._-]{1,100}")


def sender_key(
    name: Annotated[str, typer.Argument(help="Who sends: letters, digits, - and _.")],
    unit: Annotated[
        list[str] | None,
        typer.Option(
            "--unit",
            metavar="CODE",
            help="The key counts for this madonvi only; may be given several times.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a new key, print it once, and print the lines that let it in."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"“{name}” cannot name a sender.", "Use 1 to 40 letters, digits, hyphens, underscores."
        )
    if name == DESK:
        raise UserError(f"“{name}” is kept for what people do about alerts.", "Choose another.")
    wrong = [code for code in unit or [] if not _CODE.fullmatch(code)]
    if wrong:
        raise UserError(f"“{wrong[0]}” is no code of a unit.", "Give its madonvi.")
    key = secrets.token_urlsafe(32)
    codes = ", ".join(f'"{code}"' for code in unit or [])
    print(f"Key of {name}, shown only now; it goes into the header X-API-Key:\n\n    {key}\n")
    print("For the settings file (dunghen.toml), then start the API again:\n")
    print(f"    [api.senders.{name}]")
    print(f'    key_sha256 = "{key_hash(key)}"')
    if codes:
        print(f"    units = [{codes}]")
