"""A dossier judged as a whole: its course, how it stands, who held it, and whose hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from dossiers.fold.folding import elementary, fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.attribution import Attribution, attribute
from dossiers.reports.holdings import Holding, Stop, holder_at, holdings_of, stops_of
from dossiers.reports.passing_on import passed_on
from dossiers.time.calendar import Calendar
from dossiers.time.limits import portal_due
from dossiers.wire.course import Course
from dossiers.wire.facts import Fact, ProgressedFact, SnapshotFact
from dossiers.wire.standing import Standing


class JudgedCase(NamedTuple):
    """``facts``: in order, without those taken back, snapshots as what they say. ``end`` (ms): the
    finish, or now. ``holdings``: the whole life, empty before the reception, and of what ended
    before it; ``attribution`` is None there, of refused ones, and if there is no due time to be
    late by. ``passed_by``: which unit held it when the due time passed, "" if it has not.
    ``calendar``: the one that made the due time. ``unit``: for which it counts."""

    facts: list[Fact]
    course: Course
    standing: Standing
    end: int
    stops: list[Stop]
    holdings: list[Holding]
    attribution: Attribution | None
    passed_by: str
    calendar: Calendar
    unit: str


def case_in_force(
    facts: Sequence[Fact],
    now: int,
    in_force: InForce,
    present: Context | None = None,
    until: int | None = None,
) -> JudgedCase:
    """As ``case_of``, by the reference data of the dossier's end, or by ``present`` if it is open:
    that of ``now``, unless another is given."""
    case = case_of(facts, now, present or in_force.at(now), until)
    if in_force.single or case.course.finished_at is None:
        return case
    return case_of(facts, now, in_force.at(case.course.finished_at), until)


def case_of(
    facts: Sequence[Fact], now: int, context: Context, until: int | None = None
) -> JudgedCase:
    """Judge a dossier with ``facts`` (in order) at ``now`` (ms); by what is dated before ``until``
    (ms) alone, whenever a portal's snapshot told it."""
    if until is not None:
        facts = _before(until, facts, context)
    valid = elementary(facts, context)
    course = fold(facts, context)
    end = course.finished_at if course.finished_at is not None else now
    stops = stops_of(valid, context, end, course.received_at)
    calendar = context.calendar_named(course.calendar)
    standing = standing_at(course, now, context)
    start, due = course.received_at, course.due_at
    holdings: list[Holding] = []
    found: Attribution | None = None
    unit = context.present_unit(course.unit)
    passed_by = "" if standing.breached_at is None else unit
    if start is not None and end >= start:
        limits = context.step_limits(course.procedure, course.calendar)
        told = [_as_told(fact, course, context) for fact in valid]
        in_known = [_in_known_step(fact, limits) for fact in told]
        holdings = holdings_of(in_known, start, end)
        if not any(h.step in limits for h in holdings):
            in_known, holdings = told, holdings_of(told, start, end)
        holdings = passed_on(holdings, context.ended)
        if due is not None and standing.verdict != "refused":
            due = _gone_after(due, start, context)
            mine, again = holdings, course.restarted_at
            if again is not None:  # nobody is charged for the time before the limit began anew
                mine = holdings_of(in_known, min(max(start, again), end), end)
                mine = passed_on(mine, context.ended)
            found = attribute(mine, stops, due, calendar, limits)
            if standing.breached_at is not None:
                passed_by = holder_at(holdings, due).unit
    return JudgedCase(
        valid, course, standing, end, stops, holdings, found, passed_by, calendar, unit
    )


def _before(until: int, facts: Sequence[Fact], context: Context) -> list[Fact]:
    found = [fact for fact in facts if fact.occurred_at < until or isinstance(fact, SnapshotFact)]
    if any(fact.occurred_at >= until for fact in found):
        found = [fact for fact in elementary(found, context) if fact.occurred_at < until]
    return found


def _as_told(fact: Fact, course: Course, context: Context) -> Fact:
    """Holdings of one step are the same step's however each of them was called. A portal's date
    without a time means closing time, as of any due time."""
    step = context.step_id(course.procedure, fact.step)
    if step != fact.step:
        fact = msgspec.structs.replace(fact, step=step)
    if not isinstance(fact, ProgressedFact) or fact.step_due_at is None:
        return fact
    rules = context.rules_at(course.received_at)
    due = portal_due(fact.step_due_at, context.calendar_named(course.calendar), rules)
    return msgspec.structs.replace(fact, step_due_at=due)


def _in_known_step(fact: Fact, limits: Mapping[str, int]) -> Fact:
    """A step that the procedure does not know is as good as none: the one before it goes on."""
    return fact if fact.step in limits or not fact.step else msgspec.structs.replace(fact, step="")


def _gone_after(due: int, received_at: int, context: Context) -> int:
    """From when on (ms) a dossier is late: the due time or, if dates are compared, the end of
    its day."""
    by_date = context.rules_at(received_at).on_time_by == "date"
    return context.breach_at(due, received_at) + 1 if by_date else due
