"""Steps that the procedure does not know, or that are over (docs/figures.md, "Step limits")."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.context import Context
from dossiers.events import AnyDossierEvent, Limit, Progressed, Received, Submitted
from dossiers.fold import Course, course_of, extend, fact_of, fold
from dossiers.reference import Procedure, Reference, Step
from dossiers.settle import Facts, Place, settle, unborn
from tests.dossiers.offices import at

STEPS = (Step(id="s1", hours=2), Step(id="s2", hours=3))
CONTEXT = Context(
    Reference(procedures=(Procedure(id="p", name="P", steps=STEPS, limit=Limit(40, "hours")),))
)
NONE_KNOWN = Context(Reference())


def told(*rows: tuple[str, type[Any], dict[str, Any]]) -> list[AnyDossierEvent]:
    return [
        kind(event_id=f"e{n}", dossier_id="d", occurred_at=at(f"2026-11-02T{when}"), source="s",
             received_at=0, source_seq=n, **more)
        for n, (when, kind, more) in enumerate(rows)
    ]  # fmt: skip


def step(when: str, name: str, **more: Any) -> tuple[str, type[Any], dict[str, Any]]:
    return when, Progressed, {"step": name, **more}


def received(when: str = "07:30", **more: Any) -> tuple[str, type[Any], dict[str, Any]]:
    return when, Received, {"procedure": "p", **more}


@pytest.mark.parametrize(
    ("rows", "due", "unknown"),
    [
        # The known step before it goes on, whatever the unknown one is called.
        ([received(step="s1"), step("08:00", "x"), step("08:30", "y")], "09:30", True),
        ([received(step="s1"), step("08:00", "x"), step("08:30", "s1")], "09:30", True),
        # The next known one begins when it is named; what was left of the one before is kept.
        ([received(step="s1"), step("08:00", "x"), step("08:30", "s2")], "11:30", True),
        ([received(step="s1"), step("08:00", "x"), step("08:30", "s2"), step("09:00", "s1")],
         "10:00", True),
        # The first ones start no clock.
        ([received(step="x")], None, True),
        ([received(), step("08:00", "x")], None, True),
        ([received(step="x"), step("08:30", "s2")], "11:30", True),
        # Named before the procedure was known.
        ([step("07:00", "s1"), step("07:10", "x"), received()], "09:30", True),
        ([step("07:00", "x"), step("07:10", "s1"), received()], "09:30", True),
        ([("07:00", Submitted, {"procedure": "p"}), step("07:10", "s1"), received()],
         "09:30", False),
        # Who did a step up to then has ended it: nothing runs until one is named.
        ([received(step="s1"), step("08:00", "s1", until=True)], None, False),
        ([received(step="s1"), step("08:00", "s2", until=True)], None, False),
        ([received(step="s1"), step("08:00", "s1", until=True), step("08:30", "s1")],
         "10:00", False),
        ([received(step="s1"), step("08:00", "x", until=True)], "09:30", True),
        ([received(step="s1"), step("08:00", "s1", until=True), step("08:30", "x")], None, True),
    ],
)  # fmt: skip
def test_whose_limit_runs(
    rows: list[tuple[str, type[Any], dict[str, Any]]], due: str | None, unknown: bool
) -> None:
    events = told(*rows)
    course = fold(list(map(fact_of, events)), CONTEXT)
    assert course.step_due_at == (None if due is None else at(f"2026-11-02T{due}"))
    assert ("step_unknown" in course.flags) == unknown
    assert _one_by_one(events) == (course.step_due_at, course.flags)


def _one_by_one(events: list[AnyDossierEvent]) -> tuple[int | None, tuple[str, ...]]:
    """As it is where each event is added to what a state remembers."""
    facts = list(map(fact_of, events))
    course: Course | None = fold(facts[:1], CONTEXT)
    for place in range(1, len(facts)):
        assert course is not None
        known = Facts((0, "", 0, ""), unborn("t", "d").facts, 0, 0)
        record, _ = settle(unborn("t", "d"), course, 0, CONTEXT, Place(0, 0), known, CONTEXT)
        course = extend(course_of(record), facts[place], CONTEXT)
        if course is None:  # only all facts can tell
            course = fold(facts[: place + 1], CONTEXT)
    assert course is not None
    return course.step_due_at, course.flags


def test_a_procedure_without_steps_knows_none_and_misses_none() -> None:
    events = told(received(step="s1"), step("08:00", "x"))
    course = fold(list(map(fact_of, events)), NONE_KNOWN)
    assert (course.step_due_at, course.step, course.flags) == (None, "x", ())
