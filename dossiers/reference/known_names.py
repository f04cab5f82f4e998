"""The names that reference data knows, by what they are names of; and their keyed hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from dossiers.text.identity import folded
from dossiers.wire.reference import Reference

NameKind = Literal["unit", "officer", "step", "procedure"]
KINDS: tuple[NameKind, ...] = ("unit", "officer", "step", "procedure")


class Known(NamedTuple):
    """Of one kind. ``names``: folded form (dossiers.text.identity) to the first name that has it;
    ids, codes, short names and aliases are names as well. ``written``: all of them. ``any_case``:
    folded forms of those that are found whatever their case and spacing
    (dossiers.reference.matching); ids of units, officers and procedures are found as they are
    written alone."""

    names: dict[str, str]
    written: set[str]
    any_case: set[str]


def _names(reference: Reference) -> Iterator[tuple[NameKind, str, bool]]:
    """In this order, so that of names with one folded form the first stands for all; and whether
    it is found in any case."""
    for unit in reference.units:
        yield "unit", unit.id, False
        yield "unit", unit.madonvi, False
        yield "unit", unit.name, True
        yield "unit", unit.short, True
    for officer in reference.officers:
        yield "officer", officer.id, False
        yield "officer", officer.name, True
    for procedure in reference.procedures:
        yield "procedure", procedure.id, False
        for step in procedure.steps:
            for text in (step.id, *step.aliases, step.name):
                yield "step", text, True


def nothing_known() -> dict[NameKind, Known]:
    """As of no reference data."""
    return {kind: Known({}, set(), set()) for kind in KINDS}


def known_names(reference: Reference) -> Mapping[NameKind, Known]:
    """By kind. A procedure is known by its id alone."""
    found = nothing_known()
    for kind, text, any_case in _names(reference):
        if text:
            form, known = folded(text), found[kind]
            known.names.setdefault(form, text)
            known.written.add(text)
            if any_case:
                known.any_case.add(form)
    return found


def with_hashes(reference: Reference, hash_of: Callable[[NameKind, str], str]) -> Reference:
    """``reference`` with the hashes of all names that it knows, for a timeline whose entrances let
    only known names pass. ``hash_of``: kind and folded name to the hash that an entrance sends."""
    hashed = {
        hash_of(kind, form): text
        for kind, known in known_names(reference).items()
        for form, text in known.names.items()
    }
    return msgspec.structs.replace(reference, hashed=hashed)
