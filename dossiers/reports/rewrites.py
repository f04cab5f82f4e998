"""Which dates of a dossier were changed afterwards, and which were dated back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from dossiers.portal.told_facts import EndRewritten, ReceptionRewritten
from dossiers.reference.in_force import InForce
from dossiers.reports.case import JudgedCase, case_in_force
from dossiers.reports.due_history import DueChange, due_history_in_force
from dossiers.wire.facts import EndFact, Fact

RewriteKind = Literal[
    "due_after",  # the due time was moved later when it had passed already
    "due_before",  # ... while it had not
    "due_earlier",
    "end_earlier",
    "end_later",
    "end_taken_back",
    "reception",  # another reception or procedure
    "backdated",  # an end or a stop dated before a snapshot that showed otherwise
]


class Rewrite(NamedTuple):
    """One change. ``at``: when it came; ``was``, ``now``: the date before and after it, None if
    there was or is none. All in ms. ``hides``: by the dates as they were changed the dossier is not
    late, and it counts as late."""

    kind: RewriteKind
    source: str
    at: int
    was: int | None
    now: int | None
    hides: bool


def rewrites_of(facts: Sequence[Fact], now: int, in_force: InForce) -> list[Rewrite]:
    """Every one of a dossier with ``facts`` (in order), as of ``now`` (ms), by when they came."""
    case = case_in_force(facts, now, in_force)
    hides = case.standing.rewritten not in _LATE and case.standing.verdict in _LATE
    found = [
        *_of_dues(case, due_history_in_force(case.facts, in_force, case.end), hides),
        *_of_ends(case, hides),
        *_of_receptions(case, hides),
    ]
    shown_at = case.course.shown_at
    if case.standing.backdated and shown_at is not None:
        source = case.facts[-1].source if case.facts else ""
        found.append(Rewrite("backdated", source, shown_at, shown_at, case.course.finished_at,
                             case.standing.as_shown in _LATE
                             and case.standing.verdict not in _LATE))  # fmt: skip
    return sorted(found, key=lambda each: each.at)


_LATE = ("late", "overdue")


def _of_dues(case: JudgedCase, dues: Sequence[DueChange], hides: bool) -> Iterator[Rewrite]:
    told = {(fact.occurred_at, fact.event_id): fact for fact in case.facts}
    for due in dues:
        fact = told.get((due.at, due.event_id))
        if due.rewrite and fact is not None:
            at = max(fact.received_at, fact.occurred_at)
            yield Rewrite(_kind(due, at), fact.source, at, due.was, due.due_at, hides)


def _kind(due: DueChange, at: int) -> RewriteKind:
    if due.was is None or due.due_at is None or due.due_at > due.was:
        late = not due.counts or (due.was is not None and at > due.was)
        return "due_after" if late else "due_before"
    return "due_earlier"


def _of_ends(case: JudgedCase, hides: bool) -> Iterator[Rewrite]:
    was: int | None = None
    for fact in case.facts:
        if isinstance(fact, EndFact) and was is None:
            was = fact.occurred_at
        elif isinstance(fact, EndRewritten):
            at = max(fact.received_at, fact.occurred_at)
            ended = fact.occurred_at if fact.ended_at is None else fact.ended_at
            if not fact.outcome:
                yield Rewrite("end_taken_back", fact.source, at, was, None, hides)
            else:
                kind: RewriteKind = (
                    "end_earlier" if was is not None and ended < was else "end_later"
                )
                yield Rewrite(kind, fact.source, at, was, ended, hides)
                was = ended


def _of_receptions(case: JudgedCase, hides: bool) -> Iterator[Rewrite]:
    for fact in case.facts:
        if isinstance(fact, ReceptionRewritten):
            at = max(fact.received_at, fact.occurred_at)
            yield Rewrite(
                "reception", fact.source, at, case.course.received_at, fact.accepted_at, hides
            )
