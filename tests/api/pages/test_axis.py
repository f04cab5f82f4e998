"""A dossier's axis has working time only, and the bars on it say what the table says."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.dossiers.axis import MOST_LABELS, Axis
from api.pages.dossiers.bars import bars_of, in_line, placed
from api.pages.dossiers.ledger import ledger_of
from dossiers.reports.case import JudgedCase, case_of
from dossiers.reports.wording import shown
from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY, HOUR, MINUTE
from dossiers.wire.calendar_spec import CalendarSpec
from tests.dossiers.late_lives import CONTEXT, made
from tests.dossiers.test_attribution import OFFICE, STORY, at, fact
from tests.dossiers.test_outlook import CONTEXT as WITH_STEPS
from tests.dossiers.test_outlook import FIRST

ALWAYS = Calendar(CalendarSpec(kind="24x7"), "Asia/Ho_Chi_Minh")
LAST = at(30, "17:00")
moments = st.integers(at(1, "00:00") - 300 * DAY, at(1, "00:00") + 300 * DAY)


def example(now: int = at(30, "10:27")) -> JudgedCase:
    """That of docs/explanations.md."""
    return case_of([FIRST, *STORY[1:]], now, WITH_STEPS)


def random_case(seed: int) -> JudgedCase:
    life = made(random.Random(seed))
    facts = life.facts()
    return case_of(facts, max(each.occurred_at for each in facts) + DAY, CONTEXT)


@given(moments, moments, moments, moments, st.sampled_from([OFFICE, ALWAYS]))
def test_equal_lengths_are_equal_amounts_of_working_time(
    start: int, end: int, one: int, other: int, calendar: Calendar
) -> None:
    axis = Axis(calendar, *sorted((start, end)))
    one, other = sorted((one, other))
    low, high = axis.x(one), axis.x(other)
    assert 0 <= low <= high <= 100.0001
    columns = [
        column for column in axis.columns if low <= column.x and column.x + column.width <= high
    ]
    for column in columns:
        hours = calendar.day_length if not calendar.always else DAY
        assert column.width == pytest.approx(hours * axis.scale)
    for before, after in pairwise(axis.columns):
        assert before.x + before.width <= after.x + 0.0001
    assert sum(c.width for c in axis.columns) + sum(g.width for g in axis.gaps) == pytest.approx(
        100
    )
    assert len(axis.labels) <= MOST_LABELS
    if start != end and calendar.between(*sorted((start, end))) > 0:
        assert axis.columns[0].x == 0


def test_a_day_off_is_a_gap_with_a_name_where_there_is_room() -> None:
    axis = Axis(OFFICE, at(2, "08:30"), at(11, "14:30"))
    assert [c.day.day for c in axis.columns] == [2, 3, 4, 5, 6, 9, 10, 11]
    (gap,) = axis.gaps
    assert (gap.first, gap.last) == (date(2026, 11, 7), date(2026, 11, 8))
    assert gap.weekend
    assert gap.labelled
    assert axis.x(at(6, "17:00")) == pytest.approx(gap.x)
    assert axis.x(at(9, "07:30")) == pytest.approx(gap.x + gap.width)
    assert gap.x < axis.x(at(7, "12:00")) < axis.x(at(8, "12:00")) < gap.x + gap.width
    assert [label.day.day for label in axis.labels] == [2, 3, 4, 5, 6, 9, 10, 11]


@pytest.mark.parametrize(
    ("days", "grain"), [(9, "day"), (40, "week"), (120, "month"), (290, "month"), (3000, "month")]
)
def test_a_long_life_is_labelled_by_weeks_and_months(days: int, grain: str) -> None:
    axis = Axis(OFFICE, at(2, "08:30"), at(2, "08:30") + days * DAY)
    assert axis.grain == grain
    assert 3 <= len(axis.labels) <= MOST_LABELS
    assert all(b.x - a.x >= 9 for a, b in pairwise(axis.labels) if grain != "day")
    assert sum(gap.width for gap in axis.gaps) <= 18.1


def test_a_life_on_days_off_has_an_axis_all_the_same() -> None:
    axis = Axis(OFFICE, at(7, "10:00"), at(8, "10:00"))
    assert [c.day.day for c in axis.columns] == [9]
    assert axis.x(at(7, "10:00")) == 0


def test_the_bars_of_the_example_are_those_of_its_table() -> None:
    case = example()
    found = [[(s.kind, s.amount / HOUR) for s in bar.segments if s.amount] for bar in bars_of(case)]
    assert found == [
        [("within", 3.5)],
        [("within", 13.5), ("stopped", 8), ("within", 3), ("over", 13.5)],
        [("within", 8), ("over", 4.5)],
        [("within", 3.5), ("made_up", 4.5)],
        [("within", 3), ("made_up", 1)],
    ]
    assert case.attribution is not None
    ledger = ledger_of(case.attribution)
    assert ledger.decimals == 1
    assert [(x.limit, x.used, x.slack, x.arising) for x in ledger.lines] == [
        (40, 35, 5, 0), (160, 300, -135, 135), (80, 125, -180, 45), (80, 35, -135, -45),
        (40, 30, -125, -10),
    ]  # fmt: skip
    assert [x.charge / MINUTE for x in ledger.lines] == [0, 563, 187, 0, 0]
    total = ledger.total
    assert (total.limit, total.used, total.slack, total.arising) == (400, 525, -125, 125)
    assert ledger.late == 12.5 * HOUR


@given(st.integers(0, 10_000))
def test_picture_and_table_say_the_same_and_add_up(seed: int) -> None:
    case = random_case(seed)
    bars = bars_of(case)
    axis = (
        Axis(case.calendar, case.holdings[0].start, max(case.end, case.course.due_at or 0))
        if bars
        else None
    )
    for bar in bars:
        assert axis is not None
        own = [s for s in bar.segments if s.kind != "made_up"]
        assert own[0].start == bar.holding.start
        assert own[-1].end == bar.holding.end
        assert all(a.end == b.start for a, b in pairwise(own))
        assert sum(s.amount for s in own) == case.calendar.between(own[0].start, own[-1].end)
        for here, after in pairwise(placed(own, axis)):
            assert here.x + here.width == pytest.approx(after.x)
        alone = in_line(bar, bar.length)
        assert sum(s.width for s in alone) == pytest.approx(100 if bar.length else 0)
        if bar.part is not None:
            running = sum(s.amount for s in own if s.kind != "stopped")
            assert running == bar.part.used
            over = sum(s.amount for s in own if s.kind == "over")
            assert over == min(bar.part.used, max(0, bar.part.raw))
    if case.attribution is not None:
        _adds_up(case)


def _adds_up(case: JudgedCase) -> None:
    found = case.attribution
    assert found is not None
    ledger = ledger_of(found)
    slack = 0
    for line in ledger.lines:
        slack += (line.limit or 0) - line.used
        assert slack == line.slack
        assert line.used >= 0
    assert len(ledger.holdings) == len(found.parts)
    assert ledger.total.limit - ledger.total.used == ledger.total.slack  # type: ignore[operator]
    assert ledger.total.arising == max(0, -ledger.total.slack)
    assert ledger.late == sum(line.charge for line in ledger.lines)
    assert ledger.late == shown([found.late])[0]
    assert abs(max(0, -ledger.total.slack) * ledger.unit - found.late) <= 2 * ledger.unit


def test_what_was_held_before_a_restart_is_shown_and_of_no_limit() -> None:
    late = fact(at(2, "08:30"), "received", unit="U", officer="A")
    case = case_of([late], at(3, "10:00"), CONTEXT)
    assert case.attribution is None
    (bar,) = bars_of(case)
    assert [s.kind for s in bar.segments] == ["apart"]
