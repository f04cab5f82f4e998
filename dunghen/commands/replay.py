"""``dunghen replay``: an event log becomes the live picture."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dossiers.errors import UserError
from dunghen.replay.replaying import Replaying
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

    def tell(result: dict[str, Any]) -> None:
        said = json.dumps(result, ensure_ascii=False) if json_ else as_text(result)
        print(said, flush=True)

    installation = Installation.of_kind(state, "replay", {"api.port": port})
    job = Replaying(installation, file, mapping, parse_speed(speed), tell)
    asyncio.run(job.run(until_end=until_end))


def parse_speed(text: str) -> float | None:
    """``max`` (None) or a number above 0. Raises UserError."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UserError(f"--speed {text} is neither max nor a number above 0.")
    return speed


def as_text(result: dict[str, Any]) -> str:
    """What ``dunghen.replay.result.replay_result`` gives, for people, in a few lines."""
    rows = {key: result[key].items() for key in ("events", "dossiers", "seconds")}
    return "\n".join(
        [
            f"as of {result['as_of'] or 'no time: nothing could be used'}",
            "events    " + "  ".join(f"{key} {value:,}" for key, value in rows["events"]),
            "dossiers  " + "  ".join(f"{key} {value:,}" for key, value in rows["dossiers"]),
            "time      " + "  ".join(f"{key} {value:.1f} s" for key, value in rows["seconds"]),
        ]
    )
