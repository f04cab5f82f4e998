"""Whose hours: the charges of a late dossier add up, and go to those who took the time."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reports.attribution import attribute, reduce, scale
from dossiers.reports.holdings import (
    Holding,
    Stop,
    holder_at,
    holdings_of,
    stops_of,
    working,
)
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import instant
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Fact
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.made_facts import made_fact

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Calendar(CalendarSpec(), "Asia/Ho_Chi_Minh")
CONTEXT = Context(Reference())
LIMITS = {"reception": 4 * HOUR, "appraisal": 24 * HOUR, "signature": 8 * HOUR, "return": 4 * HOUR}


def at(day: int, clock: str) -> int:
    """An instant of November 2026 in Hanoi, ms."""
    hour, minute = clock.split(":")
    return instant(datetime(2026, 11, day, int(hour), int(minute), tzinfo=HANOI))


def fact(when: int, kind: str = "progressed", **fields: Any) -> Fact:
    return made_fact(when, "test", 0, f"{kind}-{when}", kind, when, **fields)


STORY = [
    fact(at(2, "08:30"), "received", unit="U", officer="A", step="reception"),
    fact(at(2, "13:30"), officer="B", step="appraisal"),
    fact(at(4, "09:30"), "suspended", status=5),
    fact(at(5, "09:30"), "resumed"),
    fact(at(9, "10:00"), officer="D", step="appraisal", carried=8 * HOUR),
    fact(at(10, "16:00"), officer="C", step="signature"),
    fact(at(11, "10:00"), officer="A", step="return"),
    fact(at(11, "14:30"), "finished"),
]
RECEIVED, DUE, END = at(2, "08:30"), at(10, "08:30"), at(11, "14:30")


def sent(when: int, officer: str) -> Fact:
    """A portal's record of a step that was done, the officer matched."""
    return fact(when, officer=officer, until=True)


def held(facts: list[Fact], end: int = END) -> list[tuple[str, str, int, int]]:
    return [(h.unit, h.officer, h.start, h.end) for h in holdings_of(facts, RECEIVED, end)]


def test_who_sends_a_step_on_held_the_dossier_until_then() -> None:
    facts = [
        fact(RECEIVED, "received", unit="U"),
        sent(RECEIVED, "clerk"),
        sent(at(5, "10:00"), "B"),
        sent(at(6, "10:00"), "B"),
        sent(at(9, "10:00"), "unknown"),
    ]
    until_then = [
        ("U", "B", RECEIVED, at(6, "10:00")),
        ("U", "unknown", at(6, "10:00"), at(9, "10:00")),
    ]
    # Who has it now is not known: it lies in the unit's inbox.
    assert held(facts) == [*until_then, ("U", "", at(9, "10:00"), END)]
    ended = [*facts, fact(END, "finished"), sent(END + MINUTE, "C"), sent(END + HOUR, "clerk")]
    assert held(ended) == [*until_then, ("U", "C", at(9, "10:00"), END)]
    gone = [*facts, fact(END, "finished"), fact(END + 1, unit="V"), sent(END + MINUTE, "C")]
    assert held(gone) == [*until_then, ("U", "", at(9, "10:00"), END)]


def test_whoever_is_known_to_hold_a_dossier_keeps_it_when_another_sends_a_step_on() -> None:
    facts = [
        fact(RECEIVED, "received", unit="U", officer="A"),
        sent(at(4, "10:00"), "B"),
        fact(at(5, "10:00"), unit="V"),
        sent(at(6, "10:00"), "B"),
    ]
    assert held(facts) == [
        ("U", "A", RECEIVED, at(5, "10:00")),
        ("V", "B", at(5, "10:00"), at(6, "10:00")),
        ("V", "", at(6, "10:00"), END),
    ]


