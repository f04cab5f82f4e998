"""A dossier judged as a whole: its course, how it stands, who held it, and whose hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from dossiers.attribution import Attribution, attribute
from dossiers.calendar import Calendar
from dossiers.context import Context
from dossiers.course import Course
from dossiers.fold import elementary, fold
from dossiers.holdings import Holding, Stop, holdings_of, stops_of
from dossiers.in_force import InForce
from dossiers.records import Fact
from dossiers.standing import Standing, standing_at


class Case(NamedTuple):
    """``facts``: in order, without those taken back, snapshots as what they say. ``end`` (ms): the
    finish, or now. ``holdings`` is empty before the reception; ``attribution`` is None where there
    is no due time to be late by. ``calendar``: the one that made the due time."""

    facts: list[Fact]
    course: Course
    standing: Standing
    end: int
    stops: list[Stop]
    holdings: list[Holding]
    attribution: Attribution | None
    calendar: Calendar


def case_in_force(facts: Sequence[Fact], now: int, in_force: InForce) -> Case:
    """As ``case_of``, by the reference data of the dossier's end, or of ``now`` if it is open."""
    case = case_of(facts, now, in_force.at(now))
    if in_force.single or case.course.finished_at is None:
        return case
    return case_of(facts, now, in_force.at(case.course.finished_at))


def case_of(facts: Sequence[Fact], now: int, context: Context) -> Case:
    """Judge a dossier with ``facts`` (in order) at ``now`` (ms)."""
    valid = elementary(facts, context)
    course = fold(facts, context)
    end = course.finished_at if course.finished_at is not None else now
    stops = stops_of(valid, context, end, course.received_at)
    calendar = context.calendar_named(course.calendar)
    standing = standing_at(course, now, context)
    start = course.received_at
    holdings: list[Holding] = []
    found: Attribution | None = None
    if start is not None and end >= start and course.outcome != "refused":
        named = [_with_step_id(fact, course.procedure, context) for fact in valid]
        holdings = holdings_of(named, start, end)
        if course.due_at is not None:
            if course.restarted_at is not None:
                # Nobody is charged for the time before the limit began anew.
                holdings = holdings_of(named, max(start, course.restarted_at), end)
            limits = context.step_limits(course.procedure, course.calendar)
            due = course.due_at
            if standing.breached_at is None:
                due = context.breach_at(due, start)  # by its date it is in time: nobody is charged
            found = attribute(holdings, stops, due, calendar, limits)
    return Case(valid, course, standing, end, stops, holdings, found, calendar)


def _with_step_id(fact: Fact, procedure: str, context: Context) -> Fact:
    """Holdings of one step are the same step's however each of them was called."""
    step = context.step_id(procedure, fact.step)
    return fact if step == fact.step else msgspec.structs.replace(fact, step=step)
