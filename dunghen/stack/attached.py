"""Work on the stack of a state folder: on the one that runs, or on one started for the purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from dossiers.errors import UserError
from dunghen.settings.installation import Installation
from dunghen.stack.existing import existing_stack
from dunghen.stack.runner import run_stack
from dunghen.terminal.console import Terminal
from dunghen.terminal.errors import INTERRUPTED

Found = TypeVar("Found")


def on_stack(
    state: Path | None, work: Callable[[Installation, Callable[[str], None]], Found]
) -> Found:
    """``work(installation, note)`` in this process; ``note`` shows progress. Raises UserError."""
    installation = Installation.find(state)
    terminal = Terminal()
    if installation.settings.kafka.bootstrap or installation.folder.lock.holder() is not None:
        return work(installation, terminal.note)
    found: list[Found] = []

    async def body(_stop: asyncio.Event) -> None:
        found.append(await asyncio.to_thread(work, installation, terminal.note))

    asyncio.run(run_stack(existing_stack(installation, terminal), terminal, body))
    if not found:
        raise UserError("Stopped before the end.", exit_code=INTERRUPTED)
    return found[0]
