"""Snapshots against the events that they stand for, in any order, once and again."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.folding import elementary, fold
from dossiers.portal.snapshots import place
from dossiers.reference.context import Context
from dossiers.reports.explain import explain
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Fact, Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Officer, Reference, Rules, Unit
from dossiers.wire.topics import DOSSIERS
from oracle.figures import recount
from tests.dossiers.retaining import SHORT, log_count, started
from tests.dossiers.snapshot_stories import Life, any_snapshots, lives
from tests.dossiers.stories import DAY, OFFICE, RESTART, START
from tests.dossiers.test_fold import END, engine_for, feed, figures, ticked, ticks
from tests.oracle.portal_histories import odd_snapshots, portal_histories

NAMED = Context(
    Reference(
        limit=Limit(3, "working_days"),
        rules=Rules(stops_status_8=False),
        units=(Unit(id="u1", name="Sở Một"),),
        officers=(Officer(id="o1", name="Lê An", unit="u1"),),
    )
)
contexts = pytest.mark.parametrize("context", [OFFICE, RESTART, NAMED])


def kept(events: list[AnyDossierEvent]) -> list[Fact]:
    facts: list[Fact] = []
    for event in events:
        facts, _ = place(facts, fact_of(event))
    return facts


def course_of(events: list[AnyDossierEvent], context: Context = OFFICE) -> Course:
    return fold(kept(events), context)


@contexts
@settings(deadline=None, max_examples=100)
@given(life=lives())
def test_snapshots_tell_the_story_of_the_events(context: Context, life: Life) -> None:
    told = course_of(list(life.events), context)
    shown = course_of(list(life.snapshots), context)
    assert shown == told
    one, two = engine_for(context), engine_for(context)
    for engine, stream in ((one, life.events), (two, life.snapshots)):
        engine.restore([])
        feed(engine, ticked(list(stream), [0]))
    assert figures(one) == figures(two)


@settings(deadline=None)
@given(found=any_snapshots() | odd_snapshots())
def test_what_was_told_is_folded_as_what_told_it(found: list[AnyDossierEvent]) -> None:
    """The month's late list folds what has happened, in place of the snapshots that say so."""
    told = fold(elementary(kept(found), OFFICE), OFFICE)
    course = course_of(found)
    assert (told.due_at, told.finished_at, told.rewrites, told.rewritten) == (
        course.due_at, course.finished_at, course.rewrites, course.rewritten,
    )  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(found=any_snapshots(), data=st.data())
def test_any_order_of_arrival_leaves_the_same_facts(
    found: list[AnyDossierEvent], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(found))
    assert kept(found) == kept(other)
    assert course_of(found) == course_of(other)


@settings(deadline=None, max_examples=60)
@given(found=any_snapshots())
def test_what_is_not_kept_would_have_changed_nothing(found: list[AnyDossierEvent]) -> None:
    everything = sorted(map(fact_of, found), key=fact_order)
    assert course_of(found, NAMED) == fold(everything, NAMED)


@contexts
@settings(deadline=None, max_examples=60)
@given(
    found=odd_snapshots() | portal_histories(start=START - 5 * DAY),
    steps=ticks,
    size=st.integers(1, 7),
)
def test_the_stream_agrees_with_a_recount(
    context: Context, found: list[AnyDossierEvent], steps: list[int], size: int
) -> None:
    engine = engine_for(context)
    engine.restore([])
    feed(engine, ticked(found, steps), size)
    expected, stories = recount(found, END, context)
    assert figures(engine) == {s: r for s, r in expected.items() if any(r.values())}
    ((dossier_id, state),) = engine.state.dossiers.items()
    record = msgspec.json.decode(state, type=DossierRecord)
    story = stories[dossier_id]
    course = record.course
    assert (record.standing.verdict, course.officer, course.due_at, course.received_at) == (
        story.verdict, story.officer, story.due, story.received,
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(found=any_snapshots(), steps=ticks)
def test_a_second_delivery_changes_nothing(found: list[AnyDossierEvent], steps: list[int]) -> None:
    once, twice = engine_for(OFFICE), engine_for(OFFICE)
    once.restore([])
    twice.restore([])
    stream = ticked(found, steps)
    feed(once, stream)
    feed(twice, [*stream, *found])
    assert figures(once) == figures(twice)
    assert twice.state.duplicates == once.state.duplicates + len(found)
    for one, two in zip(once.state.dossiers.values(), twice.state.dossiers.values(), strict=True):
        first, second = (msgspec.json.decode(v, type=DossierRecord) for v in (one, two))
        assert bytes(first.facts.raw) == bytes(second.facts.raw)


@settings(deadline=None, max_examples=60)
@given(found=any_snapshots())
def test_an_explanation_tells_what_happened_and_its_parts_add_up(
    found: list[AnyDossierEvent],
) -> None:
    told = explain("d0", kept(found), END, NAMED)
    assert sum(share.charge for share in told.shares) + told.unassigned == told.late
    course = course_of(found, NAMED)
    # Late by the clock may be no working time at all: then nobody is charged.
    assert told.late == 0 or told.verdict in ("late", "overdue")
    received = [moment.at for moment in told.moments if moment.kind == "received"]
    assert received == ([] if course.received_at is None else [course.received_at])
    assert (told.rewritten != "") == ("rewritten" in course.flags)


@settings(deadline=None, max_examples=60)
@given(
    found=odd_snapshots() | portal_histories(start=START - 5 * DAY),
    steps=ticks,
    cut=st.integers(0, 20),
)
def test_dossiers_that_leave_after_their_retention_agree_with_a_recount(
    found: list[AnyDossierEvent], steps: list[int], cut: int
) -> None:
    stream = ticked(found, steps)
    first = started(SHORT)
    outputs = [*feed(first, stream[:cut]), first.position()]
    second = engine_for(SHORT)
    second.restore({o.key: o.value for o in outputs if o.topic == DOSSIERS}.items())
    outputs += feed(second, stream[cut:], first=cut)
    count = log_count(stream, outputs, END, SHORT)
    assert figures(second) == {s: r for s, r in count.figures.items() if any(r.values())}
    assert set(second.state.dossiers) == set(count.stories)
    assert second.state.duplicates == count.duplicates
