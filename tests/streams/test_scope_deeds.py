"""What people do about alerts of units, officers and sources: told once, in one order, for ever."""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.tallies.backlog import MINUTE
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import Alert
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.keys import deed_key
from dossiers.wire.reference import Reference, Unit
from tests.streams.merging import START, Topics

OFFICE = Reference(
    calendar=CalendarSpec(kind="24x7"), units=(Unit(id="a", name="A"), Unit(id="b", name="B"))
)
HOLDS = 8 * 60  # minutes for which an acknowledgement holds, by a calendar that never closes
_numbers = count(1)


def done(alert: Alert, action: str, minute: int, person: str = "An", **more: Any) -> KeptAction:
    at = START + minute * MINUTE
    return KeptAction(
        at, at, f"e{next(_numbers)}", at + 5, action, alert.kind, alert.level,  # type: ignore[arg-type]
        alert.due_at, alert.sequence, person, "receiver", **more,
    )  # fmt: skip


@pytest.fixture
def topics() -> Topics:
    found = Topics()
    found.step(0, OFFICE, a=30)
    found.step(16, OFFICE)
    return found


def short(alerts: list[Alert]) -> list[tuple[int, str, str, str, str]]:
    return [(a.sequence, a.transition, a.action, a.actor, a.taken_by) for a in alerts]


def test_an_acknowledgement_holds_for_eight_working_hours_and_survives_a_take_over(
    topics: Topics,
) -> None:
    (raised,) = topics.alerts
    topics.act("unit:a", done(raised, "acknowledge", 20))
    (taken,) = topics.step(21, OFFICE)
    assert short([taken]) == [(2, "acknowledged", "acknowledge", "An", "An")]
    assert taken.alert_id == raised.alert_id
    assert taken.taken_until == START + (20 + HOLDS) * MINUTE
    assert (taken.overdue, taken.open) == (30, 1_000)
    assert taken.occurred_at == START + 20 * MINUTE
    topics.change_hands()
    assert topics.step(20 + HOLDS - 1, OFFICE) == []
    topics.change_hands()
    (free,) = topics.step(20 + HOLDS, OFFICE)
    assert short([free]) == [(3, "raised", "", "", "")]
    assert free.occurred_at == taken.taken_until


def test_resolution_beats_acknowledgement(topics: Topics) -> None:
    (raised,) = topics.alerts
    topics.act("unit:a", done(raised, "acknowledge", 17))
    topics.step(17, OFFICE, a=0)
    topics.act("unit:a", done(raised, "acknowledge", 31, "Bình"))
    (resolved,) = topics.step(32, OFFICE)
    assert short([resolved]) == [(3, "resolved", "", "", "")]
    assert topics.step(32 + HOLDS, OFFICE) == []


def test_of_two_at_once_the_first_has_it_and_a_second_tap_is_nothing(topics: Topics) -> None:
    (raised,) = topics.alerts
    first = done(raised, "acknowledge", 20)
    for action in (first, done(raised, "acknowledge", 21, "Bình"), first):
        topics.act("unit:a", action)
    assert short(topics.step(22, OFFICE)) == [(2, "acknowledged", "acknowledge", "An", "An")]
    topics.change_hands()
    topics.act("unit:a", first)
    assert topics.step(23, OFFICE) == []


def test_a_hand_over_needs_acceptance(topics: Topics) -> None:
    (raised,) = topics.alerts
    topics.act("unit:a", done(raised, "acknowledge", 20))
    topics.act("unit:a", done(raised, "hand_over", 21, to="Bình"))
    topics.act("unit:a", done(raised, "accept", 22, "Chi"))
    found = topics.step(23, OFFICE)
    assert short(found)[1:] == [(3, "acknowledged", "hand_over", "An", "An")]
    assert found[-1].offered_to == "Bình"
    topics.change_hands()
    topics.act("unit:a", done(raised, "accept", 24, "Bình"))
    (accepted,) = topics.step(25, OFFICE)
    assert short([accepted]) == [(4, "acknowledged", "accept", "Bình", "Bình")]
    assert (accepted.offered_to, accepted.taken_until) == ("", found[0].taken_until)


def test_a_snooze_or_an_explanation_is_told_and_leaves_the_alert_as_it_is(topics: Topics) -> None:
    (raised,) = topics.alerts
    topics.act("unit:a", done(raised, "snooze", 20, until=START + 99 * MINUTE))
    topics.act("unit:a", done(raised, "explain", 21, "Bình", reason="staff", text="0" * 64))
    snoozed, explained = topics.step(22, OFFICE)
    assert short([snoozed]) == [(2, "raised", "snooze", "An", "")]
    assert snoozed.snoozed_until == START + 99 * MINUTE
    assert short([explained]) == [(3, "raised", "explain", "Bình", "")]
    assert (explained.reason, explained.text) == ("staff", "0" * 64)


