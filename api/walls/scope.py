"""What a display shows: the smaller of what its key or reader may see and what its wall names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from api.access.reach import Reach, below
from dossiers.wire.reference import Reference


def narrowed_reach(reach: Reach, units: Iterable[str], reference: Reference) -> Reach:
    """``reach`` without what lies outside ``units`` and those below them; no units: all of it.

    Units form a tree, so of two subtrees one holds the other, or they share nothing."""
    wanted = frozenset(units)
    if not wanted:
        return reach
    if reach.whole:
        return replace(reach, whole=False, units=wanted, officer="")
    theirs, ours = below(reach.units, reference), below(wanted, reference)
    shared = (wanted & theirs) | (reach.units & ours)
    return replace(reach, units=shared, officer="")


def holds(units: Iterable[str], part: Iterable[str], reference: Reference) -> bool:
    """Whether ``part`` (not empty) lies within ``units`` and those below them."""
    inner = frozenset(part)
    return bool(inner) and inner <= below(units, reference)
