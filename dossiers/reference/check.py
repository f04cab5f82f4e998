"""Whether reference data hangs together: every problem, with the entry and the field it is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from dossiers.reference.check_duties import (
    address_problems,
    duty_problems,
    overlap,
    source_problems,
)
from dossiers.reference.check_policies import policy_problems
from dossiers.reference.check_procedures import procedure_problems, version_problems
from dossiers.reference.problem import ReferenceProblem, Table, twice
from dossiers.text.identity import folded
from dossiers.text.kept_ids import IdForm, may_be_kept
from dossiers.wire.reference import Officer, Reference, Unit


def problems(reference: Reference) -> list[ReferenceProblem]:
    """Everything that is wrong with ``reference``, calendars aside (dossiers.reference.context)."""
    return [
        *_units(reference),
        *_officers(reference),
        *procedure_problems(reference),
        *version_problems(reference),
        *address_problems(reference),
        *duty_problems(reference),
        *source_problems(reference),
        *policy_problems(reference),
    ]


def _units(reference: Reference) -> Iterator[ReferenceProblem]:
    units = reference.units
    yield from twice("units", [unit.id for unit in units])
    ids = {unit.id for unit in units}
    calendars = {spec.name for spec in reference.calendars}
    for place, unit in enumerate(units):
        if unit.parent and unit.parent not in ids:
            text = f"there is no unit {unit.parent!r}: add it, or correct the parent"
            yield ReferenceProblem("units", (place,), "parent", text)
        if unit.calendar and unit.calendar not in calendars:
            known = ", ".join(sorted(calendars)) or "none"
            text = f"there is no calendar {unit.calendar!r} (there are: {known}): add its file"
            yield ReferenceProblem("units", (place,), "calendar", text)
        for name, at in (("x", unit.x), ("y", unit.y)):
            if at is not None and not 0 <= at <= 1:
                yield ReferenceProblem("units", (place,), name, f"{at:g} is not from 0 to 1")
        yield from _ending(place, unit, ids)
    yield from _same_madonvi(reference)
    after = {unit.id: unit.successor for unit in units if unit.ended and unit.successor in ids}
    yield from _circles("units", "successor", [unit.id for unit in units], after)
    above = {unit.id: unit.parent for unit in units if unit.parent in ids}
    yield from _circles("units", "parent", [unit.id for unit in units], above)


def _ending(place: int, unit: Unit, ids: set[str]) -> Iterator[ReferenceProblem]:
    """When a unit ends, and who goes on."""
    if unit.ended:
        try:
            date.fromisoformat(unit.ended)
        except ValueError:
            text = f"{unit.ended!r} is no date: write it as 2025-07-01"
            yield ReferenceProblem("units", (place,), "ended", text)
    if unit.successor and unit.successor not in ids:
        text = f"there is no unit {unit.successor!r}: add it, or correct the successor"
        yield ReferenceProblem("units", (place,), "successor", text)
    elif unit.successor and not unit.ended:
        text = "says who comes after the unit, but not when: write the day into ended"
        yield ReferenceProblem("units", (place,), "successor", text)
    elif unit.ended and not unit.successor:
        text = (
            "has no successor: its open dossiers stay with it, and nobody looks after them; name "
            "the unit that goes on with them"
        )
        yield ReferenceProblem("units", (place,), "ended", text, warning=True)


def _same_madonvi(reference: Reference) -> Iterator[ReferenceProblem]:
    """One code is one unit: else nobody could say which unit is above a dossier's own. Entrances
    keep it if it has the form of ids, and else a hash."""
    first: dict[str, str] = {}
    form = IdForm()
    for place, unit in enumerate(reference.units):
        if unit.madonvi and not may_be_kept(unit.madonvi, form):
            text = (
                f"{unit.madonvi!r} could be a person's number, or has not the form of ids: on a "
                "live timeline a hash stands for it, so the unit is not known by it as one above, "
                "or to which a dossier was handed; agree on another code with the sender"
            )
            yield ReferenceProblem("units", (place,), "madonvi", text, warning=True)
        if unit.madonvi and first.setdefault(unit.madonvi, unit.id) != unit.id:
            text = (
                f"{unit.madonvi!r} is the code of unit {first[unit.madonvi]!r} already: units "
                "below that one need none of their own"
            )
            yield ReferenceProblem("units", (place,), "madonvi", text)


def _officers(reference: Reference) -> Iterator[ReferenceProblem]:
    officers = reference.officers
    units = {unit.id for unit in reference.units}
    ids = {officer.id for officer in officers}
    same_id: dict[str, list[Officer]] = defaultdict(list)
    same_name: dict[tuple[str, str], list[Officer]] = defaultdict(list)
    for place, officer in enumerate(officers):
        if officer.unit and officer.unit not in units:
            text = f"there is no unit {officer.unit!r}: add it, or correct the officer"
            yield ReferenceProblem("officers", (place,), "unit", text)
        if officer.superior and officer.superior not in ids:
            text = f"there is no officer {officer.superior!r}: add them, or leave it empty"
            yield ReferenceProblem("officers", (place,), "superior", text)
        if officer.valid_to and officer.valid_to < officer.valid_from:
            text = f"{officer.valid_to} is before valid_from ({officer.valid_from})"
            yield ReferenceProblem("officers", (place,), "valid_to", text)
        if any(overlap(officer, other) for other in same_id[officer.id]):
            text = f"{officer.id!r} is there twice at one time: give each line days of its own"
            yield ReferenceProblem("officers", (place,), "id", text)
        key = (officer.unit, folded(officer.name))
        if any(overlap(officer, o) and o.id != officer.id for o in same_name[key]):
            text = (
                f"{officer.name!r} is there twice in this unit: if a sender gives names only, "
                "neither is matched"
            )
            yield ReferenceProblem("officers", (place,), "name", text, warning=True)
        same_id[officer.id].append(officer)
        same_name[key].append(officer)
    above = {officer.id: officer.superior for officer in officers if officer.superior in ids}
    yield from _circles("officers", "superior", [officer.id for officer in officers], above)


def _circles(
    table: Table, field: str, ids: Sequence[str], above: Mapping[str, str]
) -> Iterator[ReferenceProblem]:
    """Each circle once, at the first of its members."""
    told: set[str] = set()
    for place, id_ in enumerate(ids):
        chain: list[str] = []
        at: str | None = id_
        while at is not None and at not in chain and at not in told:
            chain.append(at)
            at = above.get(at)
        if at == id_ and chain:
            end = "go on" if field == "successor" else "be the top"
            text = f"{' → '.join([*chain, id_])} is a circle: one of them must {end}"
            yield ReferenceProblem(table, (place,), field, text)
            told |= set(chain)
