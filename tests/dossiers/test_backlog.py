"""A unit's backlog: raised after a while over a threshold, resolved after a while well below."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.policies import Policies
from dossiers.tallies.backlog import MINUTE, NEVER, OFF, BacklogLimits, is_due, observe, thresholds
from dossiers.tallies.vector import on_time_rate
from dossiers.wire.reference import Reference, Rules, content_hash
from dossiers.wire.tallies import Backlog


def asked(rules: Rules, *, has_units_below: bool) -> BacklogLimits:
    settings = Policies(Reference(rules=rules)).everywhere
    return thresholds(settings, has_units_below=has_units_below)


LIMITS = asked(Rules(), has_units_below=False)  # 20, or 10 % of at least 20; 15 minutes; 80 %
START = 1_700_000_000_000


def told(
    figures: Iterable[tuple[int, int, int]], limits: BacklogLimits = LIMITS
) -> list[tuple[str, int, int]]:
    """(status, sequence, cause in minutes) of what is announced; figures: minute, overdue, open."""
    state = NEVER
    found: list[tuple[str, int, int]] = []
    for minute, overdue, open_ in figures:
        state, announced = observe(state, START + minute * MINUTE, overdue, open_, limits)
        if announced:
            found.append((state.status, state.sequence, (state.cause - START) // MINUTE))
    return found


def test_it_is_raised_after_fifteen_minutes_over_and_named_by_the_first() -> None:
    over = [(3, 20, 500), (10, 25, 500), (17, 20, 500)]
    assert told(over) == []
    assert told([*over, (18, 20, 500), (30, 40, 500)]) == [("raised", 1, 3)]
    assert told([*over, (17, 19, 500), (18, 20, 500), (32, 20, 500)]) == [], "a break"


def test_it_is_resolved_after_fifteen_minutes_at_the_lower_threshold() -> None:
    raised = [(0, 20, 500), (15, 20, 500)]
    assert told([*raised, (16, 17, 500), (90, 17, 500)]) == [("raised", 1, 0)]
    calm = [(20, 16, 500), (34, 16, 500)]
    assert told([*raised, *calm]) == [("raised", 1, 0)]
    assert told([*raised, *calm, (35, 3, 500)]) == [("raised", 1, 0), ("resolved", 2, 0)]
    again = [(35, 16, 500), (40, 20, 500), (55, 20, 500)]
    assert told([*raised, *calm, *again])[2:] == [("raised", 1, 40)], "another cause"


def test_a_share_counts_from_a_minimum_volume_on() -> None:
    assert told([(0, 2, 19), (20, 2, 19)]) == []
    assert told([(0, 2, 20), (20, 2, 20)]) == [("raised", 1, 0)]
    assert told([(0, 3, 31), (20, 3, 31)]) == []
    swing = [(n, 3, 20 - n % 2) for n in range(16, 90)]
    assert told([(0, 3, 20), (15, 3, 20), *swing]) == [("raised", 1, 0)], "the volume has two, too"
    assert told([(0, 3, 20), (15, 3, 20), (16, 3, 15), (31, 3, 15)])[1:] == [("resolved", 2, 0)]


def test_zero_switches_a_threshold_off() -> None:
    none = asked(Rules(backlog_overdue=0, backlog_rate=0), has_units_below=False)
    assert told([(0, 900, 900), (60, 900, 900)], none) == []
    number = asked(Rules(backlog_rate=0), has_units_below=False)
    assert told([(0, 19, 19), (60, 19, 19)], number) == []
    assert told([(0, 20, 20), (60, 20, 20)], number) == [("raised", 1, 0)]
    standing = Backlog(None, START, 1, "raised")
    waiting, _ = observe(standing, START, 900, 900, none)
    assert is_due(waiting, START + 15 * MINUTE, none)
    assert observe(waiting, START + 15 * MINUTE, 900, 900, none)[0].status == "resolved"


def test_the_sum_over_many_units_is_judged_by_its_rate() -> None:
    above = asked(Rules(), has_units_below=True)
    assert told([(0, 300, 9_000), (60, 300, 9_000)], above) == []
    assert told([(0, 900, 9_000), (60, 900, 9_000)], above) == [("raised", 1, 0)]


def test_without_waiting_one_instant_is_one_cause() -> None:
    at_once = asked(Rules(backlog_minutes=0), has_units_below=False)
    found = told([(0, 20, 500), (0, 0, 500), (0, 20, 500), (1, 0, 500), (2, 20, 500)], at_once)
    first = [("raised", 1, 0), ("resolved", 2, 0), ("raised", 3, 0), ("resolved", 4, 0)]
    assert found == [*first, ("raised", 1, 2)]


def test_reference_data_keeps_its_name_from_before_these_settings() -> None:
    reference = Reference(rules=Rules(minimum_volume=30), title="x")
    name = "1e9f1c153813500d00841daa286bc506c076a4154e76b183e49ed2a968446ea0"
    assert content_hash(reference) == name


figures = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 60), st.integers(0, 300)), max_size=60
)


def timed(steps: list[tuple[int, int, int]]) -> Iterable[tuple[int, int, int]]:
    minute = 0
    for pause, overdue, more in steps:
        minute += pause
        yield minute, overdue, overdue + more


@given(figures, st.integers(0, 40))
def test_a_swing_between_the_thresholds_is_at_most_one_alert(
    steps: list[tuple[int, int, int]], before: int
) -> None:
    """Whatever came before: from then on 17 to 20 overdue of many, over and under the threshold."""
    swing = [(pause, 17 + overdue % 4, 1_000) for pause, overdue, _ in steps]
    lead = [(before, 25, 1_000)] if before % 2 else []
    assert len(told(timed([*lead, *swing]))) <= 1


@given(figures)
def test_transitions_alternate_and_each_was_over_for_long_enough(
    steps: list[tuple[int, int, int]],
) -> None:
    seen = list(timed(steps))
    found = told(seen)
    assert [status for status, *_ in found] == (["raised", "resolved"] * len(found))[: len(found)]
    causes = [cause for status, _, cause in found if status == "raised"]
    assert len(set(causes)) == len(causes)
    for cause in causes:
        span = [(o, n) for minute, o, n in seen if cause < minute < cause + 15]
        assert all(LIMITS.over(overdue, open_) for overdue, open_ in span)
        assert any(minute >= cause + 15 for minute, *_ in seen)


def test_without_a_minimum_volume_one_open_dossier_is_enough() -> None:
    limits = asked(Rules(minimum_volume=0), has_units_below=False)
    assert told([(0, 0, 0), (20, 0, 0)], limits) == []
    assert told([(0, 1, 1), (20, 1, 1)], limits) == [("raised", 1, 0)]


def test_an_alert_of_a_kind_that_is_off_is_resolved_and_no_other_is_raised() -> None:
    standing = Backlog(None, START, 1, "raised")
    assert observe(standing, START + 1, 900, 900, OFF)[0].status == "resolved"
    assert told([(0, 900, 900), (60, 900, 900)], OFF) == []


def test_the_rate_is_the_share_of_those_in_time_in_percent() -> None:
    assert on_time_rate(1, 2, 1) == 75.0
    assert on_time_rate(0, 0, 3) == 0.0
    assert on_time_rate(0, 0, 0) is None
