"""``dunghen config``: every setting with its origin."""

from __future__ import annotations

import json

from rich.table import Table

from dunghen.settings.flags import GIVEN
from dunghen.settings.loading import load
from dunghen.terminal.options import JsonOption
from dunghen.terminal.output import results


def config(json_: JsonOption = False) -> None:
    """Print every setting, where its value comes from, and what it means."""
    loaded = load({}, GIVEN.config)
    rows = list(loaded.rows())
    if json_:
        found = {
            row.name: {
                "value": row.value,
                "origin": row.origin,
                "variable": row.variable,
                "description": row.description,
            }
            for row in rows
        }
        print(json.dumps(found, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", "origin", "meaning"):
        table.add_column(title, overflow="fold")
    for row in rows:
        style = "" if row.origin == "default" else "bold"
        value = "" if row.value is None else str(row.value)
        table.add_row(row.name, value, row.origin, row.description, style=style)
    console = results()
    console.print(table)
    source = loaded.file or "none (./dunghen.toml, or --config FILE)"
    console.print(f"\nFile: {source}. Environment: DUNGHEN_SECTION_NAME.", highlight=False)
