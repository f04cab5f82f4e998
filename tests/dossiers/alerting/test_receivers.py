"""Who is told of which alert, and in what capacity somebody may act on it."""

from __future__ import annotations

import pytest

from dossiers.alerting.people import Duties
from dossiers.alerting.receivers import capacity_of, receivers_of
from dossiers.reference.policies import Policies
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert
from dossiers.wire.reference import Reference
from tests.dossiers.alerting.city import MONDAY, PEOPLE, alert, away, duties_without, people, roster

SETTINGS = Policies(
    Reference(alert_policies=(AlertPolicy(told={"late_reception": ()}, digest=("due_soon",)),))
).everywhere


def told(of: Alert, duties: Duties = PEOPLE) -> list[str]:
    return people(receivers_of(of, duties, SETTINGS, {}, MONDAY))


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (alert(), ["ann", "head"]),
        (alert(officer="head"), ["head"]),
        (alert(officer="unknown"), ["head"]),
        (alert("escalation", level=1), ["head", "vice"]),
        (alert("escalation", level=2), ["chief"]),
        (alert("escalation", level=3), ["mayor"]),
        (alert("source_silent", unit="", officer=""), ["role:admin", "rita"]),
        (alert("late_reception"), []),
    ],
)
def test_the_policy_says_who_has_to_know(of: Alert, expected: list[str]) -> None:
    assert told(of) == expected


@pytest.mark.parametrize(
    ("level", "unit", "gone", "expected"),
    [
        (1, "bare", (), ["mayor"]),  # a commune without a head
        (2, "div", ("chief",), ["mayor"]),
        (2, "dept", (), ["mayor"]),
        (3, "div", ("mayor",), ["chief"]),  # above the highest there is nobody
        (2, "lone", (), ["unit:lone"]),  # no people at all
    ],
)
def test_a_step_that_does_not_exist_goes_to_the_next_one(
    level: int, unit: str, gone: tuple[str, ...], expected: list[str]
) -> None:
    of = alert("escalation", level=level, unit=unit, officer="")
    assert told(of, duties_without(*gone)) == expected


def test_the_head_gets_some_kinds_in_the_digest_only() -> None:
    found = receivers_of(alert("due_soon", level=16), PEOPLE, SETTINGS, {}, MONDAY)
    assert [(each.person, each.digest) for each in found] == [("ann", False), ("head", True)]


def test_a_deputy_is_told_in_whose_place_and_a_superior_of_the_gap() -> None:
    plan = roster(
        away("ann", "2026-11-02T07:00", "2026-11-03T07:00", "ben"),
        away("head", "2026-11-02T07:00", "2026-11-03T07:00"),
    )
    found = receivers_of(alert(), PEOPLE, SETTINGS, plan, MONDAY)
    assert [(each.person, each.instead_of, each.gap) for each in found] == [
        ("ben", "ann", ""), ("chief", "head", "head"),
    ]  # fmt: skip


def test_who_stands_in_two_places_is_told_once() -> None:
    plan = roster(away("ann", "2026-11-02T07:00", "2026-11-03T07:00", "head"))
    assert people(receivers_of(alert(), PEOPLE, SETTINGS, plan, MONDAY)) == ["head"]


def test_for_those_of_whom_nobody_is_there_it_is_said_until_when() -> None:
    plan = roster(
        *(
            away(person, "2026-11-02T07:00", "2026-11-04T07:00")
            for person in ("ann", "head", "chief", "mayor")
        )
    )
    found = receivers_of(alert(), PEOPLE, SETTINGS, plan, MONDAY)
    assert [(each.person, each.instead_of, each.until > MONDAY) for each in found] == [
        ("", "ann", True), ("", "head", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "capacity"),
    [
        ("ann", "holder"), ("head", "receiver"), ("vice", "above"), ("chief", "above"),
        ("mayor", "leader"), ("rita", "reform_office"), ("cora", None), ("", None),
    ],
)  # fmt: skip
def test_in_what_capacity_somebody_acts(person: str, capacity: str | None) -> None:
    assert capacity_of(person, alert(), PEOPLE, SETTINGS, {}, MONDAY) == capacity


def test_a_deputy_acts_as_the_receiver_and_so_does_whose_place_it_is() -> None:
    plan = roster(away("head", "2026-11-02T07:00", "2026-11-03T07:00", "vice"))
    found = [capacity_of(p, alert(), PEOPLE, SETTINGS, plan, MONDAY) for p in ("vice", "head")]
    assert found == ["receiver", "receiver"]
