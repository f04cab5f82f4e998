"""What people do about alerts: who deals with one, for how long, and what that delays."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.admission.action_bound import MOST_ACTIONS
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert, AlertKind
from dossiers.wire.archived import archived_fact
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Restored,
    Resumed,
    Suspended,
    Tick,
)
from dossiers.wire.facts import Limit
from dossiers.wire.reading import read_facts
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.days import at, story
from tests.streams.deeds import Partition, deed

Name = tuple[AlertKind, int, int]
DUE = at("2026-11-06 16:00")  # a Friday
OVERDUE: Name = ("overdue", 0, DUE)
RECEIVED = (Received, "2026-11-02 09:00", {"due_at": DUE, "unit": "u", "officer": "o"})


def escalation(level: int) -> Name:
    return ("escalation", level, DUE)


def partition(*more: Any, **reference: Any) -> Partition:
    """One with a dossier that was due on Friday at four, a second later."""
    found = Partition(Reference(limit=Limit(3, "working_days"), **reference))
    found.take(*story(RECEIVED, *more))
    found.at(DUE + 1_000)
    return found


def said(alerts: list[Alert]) -> list[tuple[str, int, str, str, str]]:
    return [(a.kind, a.level, a.transition, a.action, a.taken_by) for a in alerts]


def test_an_acknowledgement_ends_after_eight_working_hours_and_delays_the_next_level() -> None:
    line = partition()
    (told,) = line.act(deed(at("2026-11-06 16:30"), "acknowledge", OVERDUE, reason="seen"))
    assert said([told]) == [("overdue", 0, "acknowledged", "acknowledge", "head")]
    assert (told.sequence, told.actor, told.reason) == (2, "head", "seen")
    assert told.taken_until == at("2026-11-09 16:30")  # a night and a weekend later
    assert line.at(at("2026-11-09 16:29:59")) == []
    back, next_level = line.at(at("2026-11-09 16:30"))
    assert said([back, next_level]) == [
        ("overdue", 0, "raised", "", ""), ("escalation", 1, "raised", "", ""),
    ]  # fmt: skip
    assert (back.sequence, next_level.sequence) == (3, 1)
    assert {back.occurred_at, next_level.occurred_at} == {told.taken_until}


def test_without_one_the_levels_come_after_8_24_and_40_working_hours() -> None:
    line = partition()
    line.at(at("2026-11-20 09:00"))
    found = {a.level: a.occurred_at for a in line.alerts if a.kind == "escalation"}
    assert found == {
        1: at("2026-11-09 16:00"), 2: at("2026-11-11 16:00"), 3: at("2026-11-13 16:00"),
    }  # fmt: skip


def test_a_make_up_saturday_is_worked() -> None:
    calendar = CalendarSpec(make_up_days=("2026-11-07",))
    line = partition(calendar=calendar)
    (told,) = line.act(deed(at("2026-11-06 16:30"), "acknowledge", OVERDUE))
    assert told.taken_until == at("2026-11-07 16:30")


def test_it_delays_a_level_once_and_the_last_level_never() -> None:
    line = partition()
    line.at(at("2026-11-09 16:00"))
    line.at(at("2026-11-11 15:00"))
    line.act(deed(at("2026-11-11 15:00"), "acknowledge", escalation(1)))
    line.at(at("2026-11-12 14:59"))
    assert max(a.level for a in line.alerts) == 1
    line.at(at("2026-11-12 15:00"))
    assert max(a.level for a in line.alerts) == 2
    line.at(at("2026-11-13 15:00"))
    line.act(deed(at("2026-11-13 15:00"), "acknowledge", escalation(2)))
    line.at(at("2026-11-13 16:00"))
    assert max(a.level for a in line.alerts) == 3


@pytest.mark.parametrize("capacity", ["holder", "above", "leader"])
def test_only_a_receiver_of_the_present_level_delays_the_next(capacity: Any) -> None:
    line = partition()
    line.act(deed(at("2026-11-06 16:30"), "acknowledge", OVERDUE, capacity=capacity))
    assert ("escalation", 1) in [(a.kind, a.level) for a in line.at(at("2026-11-09 16:00"))]


def test_what_is_open_goes_with_the_dossier() -> None:
    line = partition()
    line.act(deed(at("2026-11-06 16:10"), "acknowledge", OVERDUE))
    where: dict[str, object] = {"unit": "v", "officer": "p"}
    passed = (Progressed, "2026-11-06 16:20", {**where, "step": "s"})
    known = len(line.alerts)
    line.take(*story(RECEIVED, passed)[1:])
    (told,) = line.alerts[known:]
    assert said([told]) == [("overdue", 0, "acknowledged", "", "head")]
    assert (told.moved, told.unit, told.officer, told.sequence) == (True, "v", "p", 3)
    again = (Progressed, "2026-11-06 16:30", {**where, "step": "t"})
    line.take(*story(RECEIVED, passed, again)[2:])
    assert len(line.alerts) == known + 1


def test_what_the_holder_does_alone_stands_in_no_receivers_way() -> None:
    line = partition()
    line.act(deed(at("2026-11-06 16:30"), "acknowledge", OVERDUE, "o", capacity="holder"))
    line.at(at("2026-11-09 08:59"))
    (over,) = line.act(deed(at("2026-11-09 09:00"), "acknowledge", OVERDUE))
    assert (over.taken_by, over.taken_until) == ("head", at("2026-11-10 09:00"))
    late = deed(at("2026-11-09 10:00"), "acknowledge", OVERDUE, "o", "holder", sequence=3)
    assert line.act(late) == []  # the other way round it does
    assert line.at(at("2026-11-10 08:59:59")) == []
    assert ("escalation", 1) in [(a.kind, a.level) for a in line.at(at("2026-11-10 09:00"))]


def test_of_two_at_once_the_first_has_it_whichever_arrives_first() -> None:
    now = at("2026-11-06 16:30")
    first = deed(now, "acknowledge", OVERDUE, "head", seq=1)
    second = deed(now, "acknowledge", OVERDUE, "deputy", seq=2)
    for order in ((first, second), (second, first)):
        line = partition()
        told = line.act(*order)
        (state,) = (a for a in line.record().alerts if a.kind == "overdue")
        assert (state.status, state.taken_by) == ("acknowledged", "head")
        assert told[-1].taken_by == "head"
        assert [a.sequence for a in line.alerts if a.kind == "overdue"] == [
            *range(1, state.sequence + 1)
        ]


def test_what_has_just_been_resolved_stays_so() -> None:
    line = partition()
    line.at(at("2026-11-09 09:00"))
    line.take(*story(RECEIVED, (Finished, "2026-11-09 09:00", {}))[1:])
    assert line.act(deed(at("2026-11-09 09:00:01"), "acknowledge", OVERDUE)) == []
    assert line.act(deed(at("2026-11-09 08:59"), "acknowledge", OVERDUE, "deputy")) == []
    (told,) = line.act(deed(at("2026-11-09 10:00"), "explain", OVERDUE, text="a" * 64))
    assert said([told]) == [("overdue", 0, "resolved", "explain", "")]
    assert told.text == "a" * 64


def test_a_hand_over_needs_to_be_accepted() -> None:
    line = partition()
    line.act(deed(at("2026-11-06 16:10"), "acknowledge", OVERDUE))
    (offered,) = line.act(deed(at("2026-11-06 16:20"), "hand_over", OVERDUE, to="deputy"))
    assert (offered.taken_by, offered.offered_to) == ("head", "deputy")
    assert line.act(deed(at("2026-11-06 16:25"), "accept", OVERDUE, "stranger")) == []
    (taken,) = line.act(deed(at("2026-11-06 16:30"), "accept", OVERDUE, "deputy"))
    assert (taken.taken_by, taken.offered_to) == ("deputy", "")
    assert taken.taken_until == at("2026-11-09 16:10")  # as before
    assert line.act(deed(at("2026-11-06 16:40"), "hand_over", OVERDUE, to="x")) == []


def test_what_leaves_an_alert_as_it_is_is_told_once() -> None:
    line = partition()
    snooze = deed(at("2026-11-06 16:10"), "snooze", OVERDUE, until=at("2026-11-09 09:00"))
    (told,) = line.act(snooze)
    assert said([told]) == [("overdue", 0, "raised", "snooze", "")]
    assert told.snoozed_until == at("2026-11-09 09:00")
    assert line.act(snooze) == []
    assert line.engine.state.duplicates == 1
    assert ("escalation", 1) in [(a.kind, a.level) for a in line.at(at("2026-11-09 16:00"))]


def test_a_dossier_keeps_so_many_and_no_more() -> None:
    line = partition()
    before = line.record()
    for number in range(MOST_ACTIONS + 1):
        line.act(deed(at("2026-11-06 16:10"), "explain", OVERDUE, sequence=number + 1))
    after = line.record()
    assert line.letters() == ["too_many_actions"]
    assert (len(after.actions), after.facts) == (MOST_ACTIONS, before.facts)
    assert after.course == before.course


def test_one_that_has_left_is_to_be_restored_first_and_keeps_what_was_done() -> None:
    line = partition(rules=Rules(tombstones=True))
    line.act(deed(at("2026-11-06 16:10"), "acknowledge", OVERDUE))
    line.at(at("2026-11-09 09:00"))
    line.take(*story(RECEIVED, (Finished, "2026-11-09 09:00", {}))[1:])
    record = line.record()
    gone = at("2027-02-01 09:00")
    line.at(gone)
    assert line.states[b"d"] is None
    explained = deed(gone, "explain", OVERDUE)
    line.act(explained)
    assert line.letters() == ["archived"]
    facts = tuple(archived_fact(fact) for fact in read_facts(record.facts.raw))
    line.take(
        Restored(
            event_id="r", dossier_id="d", occurred_at=gone, received_at=gone, source="archive",
            facts=facts, alerts=record.alerts, actions=record.actions,
        )
    )  # fmt: skip
    (told,) = line.act(explained)
    assert (told.action, told.transition, told.sequence) == ("explain", "resolved", 4)
    assert [each.action for each in line.record().actions] == ["acknowledge", "explain"]


def test_an_acknowledgement_of_a_closed_dossier_ends_before_it_leaves() -> None:
    """Whose date was rewritten after its end."""
    later: dict[str, object] = {"due_at": DUE + 1, "reason": "correction"}
    told = (DueSet, "2026-11-05 10:00", later)
    line = Partition(Reference(rules=Rules(tombstones=True)))
    line.take(*story(RECEIVED, (Finished, "2026-11-05 09:00", {}), told))
    name: Name = ("date_rewritten", 0, at("2026-11-05 10:00"))
    line.at(at("2026-11-05 10:30"))
    assert said(line.act(deed(at("2026-11-05 11:00"), "acknowledge", name)))[0][2] == "acknowledged"
    assert [a.transition for a in line.at(at("2026-11-06 11:00"))] == ["raised"]
    line.at(at("2027-01-06 09:00"))
    assert line.states[b"d"] is not None
    line.at(at("2027-02-06 09:00"))
    assert line.states[b"d"] is None


def test_a_citizen_who_keeps_it_waiting_is_an_alert_until_the_answer() -> None:
    line = Partition(Reference())
    asked, again = "2026-11-03 09:00", "2026-11-25 09:00"
    line.take(*story(RECEIVED, (Suspended, asked, {"status": 5})))
    assert line.at(at("2026-11-17 08:59:59")) == []
    (waiting,) = line.at(at("2026-11-17 09:00"))
    assert (waiting.kind, waiting.due_at) == ("waiting_too_long", at("2026-11-17 09:00"))
    events = story(
        RECEIVED, (Suspended, asked, {"status": 5}), (Resumed, "2026-11-18 09:00", {}),
        (Suspended, again, {"status": 5}),
    )  # fmt: skip
    for event in events[2:]:
        line.at(event.occurred_at - 1)
        line.take(event)
    kinds = ("waiting_too_long", "repeat_supplement")
    assert [(a.kind, a.transition, a.due_at) for a in line.alerts if a.kind in kinds] == [
        ("waiting_too_long", "raised", at("2026-11-17 09:00")),
        ("waiting_too_long", "resolved", at("2026-11-17 09:00")),
        ("repeat_supplement", "raised", at(again)),
    ]


def test_waiting_for_money_or_a_decision_is_none_of_it() -> None:
    line = Partition(Reference())
    line.take(*story(RECEIVED, (Suspended, "2026-11-03 09:00", {"status": 6})))
    assert line.at(at("2027-11-03 09:00")) == []


def test_a_later_due_time_that_is_no_extension_is_an_alert() -> None:
    def told(reason: str, due: int) -> list[tuple[str, int]]:
        line = Partition(Reference())
        change = (DueSet, "2026-11-03 09:00", {"due_at": due, "reason": reason})
        line.take(*story(RECEIVED, change))
        return [(a.kind, a.due_at) for a in line.alerts if a.kind != "date_rewritten"]

    later = at("2026-11-12 16:00")
    assert told("correction", later) == [("extension_without_reason", at("2026-11-03 09:00"))]
    assert told("extension", later) == told("correction", DUE - 1) == []


def test_kinds_that_are_off_are_not_raised_and_thresholds_are_those_of_the_unit() -> None:
    policies = (
        AlertPolicy(off=("overdue",)),
        AlertPolicy(units=("u",), escalation_hours=(2,)),
    )
    line = partition(alert_policies=policies)
    line.at(at("2026-11-20 09:00"))
    told = [(a.kind, a.level, a.occurred_at) for a in line.alerts if a.kind != "due_soon"]
    assert told == [("escalation", 1, at("2026-11-09 08:30"))]


def test_the_next_owner_goes_on_where_the_last_one_was() -> None:
    def run(*, taken_over: bool) -> list[Alert]:
        line = partition()
        events: list[AnyEvent] = [
            deed(at("2026-11-06 16:10"), "acknowledge", OVERDUE),
            deed(at("2026-11-06 16:20"), "hand_over", OVERDUE, to="deputy"),
            Tick(now=at("2026-11-09 15:00")),
            deed(at("2026-11-09 15:30"), "accept", OVERDUE, "deputy"),
            Tick(now=at("2026-11-20 15:00")),
        ]
        for event in events:
            if taken_over:
                line.taken_over()
            line.take(event)
        return line.alerts

    assert run(taken_over=True) == run(taken_over=False)
