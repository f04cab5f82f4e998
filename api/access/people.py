"""Persons of the simulated city that a newcomer may look as: some that are likely to have work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.access.principal import Role
from dossiers.wire.reference import Officer, Reference, Unit

HEADS = ("lãnh đạo", "chủ tịch", "giám đốc", "trưởng")  # of positions, in small letters
_WITHOUT_PERSON: tuple[Role, ...] = ("reform_office", "leader", "public")


@dataclass(frozen=True)
class Person:
    """``role`` with what goes with it. ``officer``: None for a role without a person; ``unit``:
    which a supervisor heads, where an officer works. ``value``: as a form sends it."""

    role: Role
    unit: Unit | None = None
    officer: Officer | None = None

    @property
    def value(self) -> str:
        """``role`` or ``role:OFFICER``."""
        return self.role if self.officer is None else f"{self.role}:{self.officer.id}"


def is_head(officer: Officer) -> bool:
    """Whether an officer heads the unit: so it says of the position."""
    position = officer.position.casefold()
    return position.startswith(HEADS)


def person_of(officer: Officer, reference: Reference) -> Person:
    """A head as the supervisor of the own unit, anybody else as an officer."""
    unit = next((unit for unit in reference.units if unit.id == officer.unit), None)
    return Person("supervisor" if is_head(officer) and unit else "officer", unit, officer)


def read_person(value: str, reference: Reference) -> Person | None:
    """The person that a form names; None if there is none."""
    role, _, id_ = value.partition(":")
    if not id_:
        return next((Person(each) for each in _WITHOUT_PERSON if each == role), None)
    officer = next((each for each in reference.officers if each.id == id_), None)
    found = None if officer is None else person_of(officer, reference)
    return found if found is not None and found.role == role else None


def suggested(reference: Reference, load: Callable[[str], int]) -> list[Person]:
    """Head of a commune, an officer there, head of a department, reform office, leader, public.
    ``load``: how much a scope (``unit:ID``, ``officer:ID``) has to do; most is chosen, since an
    empty page teaches little."""
    heads = {officer.unit: officer for officer in reversed(reference.officers) if is_head(officer)}
    found: list[Person] = []
    for kind in ("commune", "department"):
        units = [u for u in reference.units if u.kind == kind and u.id in heads and not u.ended]
        if not units:
            continue
        unit = max(units, key=lambda u: (load(f"unit:{u.id}"), u.id))
        found.append(Person("supervisor", unit, heads[unit.id]))
        if kind == "commune":
            found += _busiest(unit, reference.officers, load)
    return [*found, *map(Person, _WITHOUT_PERSON)]


def _busiest(unit: Unit, officers: Iterable[Officer], load: Callable[[str], int]) -> list[Person]:
    staff = [each for each in officers if each.unit == unit.id and not is_head(each)]
    if not staff:
        return []
    return [Person("officer", unit, max(staff, key=lambda o: (load(f"officer:{o.id}"), o.id)))]
