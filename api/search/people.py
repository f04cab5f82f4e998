"""Persons of a simulated city by name, id, position or unit, for whoever wants to look as one."""

from __future__ import annotations

import asyncio

from api.access.people import Person, is_head, person_of
from api.search.index import NameIndex, Searchable
from dossiers.wire.reference import Reference

MOST = 24


class PeopleSearch:
    """Keeps the index of one version of the reference data. Names in full: people of a simulation
    are invented."""

    def __init__(self) -> None:
        self._index: tuple[Reference, NameIndex] | None = None

    async def find(self, reference: Reference, typed: str) -> list[Person]:
        """At most MOST, heads of units first. In a thread: see ``api.search.service``."""
        return await asyncio.to_thread(self._find, reference, typed)

    def _find(self, reference: Reference, typed: str) -> list[Person]:
        if self._index is None or self._index[0] is not reference:
            self._index = (reference, _index_of(reference))
        hits = self._index[1].find(typed, MOST)
        officers = {officer.id: officer for officer in reference.officers}
        found = [officers[hit.entry.id] for hit in hits]
        found.sort(key=lambda officer: not is_head(officer))
        return [person_of(officer, reference) for officer in found]


def _index_of(reference: Reference) -> NameIndex:
    units = {unit.id: unit.name for unit in reference.units}
    return NameIndex(
        Searchable(
            "officer", each.id, f"{each.name} {each.position} {units.get(each.unit, '')}", each.unit
        )
        for each in reference.officers
    )
