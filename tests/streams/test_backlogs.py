"""Alerts about units and officers come with merged tallies, and survive that a partition changes
hands."""

from __future__ import annotations

import msgspec

from dossiers.tallies.backlog import MINUTE
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.keys import clock_key
from dossiers.wire.reference import Officer, Reference, Rules, Unit
from streams.tallies.merger import Merger
from tests.streams.merging import LINE, REFERENCE, START, Topics, scope_of


def test_an_alert_is_about_its_unit_and_says_how_many() -> None:
    topics = Topics()
    assert topics.step(0, a=30) == []
    assert topics.step(14) == []
    (alert,) = topics.step(16)
    assert (alert.kind, alert.unit, alert.dossier_id, alert.level) == ("unit_backlog", "a", "", 0)
    assert (alert.transition, alert.sequence) == ("raised", 1)
    assert (alert.overdue, alert.open) == (30, 1_000)
    assert (alert.due_at, alert.detected_at) == (START, START + 16 * MINUTE)
    assert topics.step(60, a=31) == []
    topics.step(61, a=2)
    (resolved,) = topics.step(76)
    assert (resolved.alert_id, resolved.sequence) == (alert.alert_id, 2)
    assert (resolved.transition, resolved.overdue) == ("resolved", 2)


def test_the_same_cause_has_the_same_name_in_every_life() -> None:
    names = set()
    for _ in range(2):
        topics = Topics()
        topics.step(3, a=30)
        names |= {alert.alert_id for alert in topics.step(18)}
    assert len(names) == 1


def test_the_next_owner_goes_on_with_what_stands_and_what_waits() -> None:
    topics = Topics()
    topics.step(0, a=30)
    topics.step(10, b=30)
    topics.change_hands()
    assert [alert.unit for alert in topics.step(15)] == ["a"], "the wait went on"
    topics.change_hands()
    assert [alert.unit for alert in topics.step(25, a=40, b=30)] == ["b"], "a stands already"
    assert {alert.due_at for alert in topics.alerts} == {START, START + 10 * MINUTE}
    topics.step(26, a=0)
    topics.change_hands()
    (resolved,) = topics.step(41)
    assert (resolved.unit, resolved.sequence) == ("a", 2)


def test_new_thresholds_reach_units_that_do_not_change() -> None:
    topics = Topics()
    topics.step(0, a=30)
    topics.step(15)
    assert [alert.transition for alert in topics.alerts] == ["raised"]
    higher = Reference(units=REFERENCE.units, rules=Rules(backlog_overdue=100))
    topics.step(20, higher)
    assert [alert.transition for alert in topics.step(35, higher)] == ["resolved"]


def test_an_officer_who_has_too_much_is_an_alert_of_the_own_unit() -> None:
    reference = Reference(units=REFERENCE.units, officers=(Officer(id="o", name="O", unit="a"),))
    topics = Topics()
    late = {"officer:o": 30, "officer:stranger": 30, "officer:unknown": 30}
    topics.step(0, reference, **late)
    topics.step(10, reference)
    topics.change_hands()
    found = {alert.officer: alert for alert in topics.step(15, reference)}
    assert set(found) == {"o", "stranger"}
    assert (found["o"].kind, found["o"].unit, found["o"].overdue) == ("officer_backlog", "a", 30)
    assert found["stranger"].unit == ""
    topics.step(20, reference, **{"officer:o": 1})
    (resolved,) = topics.step(35, reference)
    assert (resolved.alert_id, resolved.sequence) == (found["o"].alert_id, 2)


def test_each_unit_is_judged_by_the_policy_of_its_subtree() -> None:
    units = (*REFERENCE.units, Unit(id="b", name="B"), Unit(id="c", name="C"))
    policies = (
        AlertPolicy(units=("top",), backlog_overdue=5),
        AlertPolicy(units=("c",), off=("unit_backlog",)),
    )
    reference = Reference(
        units=units, alert_policies=policies, officers=(Officer(id="o", name="O", unit="a"),)
    )
    topics = Topics()
    few = {"officer:o": 6, "officer:stranger": 6}
    topics.step(0, reference, a=6, b=6, c=90, **few)
    found = {scope_of(alert) for alert in topics.step(15, reference)}
    assert found == {b"unit:a", b"officer:o"}
    stricter = msgspec.structs.replace(reference, alert_policies=())
    topics.step(16, stricter)
    assert {scope_of(alert) for alert in topics.step(31, stricter)} == {
        b"unit:a", b"officer:o", b"unit:c",
    }  # fmt: skip


def test_units_above_others_are_judged_by_their_rate_alone() -> None:
    topics = Topics()
    topics.step(0, top=99)
    assert topics.step(60) == []
    topics.step(61, top=100)
    assert [alert.unit for alert in topics.step(76)] == ["top"]


def test_without_rules_or_a_watermark_nothing_is_judged() -> None:
    topics = Topics()
    topics.step(0, None, a=30)
    assert topics.step(60, None) == []
    silent = Merger(LINE, 0, 2)
    silent.absorb([(k, v) for k, v in topics.partials.items() if v is not None])
    assert clock_key(0) not in dict(silent.emit(REFERENCE))
    assert silent.watch.states("unit:a") == (None, None)


def test_a_tally_carries_a_state_only_where_there_is_one() -> None:
    topics = Topics()
    topics.step(0, a=30, b=3)
    assert topics.tally("unit:b").backlog is None
    assert topics.tally("unit:a").backlog is not None
    topics.step(1, a=3)
    assert topics.tally("unit:a").backlog is None
