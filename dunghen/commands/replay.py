"""``dunghen replay``: an event log becomes the live picture."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from dunghen.replay.replaying import Replaying, parse_speed
from dunghen.settings.installation import Installation
from dunghen.terminal.options import PortOption, StateOption


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Event log: CSV, XES or XES.gz.")],
    mapping: Annotated[
        Path, typer.Option("--mapping", metavar="MAP.toml", help="What its columns mean.")
    ],
    state: StateOption = None,
    port: PortOption = None,
    speed: Annotated[
        str, typer.Option("--speed", metavar="max|N", help="Seconds of the log in one second.")
    ] = "max",
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Exit when everything has caught up.")
    ] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="Print the final figures as one line of JSON.")
    ] = False,
) -> None:
    """Replay an event log in its own time and end with right figures.

    Starts the stack on the state folder, or uses the one that runs there.
    """
    installation = Installation.of_kind(state, "replay", {"api.port": port})
    job = Replaying(installation, file, mapping, parse_speed(speed), as_json=json_)
    asyncio.run(job.run(until_end=until_end))
