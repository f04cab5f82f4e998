"""``dunghen simulate``: the simulated city."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.options import StateOption


def simulate(
    state: StateOption = None,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed", metavar="N", help="Seconds of the city in one second.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", help="The city.", show_default=False),
    ] = None,
) -> None:
    """Publish the events of the simulated city and its time (part of `demo`)."""
    from dunghen import context
    from dunghen.logs import configure
    from dunghen.simulation import run_city

    configure()
    run_city(context.find(state, {"demo.speed": speed, "demo.seed": seed}))