def test_a_dossier_of_five_holdings_worked_out_by_hand() -> None:
    holdings = holdings_of(STORY, RECEIVED, END)
    stops = stops_of(STORY, CONTEXT, END)
    assert stops == [Stop(at(4, "09:30"), at(5, "09:30"), 5)]
    result = attribute(holdings, stops, DUE, OFFICE, LIMITS)
    assert [(p.holding.officer, p.holding.step) for p in result.parts] == [
        ("A", "reception"), ("B", "appraisal"), ("D", "appraisal"), ("C", "signature"),
        ("A", "return"),
    ]  # fmt: skip
    hours = [4.0, 16.0, 8.0, 8.0, 4.0], [3.5, 30.0, 12.5, 3.5, 3.0]
    assert [p.limit for p in result.parts] == [h * HOUR for h in hours[0]]
    assert [p.used for p in result.parts] == [h * HOUR for h in hours[1]]
    slack = [0.5, -13.5, -18.0, -13.5, -12.5]
    assert [p.slack for p in result.parts] == [h * HOUR for h in slack]
    assert [p.raw for p in result.parts] == [h * HOUR for h in (0, 13.5, 4.5, -4.5, -1.0)]
    assert result.parts[2].inherited == 13.5 * HOUR
    assert result.late == 12.5 * HOUR
    # 5.5 h were made up later and lower both charges in the ratio of 3 to 1.
    b, d = (9 * 60 + 22.5) * MINUTE, (3 * 60 + 7.5) * MINUTE
    assert [p.charge for p in result.parts] == [0, b, d, 0, 0]
    assert result.by_step()["appraisal"] == result.late == sum(result.by_unit().values())


def test_without_step_data_the_holder_at_the_breach_and_those_after_are_charged() -> None:
    holdings = holdings_of(STORY, RECEIVED, END)
    result = attribute(holdings, stops_of(STORY, CONTEXT, END), DUE, OFFICE, {})
    assert result.basis == "no_step_data"
    charges = {who: amount / HOUR for who, amount in result.by_officer().items() if amount}
    assert charges == {("U", "D"): 6.0, ("U", "C"): 3.5, ("U", "A"): 3.0}
    assert [p.inherited / HOUR for p in result.parts] == [0, 0, 0, 6.0, 9.5]
    assert [p.slack / HOUR for p in result.parts] == [36.5, 6.5, -6.0, -9.5, -12.5]


def test_time_in_an_inbox_belongs_to_the_unit() -> None:
    story = [
        fact(at(2, "08:30"), "received", unit="U", officer="A"),
        fact(at(3, "08:30"), unit="V"),
        fact(at(4, "08:30"), officer="B"),
    ]
    holdings = holdings_of(story, at(2, "08:30"), at(5, "08:30"))
    assert [(h.unit, h.officer) for h in holdings] == [("U", "A"), ("V", ""), ("V", "B")]


def test_what_happened_before_the_reception_says_who_received() -> None:
    story = [
        fact(at(2, "08:00"), unit="U", officer="A"),
        fact(at(2, "08:30"), "received"),
        fact(at(4, "08:30"), officer="B"),
    ]
    holdings = holdings_of(story, at(2, "08:30"), at(3, "08:30"))
    assert holdings == [Holding("", "A", "U", at(2, "08:30"), at(3, "08:30"))]


def test_a_stop_after_the_breach_freezes_the_amount() -> None:
    holdings = [Holding("", "A", "U", at(2, "08:30"), at(9, "08:30"))]
    stops = [Stop(at(4, "08:30"), at(6, "08:30"), 5)]
    assert attribute(holdings, stops, at(3, "08:30"), OFFICE, {}).late == 2 * 8 * HOUR


def test_steps_not_begun_keep_their_limit() -> None:
    """An open dossier past due: what reception used beyond its limit is not eaten by others."""
    holdings = [Holding("reception", "A", "U", at(2, "08:30"), at(10, "08:30"))]
    result = attribute(holdings, [], at(9, "08:30"), OFFICE, LIMITS)
    [part] = result.parts
    assert part.slack == -36 * HOUR - 8 * HOUR
    assert part.charge == result.late == 8 * HOUR
    assert result.skipped == {"appraisal": 24 * HOUR, "signature": 8 * HOUR, "return": 4 * HOUR}


AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=8)


