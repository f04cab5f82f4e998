"""Persons of the simulated city that somebody at its machine may look as."""

from __future__ import annotations

from dataclasses import dataclass

from api.access.people import Person, suggested
from api.live.view import Picture
from api.pages.words import Words


@dataclass(frozen=True)
class PersonChoice:
    """One button. ``value``: as the form sends it; ``text``: who; ``note``: what they are."""

    value: str
    text: str
    note: str


def suggested_people(view: Picture, words: Words) -> tuple[PersonChoice, ...]:
    """Some that are likely to have work on their desks."""
    people = suggested(view.reference, lambda scope: view.value(scope, "due_soon"))
    return tuple(choice_of(person, words) for person in people)


def choice_of(person: Person, words: Words) -> PersonChoice:
    """A person as a button. In full: they are invented."""
    if person.officer is None:
        text, note = words(f"act_{person.role}"), words(f"act_{person.role}_note")
        return PersonChoice(person.value, text, note)
    unit = "" if person.unit is None else person.unit.name
    key = "act_head_of" if person.role == "supervisor" else "act_officer_of"
    return PersonChoice(person.value, person.officer.name, words(key, unit=unit))
