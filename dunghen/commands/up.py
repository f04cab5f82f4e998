"""``dunghen up``: the stack on live data, until Ctrl-C."""

from __future__ import annotations

import asyncio

from dunghen.reference.live import live_material
from dunghen.settings.installation import Installation
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.plan import StackPlan
from dunghen.stack.runner import run_stack
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import PortOption, StateOption
from dunghen.verify.nightly import recounting_nightly


def up(state: StateOption = None, port: PortOption = None) -> None:
    """Run the stack on live data until Ctrl-C."""
    installation = Installation.of_kind(state, "live", {"api.port": port})
    terminal = Terminal()
    plan = StackPlan("live", lambda: live_material(installation.settings), ("tick",), patient=True)
    stack = EmbeddedStack(installation, plan, terminal)

    async def serve(stop: asyncio.Event) -> None:
        terminal.address(stack.endpoints.api)
        await stack.complete()
        async with recounting_nightly(installation, terminal):
            await stop.wait()

    asyncio.run(run_stack(stack, terminal, serve))
