"""Pieces of XES logs."""

from __future__ import annotations

COLUMNS = {
    "dossier": "case:concept:name",
    "activity": "concept:name",
    "time": "time:timestamp",
    "received": "case:from",
    "due": "case:due",
}


def attribute(key: str, value: str) -> str:
    return f'<string key="{key}" value="{value}"/>'


def event(activity: str = "x", time: str = "2020-01-01T08:00:00Z") -> str:
    return (
        f"<event>{attribute('concept:name', activity)}{attribute('time:timestamp', time)}</event>"
    )


def trace(name: str, *content: str) -> str:
    return f"<trace>{attribute('concept:name', name)}{''.join(content)}</trace>\n"
