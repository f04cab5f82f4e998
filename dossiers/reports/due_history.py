"""How a due time came about: every value it had, what set it, and under which rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from dossiers.fold.changes import judged
from dossiers.fold.notes import FoldNotes
from dossiers.fold.stops import rules_of
from dossiers.fold.taking import take
from dossiers.portal.told_facts import DueTold, ToldReason
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.due_steps import (
    DueStep,
    explain_again,
    explain_due,
    explain_resume,
    explain_same_day,
)
from dossiers.wire.course import Course
from dossiers.wire.facts import DueSetFact, Fact, ReceivedFact, ResumedFact
from dossiers.wire.reference import Rules

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
    none. ``steps``: every addition on the way, if it was computed here. ``rewrite``: the change
    is flagged. ``counts``: False if it came too late, and ``was`` is the due time still.
    ``calendar``: version of the one it was computed by. ``rules``: name of the dossier's rule
    version. A limit that began anew is a change also if the due time stayed the same."""

    at: int
    due_at: int | None
    was: int | None
    rule: Rule
    event_id: str
    calendar: str = ""
    rules: str = ""
    rewrite: bool = False
    counts: bool = True
    steps: tuple[DueStep, ...] = ()


def due_history_in_force(facts: Sequence[Fact], in_force: InForce, end: int) -> list[DueChange]:
    """As ``due_history`` up to ``end`` (ms), each change by the reference data of then. Where other
    data moved the due time, that is a change of its own, with the additions made anew."""
    found: list[DueChange] = []
    spans = in_force.spans(end)
    for place, (since, context) in enumerate(spans):
        until = spans[place + 1][0] if place + 1 < len(spans) else None
        changes = due_history(facts, context)
        before = [change for change in changes if change.at < since and change.counts]
        last = next((change for change in reversed(found) if change.counts), None)
        if place and before and last is not None and before[-1].due_at != last.due_at:
            found.append(
                msgspec.structs.replace(
                    before[-1], at=since, was=last.due_at, rule="reference", event_id="",
                    rewrite=False,
                )
            )  # fmt: skip
        found += [
            c for c in changes if (not place or c.at >= since) and (until is None or c.at < until)
        ]
    return found


def due_history(facts: Sequence[Fact], context: Context) -> list[DueChange]:
    """Every change of the due time of a dossier with ``facts`` (elementary, in order), and every
    one that was told and does not count."""
    course, notes = Course(), FoldNotes()
    found: list[DueChange] = []
    for told, fact in zip(facts, judged(facts, context), strict=True):
        before = msgspec.structs.replace(course)
        take(course, fact, context, notes)
        flagged = isinstance(fact, _SETTING) and course.rewrites is not before.rewrites
        again = course.restarted_at != before.restarted_at
        if course.due_at == before.due_at and not flagged and not again:
            continue
        refused = flagged and _is_refused(fact, before)
        rules = rules_of(course, fact.occurred_at, context)
        rule = _rule(fact, again)
        steps = [] if refused else _steps(rule, told, course, before, context, rules)
        found.append(
            DueChange(
                at=fact.occurred_at,
                due_at=_told_due(fact) if refused else course.due_at,
                was=before.due_at,
                rule=rule,
                event_id=fact.event_id,
                calendar=context.calendar_named(course.calendar).version if steps else "",
                rules=course.rules,
                rewrite=flagged,
                counts=not refused,
                steps=tuple(steps),
            )
        )
    return found


_SETTING = (DueSetFact, DueTold, ResumedFact)


def _is_refused(fact: Fact, before: Course) -> bool:
    """Of a new due time that is flagged: whether it does not even count."""
    told = isinstance(fact, DueTold) and not fact.counts
    return told or isinstance(fact, ResumedFact) or before.outcome != ""


def _told_due(fact: Fact) -> int | None:
    return fact.due_at if isinstance(fact, _SETTING) else None


def _rule(fact: Fact, again: bool) -> Rule:
    match fact:
        case ReceivedFact():
            return "appointment" if fact.due_at is not None else "limit"
        case DueSetFact() | DueTold():
            return _RULES[fact.reason]
        case ResumedFact() if fact.due_at is not None:
            return "new_appointment"
    return "restart" if again else "stop"


_RULES: dict[ToldReason, Rule] = {
    "extension": "extension", "correction": "correction",
    "appointed": "appointment", "supplement": "new_appointment",  # what a portal's snapshot says
}  # fmt: skip


def _steps(
    rule: Rule, told: Fact, course: Course, before: Course, context: Context, rules: Rules
) -> list[DueStep]:
    """Every addition to a due time that was computed, not sent."""
    at, due, was = told.occurred_at, course.due_at, before.due_at
    if rule == "limit":
        return _of_limit(at, course, context, rules)
    if rule == "new_appointment" and due is not None and due != _told_due(told):
        return [DueStep("stop_end", due)]
    stopped_at = before.stopped_at
    if was is None or due is None or stopped_at is None:
        return []
    if rule == "restart":
        steps = _of_limit(at, course, context, rules)
        return explain_again(steps, was, before.promised_at, at, due)
    if rule == "stop":
        unit = course.limit.unit if course.limit is not None else ""
        calendar = context.calendar_named(course.calendar)
        return explain_resume(was, stopped_at, at, unit, calendar, rules, before.due_since)
    return []


def _of_limit(at: int, course: Course, context: Context, rules: Rules) -> list[DueStep]:
    """Of the dossier's limit from ``at`` (ms) on; none if it has no limit."""
    calendar = context.calendar_named(course.calendar)
    if course.limit is not None:
        return explain_due(at, course.limit, calendar, rules)
    if context.due_of(at, course.procedure, None, course.calendar, rules) is None:
        return []
    return explain_same_day(at, calendar, rules)
