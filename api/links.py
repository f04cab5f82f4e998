"""Paths of plain pages that answers link to."""

from __future__ import annotations

from urllib.parse import quote


def page_of(unit: str) -> str:
    """Path of the plain page with a unit's overdue dossiers."""
    return f"/overdue/{quote(unit or 'unknown', safe='')}"
