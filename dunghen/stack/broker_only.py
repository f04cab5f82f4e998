"""The state folder's Kafka and nothing else: for work that must have ClickHouse for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from dossiers.errors import UserError
from dunghen.settings.installation import Installation
from dunghen.stack.existing import ExistingStack, plan_of
from dunghen.stack.runner import run_stack
from dunghen.terminal.console import Terminal
from dunghen.terminal.errors import INTERRUPTED

Found = TypeVar("Found")


class BrokerOnly(ExistingStack):
    """Starts Kafka on the folder's own timeline; holds the folder's lock like any stack."""

    async def _start_services(self, port: int) -> None:
        return


def on_broker(
    installation: Installation, terminal: Terminal, work: Callable[[Callable[[], bool]], Found]
) -> Found:
    """``work(stopped)`` in a thread while the folder's Kafka runs; ``stopped`` tells that the user
    asked to stop. Raises UserError, also if a stack runs on the folder."""
    found: list[Found] = []

    async def body(stop: asyncio.Event) -> None:
        task = asyncio.create_task(asyncio.to_thread(work, stop.is_set))
        try:
            found.append(await asyncio.shield(task))
        except asyncio.CancelledError:
            # The broker stays until the work has noticed.
            await asyncio.gather(task, return_exceptions=True)
            raise

    asyncio.run(
        run_stack(BrokerOnly(installation, plan_of(installation), terminal), terminal, body)
    )
    if not found:
        raise UserError("Stopped before the end.", exit_code=INTERRUPTED)
    return found[0]
