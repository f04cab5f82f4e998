"""Whether procedures, their steps and the rule versions hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

from dossiers.reference.problem import ReferenceProblem, twice
from dossiers.text.identity import folded
from dossiers.time.hours import HOUR, NOMINAL_HOURS, CalendarError, counts_by_clock, week_segments
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Procedure, Reference

# The most working days that a limit of one such unit can have in it.
_MOST_DAYS = {"working_days": 1, "days": 1, "months": 23}


def procedure_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Of procedures and their steps."""
    yield from twice("procedures", [each.id for each in reference.procedures])
    day = _longest_day(reference)
    holders = {unit.id for unit in reference.units} | {o.position for o in reference.officers}
    for place, procedure in enumerate(reference.procedures):
        limit = procedure.limit or reference.limit
        if limit is None and not procedure.same_day:
            text = "has no limit, and reference.toml none for all: its dossiers are never late"
            yield ReferenceProblem("procedures", (place,), "limit", text, warning=True)
        if procedure.limit is not None and procedure.limit.amount <= 0:
            yield ReferenceProblem("procedures", (place,), "limit", "must be more than 0")
        if procedure.same_day and procedure.limit is not None:
            text = "is for the same day, which outranks this limit: leave one of them out"
            yield ReferenceProblem("procedures", (place,), "limit", text, warning=True)
        yield from _aliases(place, procedure)
        seen: set[str] = set()
        total = 0.0
        for number, step in enumerate(procedure.steps):
            if step.id in seen:
                text = f"{step.id!r} is there twice in procedure {procedure.id!r}"
                yield ReferenceProblem("steps", (place, number), "step", text)
            seen.add(step.id)
            if step.hours <= 0:
                yield ReferenceProblem("steps", (place, number), "hours", "must be more than 0")
            if step.holder and step.holder not in holders and reference.officers:
                text = f"{step.holder!r} is neither a unit nor the position of an officer"
                yield ReferenceProblem("steps", (place, number), "holder", text, warning=True)
            total += step.hours
        most = day if procedure.same_day else _most_hours(limit, day)
        if most is not None and total > most:
            text = (
                f"the steps of {procedure.id!r} take {total:g} hours and its limit {most:g}: the "
                "limit outranks them, so they are scaled down"
            )
            last = (place, len(procedure.steps) - 1)
            yield ReferenceProblem("steps", last, "hours", text, warning=True)


def _aliases(place: int, procedure: Procedure) -> Iterator[ReferenceProblem]:
    """An alias names one step: no other of the procedure has it as alias, id or name."""
    owners: dict[str, set[str]] = defaultdict(set)
    for step in procedure.steps:
        for text in (step.id, step.name, *step.aliases):
            owners[folded(text)].add(step.id)
    for number, step in enumerate(procedure.steps):
        for alias in step.aliases:
            others = sorted(owners[folded(alias)] - {step.id})
            if others:
                text = f"{alias!r} names step {others[0]!r}, too: leave it to one of the two"
                yield ReferenceProblem("steps", (place, number), "aliases", text)


def _longest_day(reference: Reference) -> float:
    """The most hours of a step that are one working day somewhere: more than the nominal ones only
    if hours count by the clock."""
    found: float = NOMINAL_HOURS
    for spec in (reference.calendar, *reference.calendars):
        if spec.kind == "24x7":
            return 24
        with suppress(CalendarError):  # dossiers.reference.context says what is wrong
            week = week_segments(spec.hours, spec.name)
            if counts_by_clock(week):
                found = max(found, *(sum(b - a for a, b in day) / HOUR for day in week))
    return found


def _most_hours(limit: Limit | None, day: float) -> float | None:
    """Nominal working hours in the limit; of calendar days the most there can be."""
    if limit is None or limit.unit == "hours":
        return None if limit is None else limit.amount
    return limit.amount * _MOST_DAYS[limit.unit] * day


def version_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Of rule versions and the limits that they have."""
    procedures = {procedure.id for procedure in reference.procedures}
    before = ""
    yield from twice("rule_versions", [v.name for v in reference.rule_versions], "name")
    for place, version in enumerate(reference.rule_versions):
        if version.since <= before:
            text = f"{version.since} is not after {before}: put the versions in order"
            yield ReferenceProblem("rule_versions", (place,), "since", text)
        before = version.since
        for procedure, limit in version.limits.items():
            if procedure not in procedures:
                text = f"there is no procedure {procedure!r}: add it, or correct the version"
                yield ReferenceProblem("rule_versions", (place,), "limits", text)
            if limit.amount <= 0:
                text = f"the limit of {procedure!r} must be more than 0"
                yield ReferenceProblem("rule_versions", (place,), "limits", text)
