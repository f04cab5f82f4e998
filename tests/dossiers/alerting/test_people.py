"""Who stands in whose place."""

from __future__ import annotations

import pytest

from dossiers.alerting.people import ADMIN, Address, Duties, on_duty
from dossiers.reference.context import Context
from dossiers.wire.reference import Officer, Reference
from tests.dossiers.alerting.city import CITY, MONDAY, PEOPLE, away, duties_without, roster
from tests.dossiers.days import at


def test_who_is_there_stands_there() -> None:
    assert on_duty("ann", PEOPLE, {}, MONDAY)[:3] == ("ann", "ann", "self")


def test_a_deputy_stands_in_and_a_deputy_of_the_deputy() -> None:
    plan = roster(
        away("head", "2026-11-02T07:00", "2026-11-03T07:00", "vice"),
        away("vice", "2026-11-02T12:00", "2026-11-03T07:00", "ben"),
    )
    stands = [on_duty("head", PEOPLE, plan, at(f"2026-11-02T{h}:00")) for h in ("09", "13")]
    assert [(s.person, s.why, s.gap) for s in stands] == [
        ("vice", "deputy", ""), ("ben", "deputy", ""),
    ]  # fmt: skip


def test_leave_over_the_end_of_the_week_ends_on_its_instant() -> None:
    plan = roster(away("head", "2026-11-13T13:00", "2026-11-16T07:30", "vice"))
    moments = ("2026-11-13T12:59", "2026-11-14T10:00", "2026-11-16T07:29", "2026-11-16T07:30")
    found = [on_duty("head", PEOPLE, plan, at(moment)).person for moment in moments]
    assert found == ["head", "vice", "vice", "head"]


@pytest.mark.parametrize("deputy", ["", "nobody-knows", "gone", "ann"])
def test_a_gap_in_a_plan_falls_to_the_superior_and_says_whose_it_is(deputy: str) -> None:
    """None named, none of that name, one who has left, and one whose plan leads back."""
    plan = roster(away("ann", "2026-11-02T07:00", "2026-11-03T07:00", deputy))
    stand = on_duty("ann", PEOPLE, plan, MONDAY)
    assert (stand.person, stand.why, stand.gap) == ("head", "superior", "ann")


def test_two_who_are_deputies_of_each_other_leave_it_to_their_superior() -> None:
    plan = roster(
        away("ann", "2026-11-02T07:00", "2026-11-03T07:00", "ben"),
        away("ben", "2026-11-02T07:00", "2026-11-03T07:00", "ann"),
    )
    assert on_duty("ann", PEOPLE, plan, MONDAY)[1:4] == ("head", "superior", "ben")


def test_if_everybody_is_away_nobody_is_there_until_the_first_is_back() -> None:
    plan = roster(
        *(
            away(person, "2026-11-02T07:00", f"2026-11-0{day}T07:00")
            for person, day in (("ann", 5), ("head", 4), ("chief", 3), ("mayor", 6))
        )
    )
    stand = on_duty("ann", PEOPLE, plan, MONDAY)
    assert (stand.person, stand.until) == ("", at("2026-11-03T07:00"))
    assert on_duty("ann", PEOPLE, plan, stand.until).person == "chief"


def test_the_superior_is_who_the_directory_names_else_the_next_head_above() -> None:
    found = [PEOPLE.superior(id_, MONDAY) for id_ in ("ann", "vice", "chief", "cora", "who")]
    assert found == ["head", "head", "mayor", "mayor", ""]


def test_a_unit_without_a_head_by_duty_is_headed_by_whom_its_officers_name() -> None:
    assert duties_without("head").holders("div", "head", MONDAY) == ("head",)
    stranger = Officer(id="x", unit="bare", name="X", superior="chief")
    outside = Reference(units=CITY.reference.units, officers=(stranger,))
    assert Duties(Context(outside)).holders("bare", "head", MONDAY) == ()


def test_who_has_left_has_no_duty() -> None:
    assert PEOPLE.serves("gone", at("2026-10-31T12:00"))
    assert not PEOPLE.serves("gone", MONDAY)


@pytest.mark.parametrize(
    ("receiver", "address"),
    [
        ("ben", Address("ben@x.vn", False)), ("chief", Address("d@x.vn", True)),
        ("unit:lone", Address("lone@x.vn", True)), ("ann", None), (ADMIN, None), ("lone", None),
    ],
)  # fmt: skip
def test_mail_goes_to_the_own_address_else_to_the_mailbox_of_the_unit(
    receiver: str, address: Address | None
) -> None:
    assert PEOPLE.address(receiver) == address
