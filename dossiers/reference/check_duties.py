"""Whether duties, sources and own addresses hang together."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.reference.problem import ReferenceProblem, Table, twice
from dossiers.text.addresses import is_address
from dossiers.text.ids import is_id
from dossiers.wire.actions import DESK
from dossiers.wire.keys import is_scope
from dossiers.wire.reference import Officer, Reference

MOST_SOURCES = 1_000
_MOST_MINUTES = 10_080  # working minutes: three weeks of eight hours
_ALWAYS = "9999"  # as the last day of somebody who stays


def duty_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Who has a duty in a unit, and whether they are still there."""
    units = {unit.id for unit in reference.units}
    last_days: dict[str, str] = {}
    for officer in reference.officers:
        day = officer.valid_to or _ALWAYS
        last_days[officer.id] = max(day, last_days.get(officer.id, ""))
    staying = {
        (each.unit, each.duty)
        for each in reference.duties
        if last_days.get(each.officer) == _ALWAYS
    }
    seen = set()
    for place, each in enumerate(reference.duties):
        if each.unit not in units:
            text = f"there is no unit {each.unit!r}: add it, or correct the line"
            yield ReferenceProblem("duties", (place,), "unit", text)
        last = last_days.get(each.officer)
        if last is None:
            text = f"there is no officer {each.officer!r}: add them to officers.csv, or correct it"
            yield ReferenceProblem("duties", (place,), "officer", text)
        elif last != _ALWAYS:
            heir = (each.unit, each.duty) in staying
            then = "take this line out then" if heir else "name who has the duty from then on"
            text = f"{each.officer!r} leaves, the last day is {last}: {then}"
            yield ReferenceProblem("duties", (place,), "officer", text, warning=True)
        if each in seen:
            text = f"{each.officer!r} has this duty in {each.unit!r} on a line above already"
            yield ReferenceProblem("duties", (place,), "officer", text)
        seen.add(each)


def source_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Sources that must not fall silent."""
    yield from twice("sources", [source.id for source in reference.sources])
    if len(reference.sources) > MOST_SOURCES:
        text = f"there are {len(reference.sources):,} sources, and {MOST_SOURCES:,} can be watched"
        yield ReferenceProblem("sources", (MOST_SOURCES,), "id", text)
    calendars = {spec.name for spec in reference.calendars}
    for place, source in enumerate(reference.sources):
        if source.id and (not is_id(source.id) or is_scope(source.id) or source.id == DESK):
            text = f"{source.id!r} is no source: {DESK} and what begins as a scope is ours"
            yield ReferenceProblem("sources", (place,), "id", text)
        if not 1 <= source.minutes <= _MOST_MINUTES:
            text = f"{source.minutes} is not from 1 to {_MOST_MINUTES:,}"
            yield ReferenceProblem("sources", (place,), "minutes", text)
        if source.calendar and source.calendar not in calendars:
            known = ", ".join(sorted(calendars)) or "none"
            text = f"there is no calendar {source.calendar!r} (there are: {known}): add its file"
            yield ReferenceProblem("sources", (place,), "calendar", text)


def address_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Addresses of units and officers. At an officer's own nobody else may read: a link in a mail
    there acts in their name."""
    shared: dict[str, str] = {}
    for place, unit in enumerate(reference.units):
        if unit.supervisor_email:
            yield from _no_address("units", place, "supervisor_email", unit.supervisor_email)
            shared.setdefault(unit.supervisor_email.lower(), unit.id)
    own: dict[str, list[Officer]] = {}
    for place, officer in enumerate(reference.officers):
        if not officer.email:
            continue
        yield from _no_address("officers", place, "email", officer.email)
        address = officer.email.lower()
        if address in shared:
            text = (
                f"{officer.email!r} is the mailbox of unit {shared[address]!r}: write the own one"
            )
            yield ReferenceProblem("officers", (place,), "email", text)
        others = own.setdefault(address, [])
        other = next((o.id for o in others if o.id != officer.id and overlap(o, officer)), "")
        if other:
            text = f"{officer.email!r} is the address of {other!r} already: each has their own"
            yield ReferenceProblem("officers", (place,), "email", text)
        others.append(officer)


def _no_address(table: Table, place: int, field: str, text: str) -> Iterator[ReferenceProblem]:
    if not is_address(text):
        yield ReferenceProblem(table, (place,), field, "is no e-mail address")


def overlap(one: Officer, other: Officer) -> bool:
    """Whether two lines of officers.csv count on one day at least."""
    return one.valid_from <= (other.valid_to or _ALWAYS) and other.valid_from <= (
        one.valid_to or _ALWAYS
    )
