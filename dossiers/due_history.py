"""How a due time came about: every value it had, what set it, and under which rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from dossiers.context import Context
from dossiers.due_steps import DueStep, explain_due, explain_resume, explain_same_day
from dossiers.fold import Course, extend
from dossiers.records import Fact

Rule = Literal[
    "appointment",  # the sender's own date
    "limit",  # reception + limit, on the unit's calendar
    "stop",  # moved by the time the clock stood
    "restart",  # the limit began again when the clock did
    "new_appointment",  # the sender's date after a supplement: replaces our own shift
    "extension",
    "correction",
]


class DueChange(msgspec.Struct, frozen=True, kw_only=True):
    """The due time became ``due_at`` at ``at`` (ms). ``was``: the one before, None if there was
    none. ``steps``: every addition on the way, where it was computed here. ``rewrite``: the change
    came too late to be innocent. ``calendar``: version of the one it was computed by."""

    at: int
    due_at: int | None
    was: int | None
    rule: Rule
    event_id: str
    calendar: str = ""
    rewrite: bool = False
    steps: tuple[DueStep, ...] = ()


def due_history(facts: Sequence[Fact], context: Context) -> list[DueChange]:
    """Every change of the due time of a dossier with ``facts`` (in order, none voided)."""
    course = Course()
    found: list[DueChange] = []
    for fact in facts:
        was, stopped_at = course.due_at, course.stopped_at
        late_news = course.outcome != "" or (was is not None and fact.occurred_at > was)
        course = extend(course, fact, context)
        if course.due_at == was:
            continue
        rule = _rule(fact, context)
        steps = _steps(rule, fact, course, was, stopped_at, context)
        found.append(
            DueChange(
                at=fact.occurred_at,
                due_at=course.due_at,
                was=was,
                rule=rule,
                event_id=fact.event_id,
                calendar=context.calendar_named(course.calendar).version if steps else "",
                rewrite=fact.kind == "due_set" and (rule == "correction" or late_news),
                steps=tuple(steps),
            )
        )
    return found


def _rule(fact: Fact, context: Context) -> Rule:
    if fact.kind == "received":
        return "appointment" if fact.due_at is not None else "limit"
    if fact.kind == "due_set":
        if fact.text in ("appointed", "supplement"):  # what a portal's snapshot says
            return "appointment" if fact.text == "appointed" else "new_appointment"
        return "extension" if fact.text == "extension" else "correction"
    if fact.due_at is not None:
        return "new_appointment"
    return "restart" if context.rules.stop_mode == "restart" else "stop"


def _steps(
    rule: Rule, fact: Fact, course: Course, was: int | None, stopped_at: int | None,
    context: Context,
) -> list[DueStep]:  # fmt: skip
    """Every addition to a due time that was computed, not sent."""
    calendar = context.calendar_named(course.calendar)
    if rule in ("limit", "restart"):
        if course.limit is not None:
            return explain_due(fact.occurred_at, course.limit, calendar, context.rules)
        return explain_same_day(fact.occurred_at, calendar, context.rules)
    if rule == "stop" and was is not None and stopped_at is not None:
        unit = course.limit.unit if course.limit is not None else ""
        return explain_resume(was, stopped_at, fact.occurred_at, unit, calendar, context.rules)
    return []
