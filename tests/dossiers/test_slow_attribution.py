"""The product's charges against those of a slow walk over the minutes, of any history."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reports.case import case_of
from dossiers.time.day_table import instant
from dossiers.time.hours import MINUTE
from dossiers.wire.facts import Fact
from dossiers.wire.reference import Procedure, Reference, Rules, Step, Unit
from tests.dossiers.made_facts import made_fact
from tests.dossiers.offices import HANOI
from tests.dossiers.slow_attribution import Done, Hand, Story, split

LIMITS = {"s1": 120, "s2": 480, "s3": 240}
REFERENCE = Reference(
    units=(Unit(id="u1", name="1"), Unit(id="u2", name="2")),
    procedures=(
        Procedure(
            id="p", name="P",
            steps=tuple(Step(id=s, hours=m / 60) for s, m in LIMITS.items()),
        ),
        Procedure(id="none", name="N"),
    ),
)  # fmt: skip
MODES = {
    "shift": Context(REFERENCE),
    "date": Context(msgspec.structs.replace(REFERENCE, rules=Rules(on_time_by="date"))),
}
_STEPS = ["", "s1", "s2", "s3", "?"]
_PLAIN, _PORTAL = ("hand", "stop"), ("hand", "done", "done", "stop")
_GAPS = st.integers(1, 40).map(lambda n: timedelta(minutes=20 * n)) | st.just(timedelta(days=2))
MONDAY = datetime(2026, 11, 2, 8, tzinfo=HANOI)


def ms(moment: datetime) -> int:
    return instant(moment)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Story, str, list[Fact]]:
    """A story, the rules it is judged by, and the facts that tell it."""
    mode, said = draw(st.sampled_from(sorted(MODES))), draw(st.sampled_from(["p", "p", "none"]))
    received = MONDAY + timedelta(minutes=10 * draw(st.integers(0, 60)))
    appointed = received + timedelta(minutes=30 * draw(st.integers(-60, 250)))
    first = Hand(received, "u1", draw(st.sampled_from(["", "a"])), draw(st.sampled_from(_STEPS)))
    reception = made_fact(
        ms(received), "t", 0, "0", "received", ms(received), unit="u1", officer=first.officer,
        step=first.step, procedure=said, due_at=ms(appointed),
    )  # fmt: skip
    due = appointed
    if mode == "date":
        due = (appointed + timedelta(days=1)).replace(hour=0, minute=0)
    story = Story(received, due, received, [first], dict(LIMITS) if said == "p" else {})
    facts, kinds = [reception], draw(st.sampled_from([_PLAIN, _PORTAL]))
    for number in range(1, draw(st.integers(1, 7))):
        story.end += draw(_GAPS)
        kind = draw(st.sampled_from(kinds))
        if kind == "stop":  # after the due time, so that it moves nothing
            begin = max(story.end, appointed + timedelta(days=1))
            story.end = begin + draw(_GAPS)
            story.stops.append((begin, story.end))
            facts.append(_fact(begin, "suspended", number, status=5))
            facts.append(_fact(story.end, "resumed", number))
            continue
        moves: st.SearchStrategy[Any] = _hands(story.end) if kind == "hand" else _records(story.end)
        move: Hand | Done = draw(moves)
        story.moves.append(move)
        facts.append(_told(move, bool(number % 2 and story.limits)))
    story.end += draw(_GAPS)
    facts.append(_fact(story.end, "finished", 99, status=9))
    return story, mode, facts


def _hands(now: datetime) -> st.SearchStrategy[Hand]:
    units, officers = st.sampled_from(["", "u1", "u2"]), st.sampled_from(["", "a", "b"])
    return st.builds(Hand, st.just(now), units, officers, st.sampled_from(_STEPS))


def _records(now: datetime) -> st.SearchStrategy[Done]:
    when = st.none() | st.integers(-30, 30).map(lambda n: now + timedelta(minutes=30 * n))
    # At 00:00 it is a date alone, which means closing time.
    due = when.map(lambda at: at and at + timedelta(minutes=10) * (at.hour + at.minute == 0))
    officers = st.sampled_from(["", "a", "b", "c"])
    return st.builds(Done, st.just(now), officers, st.sampled_from(_STEPS), when, due)


def _told(move: Hand | Done, loud: bool) -> Fact:
    """``loud``: the step in capitals, which the procedure that has it knows as well."""
    step = move.step.upper() if loud else move.step
    if isinstance(move, Hand):
        return _fact(move.at, "progressed", 0, unit=move.unit, officer=move.officer, step=step)
    begin, due = (None if at is None else ms(at) for at in (move.begin, move.due))
    return _fact(
        move.at, "progressed", 0, until=True, officer=move.officer, step=step,
        began_at=begin, step_due_at=due,
    )  # fmt: skip


def _fact(at: datetime, kind: str, number: int, **more: Any) -> Fact:
    return made_fact(ms(at), "t", number, f"{kind}{number}", kind, ms(at), **more)


@settings(deadline=None, max_examples=80)
@given(stories())
def test_charges_are_those_of_a_walk_over_every_minute(told: tuple[Story, str, list[Fact]]) -> None:
    story, mode, facts = told
    found = case_of(facts, facts[-1].occurred_at, MODES[mode]).attribution
    assert found is not None
    basis, late, nobody, held = split(story)
    assert (found.basis, found.late) == (basis, late * MINUTE), f"{story} {facts}"
    assert [(*p.holding[:5], p.used) for p in found.parts] == [
        (p.step, p.officer, p.unit, ms(p.start), ms(p.end), p.used * MINUTE) for p in held
    ]
    for part, piece in zip(found.parts, held, strict=True):
        assert (part.limit is None) == (piece.limit is None)
        assert near(part.limit or 0, piece.limit or Fraction())
        assert near(part.charge, piece.charge)
    assert near(found.unassigned, nobody)
    assert sum(p.charge for p in found.parts) + found.unassigned == found.late


def near(amount: int, exact: Fraction) -> bool:
    """Equal, but for the milliseconds that rounding to them may cost over a few holdings."""
    return abs(amount - exact * MINUTE) <= 16
