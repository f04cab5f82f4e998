"""``dunghen texts``: what people wrote about alerts."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.settings.installation import Installation
from dunghen.terminal.options import StateOption
from dunghen.texts.erasing import erase_text

app = typer.Typer(no_args_is_help=True, help="Texts that people wrote about alerts.")


@app.callback()
def texts() -> None:
    pass


@app.command()
def erase(
    digest: Annotated[str, typer.Argument(metavar="HASH", help="Its SHA-256, as pages show it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; nothing personal.")] = "",
    state: StateOption = None,
) -> None:
    """Erase a text for ever. What was done stays in the log, and that there was a text."""
    erase_text(Installation.find(state), digest, reason[:200])
    print(f"The text {digest} is erased. Backups made before hold it until they are removed.")
