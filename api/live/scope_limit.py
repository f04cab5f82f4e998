"""How many scopes have figures: whoever sends dossiers may invent units and officers, and must not
fill the memory with them."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.wire.keys import ALL, officer_scope, unit_scope
from dossiers.wire.reference import Reference

MOST_SCOPES = 20_000  # units and officers that no reference data names, with figures


class ScopeLimit:
    """Whose figures are kept. ``most``: scopes that no reference data names."""

    def __init__(self, most: int = MOST_SCOPES) -> None:
        self._most = most
        self._listed: frozenset[str] | None = None  # None: there is no reference data yet
        self._others = 0

    def admit(self, scope: str) -> bool:
        """Whether figures of one more scope are kept; counts it if they are."""
        if self._listed is None or scope == ALL or scope in self._listed:
            return True
        if self._others >= self._most:
            return False
        self._others += 1
        return True

    def refer(self, references: Iterable[Reference], scopes: Iterable[str]) -> list[str]:
        """There is (other) reference data. The scopes, of those known, that are too many."""
        listed: set[str] = set()
        for reference in references:
            listed.update(unit_scope(unit.id) for unit in reference.units)
            listed.update(officer_scope(officer.id) for officer in reference.officers)
        self._listed = frozenset(listed)
        others = [scope for scope in scopes if scope != ALL and scope not in listed]
        self._others = min(len(others), self._most)
        return others[self._most :]
