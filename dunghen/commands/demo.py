"""``dunghen demo``: a simulated city, faster than real time."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from dunghen.settings.installation import Installation
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.plan import StackPlan
from dunghen.stack.runner import run_stack
from dunghen.stack.simulation import city_material
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import PortOption, StateOption

_Speed = Annotated[
    float | None,
    typer.Option(
        "--speed",
        metavar="N",
        help="Seconds of the city in one second. Default: 60.",
        show_default=False,
    ),
]
_Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        help="The same seed, the same city. Default: 1.",
        show_default=False,
    ),
]
_Minutes = Annotated[
    float | None,
    typer.Option(
        "--minutes",
        metavar="M",
        min=0,
        help="Stop after M real minutes.",
        show_default=False,
    ),
]


def demo(
    state: StateOption = None,
    port: PortOption = None,
    speed: _Speed = None,
    seed: _Seed = None,
    minutes: _Minutes = None,
) -> None:
    """Run the stack on a simulated city until Ctrl-C."""
    flags = {"api.port": port, "demo.speed": speed, "demo.seed": seed}
    installation = Installation.of_kind(state, "simulation", flags)
    terminal = Terminal()
    plan = StackPlan("simulation", lambda: city_material(installation), ("simulate",))
    stack = EmbeddedStack(installation, plan, terminal)

    async def serve(stop: asyncio.Event) -> None:
        terminal.address(stack.endpoints.api)
        try:
            async with asyncio.timeout(None if minutes is None else minutes * 60):
                await stop.wait()
        except TimeoutError:
            terminal.note(f"{minutes:g} minutes have passed.")

    asyncio.run(run_stack(stack, terminal, serve))
