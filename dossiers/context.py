"""Reference data made ready for use: calendar, ancestors of units, limits of procedures."""

from __future__ import annotations

from functools import lru_cache

from dossiers.calendar import HOUR, Calendar, calendar_of
from dossiers.events import Limit
from dossiers.records import ALL, officer_scope, unit_scope
from dossiers.reference import Reference, content_hash

UNKNOWN = "unknown"


class Context:
    """One version of the reference data, compiled. ``hash`` names it in every state it made."""

    def __init__(self, reference: Reference, hash_: str | None = None) -> None:
        self.reference = reference
        self.hash = hash_ or content_hash(reference)
        self.rules = reference.rules
        self.calendar: Calendar = calendar_of(reference.calendar, reference.timezone)
        self.due_soon = self.rules.due_soon_hours * HOUR
        self.late_reception = self.rules.late_reception_hours * HOUR
        self._limits = {p.id: p.limit for p in reference.procedures if p.limit is not None}
        self._parents = {u.id: u.parent for u in reference.units if u.parent}
        self._scopes: dict[tuple[str, str], tuple[str, ...]] = {}
        # Every event of a dossier asks again for the same due time.
        self.reminders = lru_cache(maxsize=100_000)(self._reminders)

    def _reminders(self, due_at: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        """When a dossier due at ``due_at`` becomes due soon, and when each alert level (working
        hours left) is reached, in ms."""
        before = self.calendar.subtract
        levels = tuple((h, before(due_at, h * HOUR)) for h in sorted(self.rules.alert_hours))
        return before(due_at, self.due_soon), levels

    def limit_of(self, procedure: str) -> Limit | None:
        """The procedure's limit, else the one that holds for all, else None."""
        return self._limits.get(procedure, self.reference.limit)

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """Parent, its parent and so on; a circle in the data ends the walk."""
        found: list[str] = []
        seen = {unit}
        while (parent := self._parents.get(unit)) is not None and parent not in seen:
            found.append(parent)
            seen.add(parent)
            unit = parent
        return tuple(found)

    def scopes(self, unit: str, officer: str) -> tuple[str, ...]:
        """Every scope in which a dossier held by ``officer`` of ``unit`` counts."""
        key = (unit, officer)
        scopes = self._scopes.get(key)
        if scopes is None:
            units = (unit or UNKNOWN, *self.ancestors(unit))
            scopes = (ALL, *(unit_scope(u) for u in units), officer_scope(officer or UNKNOWN))
            self._scopes[key] = scopes
        return scopes
