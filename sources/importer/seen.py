"""What came by in a log: names for the reference data, and counts."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

# Reference data is one record, of at most 8 MB: beyond this many bytes of it, names are counted
# only. A name stands there up to three times, with less than so much around it.
MOST_NAMES, _TIMES, _AROUND = 6_500_000, 3, 90
_MOST_ACTIVITIES = 1_000_000  # characters of all their names


@dataclass
class Activities:
    """Names of activities; ``full`` if there are more than are remembered."""

    names: set[str] = field(default_factory=set)
    full: bool = False
    _room: int = _MOST_ACTIVITIES

    def note(self, name: str) -> None:
        """Remember an activity's name while there is room for it."""
        if name and name not in self.names:
            self._room -= len(name)
            self.full = self._room < 0
            if not self.full:
                self.names.add(name)


@dataclass
class SeenNames:
    """``unnamed``: rows whose unit or officer found no room in the reference data. ``days``: ends
    that a column gives, by day since 1970."""

    units: set[str] = field(default_factory=set)
    officers: set[str] = field(default_factory=set)
    activities: Activities = field(default_factory=Activities)
    dossiers: int = 0
    duplicates: int = 0
    ended: int = 0
    unnamed: int = 0
    days: dict[int, int] = field(default_factory=dict)
    _room: int = MOST_NAMES

    def unit(self, name: str) -> None:
        """Note a unit's name."""
        if name and name not in self.units:
            self._add(self.units, name)

    def officer(self, name: str) -> None:
        """Note an officer's name."""
        if name and name not in self.officers:
            self._add(self.officers, name)

    def end_on(self, at: int) -> None:
        """Note an end at ``at`` (ms) that a column gives."""
        day = at // 86_400_000
        self.days[day] = self.days.get(day, 0) + 1

    def _add(self, names: set[str], name: str) -> None:
        size = _TIMES * len(msgspec.json.encode(name)) + _AROUND
        if size > self._room:
            self.unnamed += 1
            return
        self._room -= size
        names.add(name)
