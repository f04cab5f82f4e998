"""Which unit a madonvi is, and which madonvi a unit has: column ``madonvi`` of units.csv."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.reference.matching import Directory
from dossiers.wire.reference import Reference


class Codes:
    """Of one version of the reference data. ``any``: whether any unit has a madonvi at all."""

    def __init__(self, reference: Reference, directory: Directory) -> None:
        self._directory = directory
        self._hashed = reference.hashed
        self._parents = {unit.id: unit.parent for unit in reference.units}
        self._codes = {unit.id: unit.madonvi for unit in reference.units if unit.madonvi}
        self._units = {code: unit for unit, code in reversed(self._codes.items())}
        self.any = bool(self._codes)

    def unit(self, text: str) -> str:
        """The id of the unit that a record calls so: by its id, its madonvi or its name; else the
        text."""
        text = self._hashed.get(text, text)
        if text in self._parents:
            return text
        return self._units.get(text) or self._directory.unit(text)

    def madonvi(self, text: str) -> str:
        """Of the unit, or else of the nearest one above it that has one; "" if none has."""
        return next((self._codes[u] for u in self._upwards(text) if u in self._codes), "")

    def is_above(self, madonvi: str, text: str) -> bool:
        """Whether the unit with this madonvi is above the unit, and not the unit itself."""
        chain = list(self._upwards(text))
        return any(self._codes.get(unit) == madonvi for unit in chain[1:])

    def _upwards(self, text: str) -> Iterator[str]:
        """The unit, its parent and so on; a circle in the data ends the walk."""
        unit = self.unit(text)
        seen: set[str] = set()
        while unit and unit not in seen:
            yield unit
            seen.add(unit)
            unit = self._parents.get(unit, "")
