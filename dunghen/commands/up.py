"""``dunghen up``: the stack on live data, until Ctrl-C."""

from __future__ import annotations

import asyncio

from dunghen.terminal.options import PortOption, StateOption


def up(state: StateOption = None, port: PortOption = None) -> None:
    """Run the stack on live data until Ctrl-C."""
    from dunghen.settings import installation as context
    from dunghen.stack.embedded import Stack
    from dunghen.stack.live import live_material
    from dunghen.stack.plan import Plan
    from dunghen.stack.runner import run_stack
    from dunghen.terminal.console import Terminal

    here = context.make(state, "live", {"api.port": port})
    terminal = Terminal()
    plan = Plan("live", lambda: live_material(here.settings), ("tick",), patient=True)
    stack = Stack(here, plan, terminal)

    async def serve(stop: asyncio.Event) -> None:
        terminal.address(stack.endpoints.api)
        await stack.complete()
        await stop.wait()

    asyncio.run(run_stack(stack, terminal, serve))
