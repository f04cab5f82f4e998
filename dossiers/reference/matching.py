"""Units, officers and steps by the names that senders give instead of ids: never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dossiers.text.identity import folded
from dossiers.wire.reference import Officer, Reference, Step


def serves(officer: Officer, day: str) -> bool:
    """Whether the officer is in office on ``day`` (ISO date): such dates compare as texts."""
    return officer.valid_from <= day and (not officer.valid_to or day <= officer.valid_to)


def longest(names: Iterable[str]) -> int:
    """Letters of the longest of these folded names."""
    return max(map(len, names), default=0)


def is_longer(text: str, most: int) -> bool:
    """Whether ``text``, in its identity form, is too long for a name of ``most`` letters: none is
    shorter than a third of it once it is folded. Folding one of a thousand letters costs more than
    a millisecond, for each fact, whenever its dossier is folded again."""
    return len(text) > 3 * most and len(" ".join(text.split())) > 3 * most


class Directory:
    """The names in one version of the reference data."""

    def __init__(self, reference: Reference) -> None:
        self._parents = {unit.id: unit.parent for unit in reference.units}
        self._units: dict[str, set[str]] = defaultdict(set)
        for unit in reference.units:
            for name in {unit.name, unit.short} - {""}:
                self._units[folded(name)].add(unit.id)
        self._officers: dict[str, list[Officer]] = defaultdict(list)
        for officer in reference.officers:
            self._officers[folded(officer.name)].append(officer)
        self._longest_unit, self._longest_officer = longest(self._units), longest(self._officers)

    def unit(self, text: str) -> str:
        """The id of the unit with that id or, if no other has it, that name; else ``text``."""
        if text in self._parents or is_longer(text, self._longest_unit):
            return text
        found = self._units.get(folded(text), set())
        return next(iter(found)) if len(found) == 1 else text

    def officer(self, unit: str, name: str, day: str) -> str | None:
        """The id of the one officer of that name in ``unit``, or else in the units below it, on
        ``day`` (ISO date).

        None if the unit is not known, nobody has the name then, or two have it.
        """
        if not unit or is_longer(name, self._longest_officer):
            return None
        named = [o for o in self._officers.get(folded(name), ()) if serves(o, day)]
        here = {o.id for o in named if o.unit == unit}
        found = here or {o.id for o in named if self._below(o.unit, unit)}
        return next(iter(found)) if len(found) == 1 else None

    def _below(self, unit: str, top: str) -> bool:
        """A circle in the data ends the walk."""
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            unit = self._parents.get(unit, "")
            if unit == top:
                return True
        return False


class StepNames:
    """What the steps of one procedure may be called: by id, else by alias, else by name, in that
    order and without case (dossiers.text.identity.folded). What two steps are called names
    neither."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._ids = {step.id: step.id for step in steps}
        self._folded: dict[str, str] = {}
        self._add((step.id, step.id) for step in steps)
        self._add((alias, step.id) for step in steps for alias in step.aliases)
        self._add((step.name, step.id) for step in steps)
        self._longest = longest(self._folded)

    def _add(self, named: Iterable[tuple[str, str]]) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for text, id_ in named:
            found[folded(text)].add(id_)
        for text, ids in found.items():
            if text and len(ids) == 1:
                self._folded.setdefault(text, *ids)

    def id_of(self, text: str) -> str:
        """The id of the step that ``text`` names, else ``text``."""
        if not text:
            return text
        found = self._ids.get(text)
        if found is None and is_longer(text, self._longest):
            return text
        return self._folded.get(folded(text), text) if found is None else found
