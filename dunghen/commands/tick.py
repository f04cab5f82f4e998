"""``dunghen tick``: the clock of a live timeline."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from dunghen.settings.installation import Installation
from dunghen.terminal.logs import configure
from dunghen.terminal.options import StateOption
from dunghen.timeline.current import require_timeline
from sources.publisher import Publisher
from sources.ticker import Ticker
from sources.ticks import last_ticks


def tick(
    state: StateOption = None,
    accept_clock: Annotated[
        bool,
        typer.Option("--accept-clock", help="The clock is right although it jumped."),
    ] = False,
) -> None:
    """Publish the time once a second in every partition (part of `up`)."""
    configure()
    installation = Installation.find(state)
    timeline = require_timeline(installation, "live")
    kafka = installation.kafka
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Publisher(kafka, timeline.partitions) as publisher:
        last = last_ticks(kafka, timeline.partitions)
        Ticker(
            publisher,
            last,
            accept_clock=accept_clock,
            interval=installation.settings.live.tick_seconds,
        ).run(stop)