@given(AMOUNTS, st.integers(0, 10**10))
def test_reduced_amounts_add_up_and_none_grows(amounts: list[int], by: int) -> None:
    left = reduce(amounts, by)
    assert sum(left) == max(0, sum(amounts) - by)
    assert all(0 <= after <= before for after, before in zip(left, amounts, strict=True))


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10**9)), st.integers(0, 10**9))
def test_limits_never_exceed_the_legal_one(limits: dict[str, int], total: int) -> None:
    assert sum(scale(limits, total).values()) == min(total, sum(limits.values()))


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Holding], list[Stop], int]:
    """Holdings of a dossier, its stops, and a due time anywhere around them."""
    start = at(2, "00:00")
    marks = sorted(draw(st.lists(st.integers(0, 40 * 24 * HOUR), min_size=2, max_size=8)))
    steps = st.sampled_from([*LIMITS, "", "other"])
    holdings = [
        Holding(
            draw(steps), draw(st.sampled_from("ABC")), draw(st.sampled_from("UV")),
            start + low, start + high, draw(st.none() | st.integers(0, 30 * HOUR)),
        )
        for low, high in pairwise(marks)
    ]  # fmt: skip
    pauses = sorted(draw(st.lists(st.integers(marks[0], marks[-1]), max_size=6)))
    stops = [
        Stop(start + low, start + high, 5)
        for low, high in zip(pauses[::2], pauses[1::2], strict=False)
    ]
    return holdings, stops, start + draw(st.integers(-5 * 24 * HOUR, 50 * 24 * HOUR))


@given(lives(), st.booleans())
def test_parts_add_up_to_the_whole(
    life: tuple[list[Holding], list[Stop], int], with_steps: bool
) -> None:
    holdings, stops, due = life
    result = attribute(holdings, stops, due, OFFICE, LIMITS if with_steps else {})
    end = holdings[-1].end
    assert result.late == max(0, working(OFFICE, due, end, stops) if due < end else 0)
    charges = [part.charge for part in result.parts]
    assert min(charges) >= 0
    assert sum(charges) + result.unassigned == result.late
    assert sum(result.by_officer().values()) == sum(charges)
    for before, after in pairwise(result.parts):
        assert after.inherited >= 0
        assert before.holding.end == after.holding.start


def test_status_8_stops_the_clock_by_the_rules_and_every_other_status_always() -> None:
    running = Context(Reference(rules=Rules(stops_status_8=False)))
    for status, context, stops in ((8, CONTEXT, 1), (8, running, 0), (5, CONTEXT, 1),
                                   (5, running, 1)):  # fmt: skip
        facts = [fact(at(4, "08:30"), "suspended", status=status)]
        assert len(stops_of(facts, context, END)) == stops, (status, context)


def test_whoever_is_responsible_holds_the_dossier_also_if_others_work_on_it() -> None:
    facts = [
        fact(RECEIVED, "received", unit="U", responsible="A"),
        fact(at(4, "10:00"), officer="B"),
        fact(at(5, "10:00"), officer="B", responsible="C"),
    ]
    assert held(facts) == [
        ("U", "A", RECEIVED, at(5, "10:00")), ("U", "C", at(5, "10:00"), END),
    ]  # fmt: skip


def test_a_hand_over_that_gives_more_along_than_is_left_leaves_nothing_behind() -> None:
    start, passed, end = at(2, "08:30"), at(3, "08:30"), at(10, "08:30")
    holdings = [
        Holding("reception", "A", "U", start, passed),
        Holding("reception", "B", "U", passed, end, carried=5 * HOUR),
    ]
    result = attribute(holdings, [], at(9, "08:30"), OFFICE, LIMITS)
    assert [part.limit for part in result.parts] == [0, 4 * HOUR]


def test_who_is_given_a_dossier_at_an_instant_holds_it_from_then_on() -> None:
    given = at(3, "08:30")
    first = Holding("", "A", "U", RECEIVED, given)
    second = Holding("", "B", "U", given, END)
    held_at = {when: holder_at([first, second], when) for when in (0, given - 1, given, END + 1)}
    assert held_at == {0: first, given - 1: first, given: second, END + 1: second}
