"""The names that reference data know, by what they are names of; and their keyed hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from dossiers.reference import Reference
from dossiers.text import folded

NameKind = Literal["unit", "officer", "step", "procedure"]
KINDS: tuple[NameKind, ...] = ("unit", "officer", "step", "procedure")


def _names(reference: Reference) -> Iterator[tuple[NameKind, str]]:
    """In this order, so that of names with one folded form the first stands for all."""
    for unit in reference.units:
        for text in (unit.id, unit.madonvi, unit.name, unit.short):
            yield "unit", text
    for officer in reference.officers:
        yield "officer", officer.id
        yield "officer", officer.name
    for procedure in reference.procedures:
        yield "procedure", procedure.id
        for step in procedure.steps:
            for text in (step.id, *step.aliases, step.name):
                yield "step", text


def known_names(reference: Reference) -> Mapping[NameKind, dict[str, str]]:
    """By kind: folded form (dossiers.text) to a name as the reference data write it. Ids, codes,
    short names and aliases are names as well. A procedure is known by its id alone."""
    found: dict[NameKind, dict[str, str]] = {kind: {} for kind in KINDS}
    for kind, text in _names(reference):
        if text:
            found[kind].setdefault(folded(text), text)
    return found


def with_hashes(reference: Reference, hash_of: Callable[[NameKind, str], str]) -> Reference:
    """``reference`` with the hashes of all names that it knows, for a time line whose doors let
    only known names pass. ``hash_of``: kind and folded name to the hash that a door sends."""
    hashed = {
        hash_of(kind, form): text
        for kind, names in known_names(reference).items()
        for form, text in names.items()
    }
    return msgspec.structs.replace(reference, hashed=hashed)
