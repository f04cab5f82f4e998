"""The fold against the recount, on thousands of histories: two readers that share no rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.portal.snapshots import place
from dossiers.reference.context import Context
from dossiers.wire.course import Variant
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Fact
from dossiers.wire.kept_events import fact_of
from oracle.story import tell
from oracle.verdicts import Verdict
from tests.oracle.contexts import CONTEXTS, NOW, SPAN, START
from tests.oracle.histories import plain_histories
from tests.oracle.mixed_histories import mixed_histories
from tests.oracle.portal_histories import odd_snapshots, portal_histories

contexts = pytest.mark.parametrize("name", list(CONTEXTS))
moments = st.integers(START, NOW) | st.just(NOW)
assert START + SPAN < NOW


def folded(events: list[AnyDossierEvent], now: int, context: Context) -> dict[str, Any]:
    """What the product makes of ``events``."""
    facts: list[Fact] = []
    for event in events:
        facts, _ = place(facts, fact_of(event))
    course = fold(facts, context)
    standing = standing_at(course, now, context)
    return {
        "verdict": standing.verdict,
        "unit": course.unit,
        "officer": course.officer,
        "procedure": course.procedure,
        "submitted": course.submitted_at,
        "received": course.received_at,
        "first due": course.first_due_at,
        "due": course.due_at,
        "stopped": course.stopped_at,
        "ended by": course.outcome,
        "end": course.finished_at,
        "extensions": course.extensions,
        "restarted": course.restarted_at,
        "flags": {*course.flags, *(["backdated"] if standing.backdated else [])},
        "open again": course.reopened_at is not None,
        "unrewritten": _variant(course.unrewritten, standing.unrewritten),
        "rewritten": _variant(course.rewritten, standing.rewritten),
        "as shown": _variant(course.as_shown if standing.backdated else None, standing.as_shown),
        "step overdue": standing.step_overdue,
        "breach": standing.breached_at,
        "late reception": standing.late_reception_at,
        "stop status": course.stop_status,
        "asked": course.asked,
        "answered": course.answered,
        "unexplained": course.unexplained,
    }


def _variant(found: Variant | None, verdict: str) -> tuple[object, ...] | None:
    if found is None:
        return None
    return (verdict, found.due_at, found.stopped_at, found.outcome, found.finished_at)


def recounted(events: list[AnyDossierEvent], now: int, context: Context) -> dict[str, Any]:
    """What the recount makes of them."""
    story = tell(list(events), now, context)
    instants = dict(story.instants)
    return {
        "verdict": story.verdict,
        "unit": story.unit,
        "officer": story.officer,
        "procedure": story.procedure,
        "submitted": story.submitted,
        "received": story.received,
        "first due": story.first_due,
        "due": story.due,
        "stopped": story.stopped,
        "ended by": story.ended_by,
        "end": story.end,
        "extensions": story.extensions,
        "restarted": story.restarts[-1] if story.restarts else None,
        "flags": story.flags,
        "open again": story.open_again,
        "unrewritten": _verdict(story.unrewritten),
        "rewritten": _verdict(story.rewritten),
        "as shown": _verdict(story.as_shown if "backdated" in story.flags else None),
        "step overdue": story.step_overdue,
        "breach": instants.get("newly_overdue"),
        "late reception": instants.get("late_receptions"),
        "stop status": story.status,
        "asked": tuple(begin for begin, _ in story.asked),
        "answered": tuple(end for _, end in story.asked if end is not None),
        "unexplained": tuple(story.silently),
    }


def _verdict(found: Verdict | None) -> tuple[object, ...] | None:
    if found is None:
        return None
    return (found.standing, found.due, found.stopped, found.ended_by, found.end)


@contexts
@given(events=plain_histories(), now=moments)
def test_plain_events(name: str, events: list[AnyDossierEvent], now: int) -> None:
    context = CONTEXTS[name]
    as_of = max(now, *(event.occurred_at for event in events))
    assert folded(events, as_of, context) == recounted(events, as_of, context)


@contexts
@given(events=portal_histories(), now=moments)
def test_snapshots(name: str, events: list[AnyDossierEvent], now: int) -> None:
    context = CONTEXTS[name]
    as_of = max(now, *(event.occurred_at for event in events))
    assert folded(events, as_of, context) == recounted(events, as_of, context)


@contexts
@settings(max_examples=15)
@given(events=mixed_histories(), now=moments)
def test_snapshots_among_plain_events(name: str, events: list[AnyDossierEvent], now: int) -> None:
    context = CONTEXTS[name]
    as_of = max(now, *(event.occurred_at for event in events))
    assert folded(events, as_of, context) == recounted(events, as_of, context)


@contexts
@settings(max_examples=15)
@given(events=odd_snapshots())
def test_snapshots_that_make_no_sense(name: str, events: list[AnyDossierEvent]) -> None:
    context = CONTEXTS[name]
    assert folded(events, NOW, context) == recounted(events, NOW, context)
