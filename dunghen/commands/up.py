"""``dunghen up``: the stack on live data, until Ctrl-C."""

from __future__ import annotations

import asyncio

from dunghen.options import PortOption, StateOption


def up(state: StateOption = None, port: PortOption = None) -> None:
    """Run the stack on live data until Ctrl-C."""
    from dunghen import context
    from dunghen.live import live_material
    from dunghen.plan import Plan
    from dunghen.runner import run_stack
    from dunghen.stack import Stack
    from dunghen.terminal import Terminal

    here = context.make(state, "live", {"api.port": port})
    terminal = Terminal()
    plan = Plan("live", lambda: live_material(here.settings), ("tick",), patient=True)
    stack = Stack(here, plan, terminal)

    async def serve(stop: asyncio.Event) -> None:
        terminal.address(stack.endpoints.api)
        await stack.complete()
        await stop.wait()

    asyncio.run(run_stack(stack, terminal, serve))
