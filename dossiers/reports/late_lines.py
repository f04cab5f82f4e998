"""A month of a late list."""

from __future__ import annotations

from typing import NamedTuple


class Month(NamedTuple):
    """``name``: YYYY-MM. ``start`` and ``end`` (ms): local midnights, the end outside."""

    name: str
    start: int
    end: int
