"""How a due time came about: every value it had, what set it, and under which rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from dossiers.context import Context
from dossiers.course import Course
from dossiers.due_steps import DueStep, explain_due, explain_resume, explain_same_day
from dossiers.fold import extend
from dossiers.in_force import InForce
from dossiers.records import Fact
from dossiers.reference import Rules

Rule = Literal[
    "appointment",  # the sender's own date
    "limit",  # reception + limit, on the unit's calendar
    "stop",  # moved by the time the clock stood
    "restart",  # the limit began again when the clock did
    "new_appointment",  # the sender's date after a supplement: replaces our own shift
    "extension",
    "correction",
    "reference",  # other reference data came into force while it was open
]


class DueChange(msgspec.Struct, frozen=True, kw_only=True):
    """The due time became ``due_at`` at ``at`` (ms). ``was``: the one before, None if there was
    none. ``steps``: every addition on the way, where it was computed here. ``rewrite``: the change
    came too late to be innocent. ``calendar``: version of the one it was computed by. ``rules``:
    name of the dossier's rule version."""

    at: int
    due_at: int | None
    was: int | None
    rule: Rule
    event_id: str
    calendar: str = ""
    rules: str = ""
    rewrite: bool = False
    steps: tuple[DueStep, ...] = ()


def due_history_in_force(facts: Sequence[Fact], in_force: InForce, end: int) -> list[DueChange]:
    """As ``due_history`` up to ``end`` (ms), each change by the reference data of then. Where other
    data moved the due time, that is a change of its own, with the additions made anew."""
    found: list[DueChange] = []
    spans = in_force.spans(end)
    for place, (since, context) in enumerate(spans):
        until = spans[place + 1][0] if place + 1 < len(spans) else None
        changes = due_history(facts, context)
        before = [change for change in changes if change.at < since]
        if place and before and found and before[-1].due_at != found[-1].due_at:
            found.append(
                msgspec.structs.replace(
                    before[-1], at=since, was=found[-1].due_at, rule="reference", event_id="",
                    rewrite=False,
                )
            )  # fmt: skip
        found += [
            c for c in changes if (not place or c.at >= since) and (until is None or c.at < until)
        ]
    return found


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
        received = course.received_at
        rules = context.rules_at(fact.occurred_at if received is None else received)
        rule = _rule(fact, rules)
        steps = _steps(rule, fact, course, was, stopped_at, context, rules)
        found.append(
            DueChange(
                at=fact.occurred_at,
                due_at=course.due_at,
                was=was,
                rule=rule,
                event_id=fact.event_id,
                calendar=context.calendar_named(course.calendar).version if steps else "",
                rules=course.rules,
                rewrite=fact.kind == "due_set" and (rule == "correction" or late_news),
                steps=tuple(steps),
            )
        )
    return found


def _rule(fact: Fact, rules: Rules) -> Rule:
    if fact.kind == "received":
        return "appointment" if fact.due_at is not None else "limit"
    if fact.kind == "due_set":
        if fact.text in ("appointed", "supplement"):  # what a portal's snapshot says
            return "appointment" if fact.text == "appointed" else "new_appointment"
        return "extension" if fact.text == "extension" else "correction"
    if fact.due_at is not None:
        return "new_appointment"
    return "restart" if rules.stop_mode == "restart" else "stop"


def _steps(
    rule: Rule, fact: Fact, course: Course, was: int | None, stopped_at: int | None,
    context: Context, rules: Rules,
) -> list[DueStep]:  # fmt: skip
    """Every addition to a due time that was computed, not sent."""
    calendar = context.calendar_named(course.calendar)
    if rule in ("limit", "restart"):
        if course.limit is not None:
            return explain_due(fact.occurred_at, course.limit, calendar, rules)
        return explain_same_day(fact.occurred_at, calendar, rules)
    if rule == "stop" and was is not None and stopped_at is not None:
        unit = course.limit.unit if course.limit is not None else ""
        return explain_resume(was, stopped_at, fact.occurred_at, unit, calendar, rules)
    return []
