"""What came by in a log: names for the reference data, and counts."""

from __future__ import annotations

from dataclasses import dataclass, field

# Reference data is one record: beyond this many bytes of it, names are counted only. A name stands
# there up to three times, with about so much around it.
MOST_NAMES, _TIMES, _AROUND = 2_500_000, 3, 90


@dataclass
class Seen:
    """``unnamed``: rows whose unit or officer found no room in the reference data."""

    units: set[str] = field(default_factory=set)
    officers: set[str] = field(default_factory=set)
    dossiers: int = 0
    duplicates: int = 0
    ended: int = 0
    unnamed: int = 0
    _room: int = MOST_NAMES

    def unit(self, name: str) -> None:
        if name and name not in self.units:
            self._add(self.units, name)

    def officer(self, name: str) -> None:
        if name and name not in self.officers:
            self._add(self.officers, name)

    def _add(self, names: set[str], name: str) -> None:
        size = _TIMES * len(name.encode()) + _AROUND
        if size > self._room:
            self.unnamed += 1
            return
        self._room -= size
        names.add(name)
