"""``dunghen rebuild``: ClickHouse anew from Kafka."""

from __future__ import annotations

from dunghen.rebuild.rebuilding import as_text, run_rebuild
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json


def rebuild(state: StateOption = None, json_: JsonOption = False) -> None:
    """Fill ClickHouse anew from Kafka, beside the old tables, and put it in their place.

    The stack must be stopped: Kafka is started for it. May be interrupted and run again.
    """
    done = run_rebuild(state)
    print(as_json(done) if json_ else as_text(done))
