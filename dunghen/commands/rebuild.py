"""``dunghen rebuild``: ClickHouse anew from Kafka."""

from __future__ import annotations

from dunghen.rebuild.rebuilding import Rebuilt, rebuild_installation
from dunghen.settings.installation import Installation
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json


def rebuild(state: StateOption = None, json_: JsonOption = False) -> None:
    """Fill ClickHouse anew from Kafka, beside the old tables, and put it in their place.

    The stack must be stopped: Kafka is started for it. May be interrupted and run again.
    """
    done = rebuild_installation(Installation.find(state), Terminal())
    print(as_json(done) if json_ else as_text(done))


def as_text(done: Rebuilt) -> str:
    """For a terminal."""
    width = max(map(len, done.tables))
    lines = []
    for table, rows in done.tables.items():
        kept = done.kept.get(table, 0)
        beside = f", {kept} of them from the old table" if kept else ""
        if table == "dossiers" and done.refolded:
            beside += f", {done.refolded} folded again from their events"
        lines.append(f"{table:<{width}}  {rows} rows{beside}")
    lines.append(f"Rebuilt in {done.seconds:.1f} s; `dunghen verify` recounts it.")
    return "\n".join(lines)
