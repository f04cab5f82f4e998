"""Which new due times count, against a judge that walks from the beginning for each of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.fold.changes import judged
from dossiers.fold.folding import fold
from dossiers.fold.notes import FoldNotes
from dossiers.fold.stops import in_time
from dossiers.fold.taking import take
from dossiers.portal.told_facts import DueTold
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, DueSet, Finished, Received, Resumed, Suspended
from dossiers.wire.facts import Fact, Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.made_facts import made_fact
from tests.dossiers.stories import DAY, START

HOUR = DAY // 24
CONTEXTS = {
    "shift": Context(Reference()),
    "by date": Context(Reference(rules=Rules(on_time_by="date"))),
    "restart": Context(Reference(rules=Rules(stop_mode="restart"))),
    "restart by date": Context(Reference(rules=Rules(stop_mode="restart", on_time_by="date"))),
}
contexts = pytest.mark.parametrize("name", list(CONTEXTS))
hours = st.integers(0, 20 * 24).map(lambda n: START + n * HOUR)
LIMITS = [None, Limit(20, "hours"), Limit(3, "working_days"), Limit(4, "days"), Limit(1, "months")]


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """A reception, many stops, and changes that are dated and recorded anywhere."""
    found: list[AnyDossierEvent] = []

    def add(kind: type[Any], at: int, recorded: int, **more: Any) -> None:
        number = len(found)
        found.append(
            kind(event_id=f"e{number}", dossier_id="d", occurred_at=at, source="s",
                 received_at=recorded, source_seq=number, **more)
        )  # fmt: skip

    due = st.none() | hours
    received = draw(st.sampled_from([START, START, START + DAY]))
    add(Received, received, received, due_at=draw(due), limit=draw(st.sampled_from(LIMITS)))
    at = START
    for _ in range(draw(st.integers(0, 9))):
        at += draw(st.integers(0, 30)) * HOUR
        add(Suspended, at, at)
        at += draw(st.integers(0, 30)) * HOUR
        told = draw(st.none() | st.none() | st.none() | hours)
        add(Resumed, at, at + draw(st.integers(0, 5)) * DAY, due_at=told)
    for _ in range(draw(st.integers(1, 6))):
        when = draw(hours)
        recorded = when + draw(st.sampled_from([0, HOUR, DAY, 5 * DAY, 15 * DAY]))
        reason = draw(st.sampled_from(["extension", "correction"]))
        add(DueSet, when, recorded, due_at=draw(hours), reason=reason)
    if draw(st.booleans()):
        end = draw(hours)
        add(Finished, end, end)
    return sorted(map(fact_of, found), key=fact_order)


def slowly(facts: Sequence[Fact], context: Context) -> list[int]:
    """The places of the new due times that do not count."""
    ends = [place for place, fact in enumerate(facts) if fact.kind == "finished"]
    end = facts[ends[0]].occurred_at if ends else None
    recorded = [(max(f.received_at, f.occurred_at), n) for n, f in enumerate(facts)]
    counting: set[int] = set()
    refused: list[int] = []
    for key in sorted(key for key in recorded if facts[key[1]].kind == "due_set"):
        at, place = key
        if end is not None and facts[place].occurred_at >= end:
            refused.append(place)
            continue
        at = at if end is None else min(at, end)
        course, notes = Course(), FoldNotes()
        for number, fact in enumerate(facts):
            if fact.occurred_at > at or (ends and number > ends[0]):
                break
            if fact.kind == "due_set" and number not in counting:
                continue
            told = fact
            if fact.kind == "resumed" and recorded[number] > key:
                told = _without_due(fact)
            take(course, told, context, notes)
        moment = at if course.stopped_at is None else course.stopped_at
        if course.received_at is not None and not in_time(course, moment, context):
            refused.append(place)
        else:
            counting.add(place)
    return sorted(refused)


def _without_due(fact: Fact) -> Fact:
    return made_fact(
        fact.occurred_at, fact.source, fact.source_seq, fact.event_id, fact.kind, fact.received_at
    )  # fmt: skip


@contexts
@given(facts=histories())
def test_the_same_changes_count(name: str, facts: list[Fact]) -> None:
    context = CONTEXTS[name]
    found = judged(facts, context)
    refused = [n for n, f in enumerate(found) if isinstance(f, DueTold) and not f.counts]
    assert refused == slowly(facts, context)


def _flood(number: int, mode: Any, recorded_backwards: bool) -> tuple[list[Fact], Context]:
    """Half of them changes that all count, each recorded after very many stops."""
    now = START + 900 * DAY
    events: list[AnyDossierEvent] = [
        Received(event_id="r", dossier_id="d", occurred_at=START, received_at=START, source="s",
                 limit=Limit(400, "days") if mode == "restart" else None, due_at=now)
    ]  # fmt: skip
    changes, stops = number // 2, number // 4
    for n in range(changes):
        events.append(
            DueSet(event_id=f"c{n}", dossier_id="d", occurred_at=START + n + 1, source="s",
                   received_at=now - (n if recorded_backwards else -n), reason="extension",
                   due_at=now - 5 * DAY - n * 1_000)
        )  # fmt: skip
    for n in range(stops):
        at = START + DAY + n * DAY
        common: dict[str, Any] = {"dossier_id": "d", "source": "s"}
        events.append(Suspended(event_id=f"s{n}", occurred_at=at, received_at=at, **common))
        at += 5 * HOUR
        events.append(Resumed(event_id=f"t{n}", occurred_at=at, received_at=at, **common))
    return sorted(map(fact_of, events), key=fact_order), Context(
        Reference(rules=Rules(stop_mode=mode))
    )


@pytest.mark.parametrize("mode", ["shift", "restart"])
@pytest.mark.parametrize("recorded_backwards", [False, True])
def test_very_many_changes_and_stops_take_time_that_grows_with_their_number(
    mode: str, recorded_backwards: bool
) -> None:
    def seconds(number: int) -> float:
        facts, context = _flood(number, mode, recorded_backwards)
        fold(facts, context)
        spent = []
        for _ in range(5):
            begun = time.process_time()
            fold(facts, context)
            spent.append(time.process_time() - begun)
        return min(spent)

    assert seconds(1_000) < 12 * seconds(250), "four times as many take four times as long"
