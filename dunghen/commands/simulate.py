"""``dunghen simulate``: the simulated city."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.settings.installation import Installation
from dunghen.stack.simulation import run_city
from dunghen.terminal.logs import configure
from dunghen.terminal.options import StateOption


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
    configure()
    run_city(Installation.find(state, {"demo.speed": speed, "demo.seed": seed}))
