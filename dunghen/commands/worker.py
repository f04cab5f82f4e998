"""``dunghen worker``: the stream worker."""

from __future__ import annotations

from dunghen.settings.installation import Installation
from dunghen.terminal.logs import configure
from dunghen.terminal.options import StateOption
from dunghen.wiring import worker_config
from streams.worker import run_worker


def worker(state: StateOption = None) -> None:
    """Fold events into dossiers, tallies and alerts (part of `up`)."""
    configure()
    run_worker(worker_config(Installation.find(state)))
