"""Who is reminded of what there is to do about a late list, and when."""

from __future__ import annotations

from dossiers.alerting.people import Duties
from dossiers.publication.reminders import Reminding
from dossiers.reference.context import Context
from dossiers.wire.alert_policy import DutyHolder
from dossiers.wire.publications import Case, list_id
from dossiers.wire.reference import Officer, Reference, Unit
from tests.dossiers.publication.made_lists import BUILDING, LAND, LONG, TOWN, TUAN, at
from tests.dossiers.publication.made_records import (
    HEAD,
    LEADER,
    LONG_1,
    OF_UNIT,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    Story,
)

CONTEXT = Context(
    Reference(
        units=(
            Unit(id=TOWN, name="Thành phố"),
            Unit(id=BUILDING, name="Sở Xây dựng", parent=TOWN),
            Unit(id=LAND, name="Đất đai", parent=TOWN),
        ),
        officers=tuple(
            Officer(id=id_, name=id_, unit=BUILDING)
            for id_ in (TUAN, LONG, HEAD, REVIEWER, SECOND, LEADER)
        ),
        duties=(
            DutyHolder(unit=BUILDING, duty="head", officer=HEAD),
            DutyHolder(unit=TOWN, duty="reform", officer=REVIEWER),
            DutyHolder(unit=TOWN, duty="reform", officer=SECOND),
            DutyHolder(unit=TOWN, duty="leader", officer=LEADER),
        ),
    )
)
DUTIES = Duties(CONTEXT)
CASES = (TUAN_1, TUAN_2, LONG_1, OF_UNIT, Case("H99-1001", BUILDING))


def said(reminding: Reminding, story: Story, now: int | None = None) -> set[tuple[str, str, str]]:
    """(receiver, what, when)."""
    moment = story.now if now is None else now
    found = reminding.due(story.state, DUTIES, CONTEXT, moment)
    return {(each.receiver, each.kind, each.when) for each in found}


def frozen(*, simulation: bool = False) -> tuple[Story, Reminding]:
    """A simulation's list can be submitted at once."""
    story = Story()
    story.freeze(simulation=simulation)
    return story, Reminding(lambda rows: CASES)


def test_those_who_are_charged_hear_of_it_once_and_again_before_the_deadline() -> None:
    story, reminding = frozen()
    begins = {(TUAN, "explain", "begins"), (LONG, "explain", "begins"), (HEAD, "explain", "begins")}
    assert said(reminding, story) == begins
    assert said(reminding, story) == set()
    story.explain(TUAN_1, TUAN_2)
    said(reminding, story)
    day_before = at(8, 17, month=11), at(9, 7, 30, month=11)  # a Sunday, the Monday of the deadline
    assert said(reminding, story, day_before[0]) == set()
    soon = said(reminding, story, day_before[1])
    assert (LONG, "explain", "soon") in soon
    assert TUAN not in {receiver for receiver, _, _ in soon}


def test_reviewers_hear_what_waits_and_what_is_overdue() -> None:
    story, reminding = frozen()
    story.explain(TUAN_1)
    assert {(REVIEWER, "decide", "begins"), (SECOND, "decide", "begins")} <= said(reminding, story)
    assert {(REVIEWER, "decide", "over"), (SECOND, "decide", "over")} <= said(
        reminding, story, at(12, 8, month=11)
    )
    assert said(reminding, story, at(12, 9, month=11)) == set()


def test_what_begins_again_is_said_again() -> None:
    story, reminding = frozen(simulation=True)
    story.submit()
    approve = {(SECOND, "approve", "begins"), (LEADER, "approve", "begins")}
    assert said(reminding, story) == approve
    story.send_back(SECOND, capacity="reform_office")
    assert said(reminding, story) == {
        (TUAN, "explain", "begins"), (LONG, "explain", "begins"), (HEAD, "explain", "begins")
    }  # fmt: skip
    story.submit()
    assert said(reminding, story) == approve


def test_nobody_is_told_outside_working_hours() -> None:
    story, reminding = frozen()
    assert said(reminding, story, at(2, 20, month=11)) == set()
    assert said(reminding, story, at(3, 7, 30, month=11))


def test_who_comes_too_late_says_the_last_thing_only() -> None:
    story, _ = frozen()
    story.explain(TUAN_1)
    fresh = Reminding(lambda rows: ())
    assert {when for _, _, when in said(fresh, story, at(12, 8, month=11))} == {"over"}


def test_what_was_told_is_remembered_until_the_list_is_published() -> None:
    story, reminding = frozen()
    said(reminding, story)
    assert said(Reminding(lambda rows: CASES, reminding.told), story) == set()
    story.submit()
    story.approve()
    story.publish()
    assert said(reminding, story) == set()
    assert reminding.told == set()


def test_what_was_told_is_remembered_of_a_unit_with_a_slash_in_its_id() -> None:
    story = Story(list_id("2026-10", "H99/XD"))
    story.freeze()
    reminding = Reminding(lambda rows: CASES)
    assert said(reminding, story)
    assert said(reminding, story) == set()


def test_without_the_rows_those_who_are_charged_are_not_told() -> None:
    story, _ = frozen()
    assert said(Reminding(lambda rows: ()), story) == set()


def test_it_is_known_what_has_been_done_meanwhile() -> None:
    story, reminding = frozen()
    (to_tuan,) = (
        each
        for each in reminding.due(story.state, DUTIES, CONTEXT, story.now)
        if each.receiver == TUAN
    )
    assert reminding.is_open(to_tuan)
    story.explain(TUAN_1, TUAN_2)
    said(reminding, story)
    assert not reminding.is_open(to_tuan)