def test_an_action_on_another_alert_than_the_one_that_stands_is_nothing(topics: Topics) -> None:
    (raised,) = topics.alerts
    topics.act("unit:b", done(raised, "acknowledge", 20))
    topics.act("officer:a", done(raised, "acknowledge", 20))
    topics.step(20, OFFICE, a=0)
    topics.step(36, OFFICE)
    topics.step(40, OFFICE, a=30)
    (again,) = topics.step(60, OFFICE)
    topics.act("unit:a", done(raised, "acknowledge", 61))
    assert topics.step(62, OFFICE) == []
    topics.act("unit:a", done(again, "acknowledge", 63))
    assert short(topics.step(64, OFFICE)) == [(2, "acknowledged", "acknowledge", "An", "An")]


def test_what_was_taken_is_removed_and_what_was_not_waits_for_the_next_owner(
    topics: Topics,
) -> None:
    (raised,) = topics.alerts
    first, second = done(raised, "snooze", 20), done(raised, "acknowledge", 21)
    topics.act("unit:a", first)
    topics.step(21, OFFICE)
    assert topics.partials[deed_key("unit:a", first.event_id, 0)] is None
    topics.act("unit:a", second)
    topics.change_hands()
    assert topics.partials[deed_key("unit:a", second.event_id, 0)] is not None
    assert short(topics.step(22, OFFICE)) == [(3, "acknowledged", "acknowledge", "An", "An")]


_moves = st.lists(
    st.tuples(
        st.integers(1, 400),  # minutes
        st.integers(0, 40),  # overdue
        st.sampled_from(["", "acknowledge", "hand_over", "accept", "snooze", "ask"]),
        st.sampled_from(["An", "Bình"]),
        st.booleans(),  # another worker takes over
    ),
    max_size=12,
)


def story(moves: list[tuple[int, int, str, str, bool]], *, hands: bool) -> list[Alert]:
    """All alerts about one unit; with ``hands`` the partition changes hands where it says so."""
    topics, minute = Topics(), 0
    for number, (minutes, overdue, action, person, changes) in enumerate(moves):
        minute += minutes
        if action and topics.alerts:
            more: dict[str, Any] = {"to": "Bình"} if action == "hand_over" else {}
            more |= {"until": START} if action == "snooze" else {}
            tap = done(topics.alerts[-1], action, minute, person, **more)
            topics.act("unit:a", msgspec.structs.replace(tap, event_id=f"e{number}"))
        topics.step(minute, OFFICE, a=overdue)
        if hands and changes:
            topics.change_hands()
    topics.step(minute + 2 * HOLDS, OFFICE)
    return topics.alerts


@settings(max_examples=60, deadline=None)
@given(_moves)
def test_who_owns_the_partition_changes_nothing_and_numbers_follow_each_other(
    moves: list[tuple[int, int, str, str, bool]],
) -> None:
    alerts = story(moves, hands=True)
    assert alerts == story(moves, hands=False)
    lives: dict[str, list[Alert]] = {}
    for alert in alerts:
        lives.setdefault(alert.alert_id, []).append(alert)
    for life in lives.values():
        assert [alert.sequence for alert in life] == list(range(1, len(life) + 1))
        assert life[0].transition == "raised"
        for before, after in pairwise(life):
            assert (after.transition == "acknowledged") == bool(after.taken_by)
            if before.transition == "resolved":
                assert (after.transition, after.action) in {
                    ("resolved", "snooze"),
                    ("resolved", "ask"),
                }


def test_junk_under_the_key_of_an_action_is_counted_and_left_out(topics: Topics) -> None:
    for value in (b"{", b'{"timeline": "another", "scope": "unit:a", "action": []}', b'"\xff"'):
        topics.merger.absorb([(deed_key("unit:a", "junk", 0), value)])
        assert topics.step(30, OFFICE) == []
    assert topics.merger.ignored == 3


def test_an_acknowledgement_ends_by_the_policy_and_the_calendar_of_the_unit() -> None:
    week = CalendarSpec(kind="vn-office")
    reference = Reference(calendar=week, units=OFFICE.units)
    topics = Topics()
    topics.step(0, reference, a=30)
    (raised,) = topics.step(16, reference)
    topics.act("unit:a", done(raised, "acknowledge", 20))
    (taken,) = topics.step(21, reference)
    calendar = Context(reference).calendar_for("a")
    assert taken.taken_until == calendar.add_hours(START + 20 * MINUTE, 8)
