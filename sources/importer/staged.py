"""A row as it waits on disk to be sorted."""

from __future__ import annotations

from typing import NamedTuple

# What a row is besides its values.
ENDS, TOLD, BARE, OPEN, REOPENS = 1, 2, 4, 8, 16
NO_TIME = -1  # of a trace without events: it comes before all rows of its dossier


class StagedRow(NamedTuple):
    """A row that can be used; times in ms, None if the log says nothing. Column order of the
    staging table. ``marks``: ENDS: its activity ends the dossier; TOLD: a dead letter tells of it;
    BARE: a trace without events, at NO_TIME; OPEN: its activity is not complete; REOPENS: after its
    activity an ended dossier goes on. ``traits``: what it says of them, as JSON; empty: nothing."""

    dossier: str
    at: int
    number: int
    digest: bytes
    activity: str
    officer: str
    responsible: str
    unit: str
    received: int | None
    due: int | None
    finished: int | None
    marks: int
    traits: bytes = b""
