"""What is said of reference data: what is wrong with it, what changed, and what it has names of."""

from __future__ import annotations

from dossiers.reference.check import problems
from dossiers.reference.diff import differences
from dossiers.reference.known_names import known_names
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Officer, Procedure, Reference, RuleVersion, Step, Unit


def scaled_down(limit: Limit | None, hours: float, calendar: CalendarSpec) -> list[bool]:
    """Of each remark that steps of so many hours exceed their limit: whether it is a warning."""
    procedure = Procedure(id="p", name="P", limit=limit, steps=(Step(id="s", hours=hours),))
    found = problems(Reference(calendar=calendar, procedures=(procedure,)))
    return [each.warning for each in found if "scaled down" in each.text]


def test_steps_that_take_longer_than_the_limit_are_a_warning_and_no_error() -> None:
    office = CalendarSpec()
    for limit, most in ((Limit(9, "hours"), 9), (Limit(2, "days"), 16), (Limit(1, "months"), 184)):
        assert scaled_down(limit, most, office) == []
        assert scaled_down(limit, most + 0.5, office) == [True]


def test_steps_without_any_limit_exceed_none() -> None:
    assert scaled_down(None, 1_000, CalendarSpec()) == []


def test_steps_of_a_desk_that_never_closes_may_fill_24_hours_of_a_day() -> None:
    always = CalendarSpec(kind="24x7")
    assert scaled_down(Limit(1, "working_days"), 24, always) == []
    assert scaled_down(Limit(1, "working_days"), 24.5, always) == [True]


def test_a_calendar_that_is_not_there_is_named_with_those_that_are() -> None:
    unit = Unit(id="u", name="U", calendar="x")
    for names, told in (((), "none"), (("b", "a"), "a, b")):
        calendars = tuple(CalendarSpec(name=name) for name in names)
        (text,) = (
            each.text
            for each in problems(Reference(units=(unit,), calendars=calendars))
            if each.field == "calendar"
        )
        assert f"(there are: {told})" in text


def test_what_is_the_same_in_both_versions_is_no_difference() -> None:
    one, two = Unit(id="one", name="One"), Unit(id="two", name="Two")
    before = Reference(title="T", units=(one, two))
    after = Reference(title="T", units=(one, Unit(id="two", name="Second"), Unit(id="3", name="3")))
    assert differences(before, before) == {}
    assert differences(before, after) == {"units": (("3",), (), {"two": ("name",)})}
    assert differences(after, before) == {"units": ((), ("3",), {"two": ("name",)})}


def test_names_are_found_in_any_case_and_ids_as_they_are_written() -> None:
    unit = Unit(id="U-1", name="Phòng Một", short="P1", madonvi="H29.1")
    reference = Reference(units=(unit,), procedures=(Procedure(id="P-7", name="P"),))
    found = known_names(reference)
    assert {found["unit"].names[form] for form in found["unit"].any_case} == {"Phòng Một", "P1"}
    assert found["procedure"].any_case == set()


def test_the_shortest_limit_is_one_hour_or_day_and_none_is_no_limit() -> None:
    for amount, wrong in ((1, []), (0, ["procedures", "rule_versions"])):
        limit = Limit(amount, "days")
        reference = Reference(
            procedures=(Procedure(id="p", name="P", limit=limit),),
            rule_versions=(RuleVersion(since="2026-01-01", name="Q", limits={"p": limit}),),
        )
        found = [each for each in problems(reference) if "limit" in each.field]
        assert sorted(each.table for each in found if not each.warning) == wrong


def test_officers_are_known_by_name_in_any_case_and_by_id_as_it_is_written() -> None:
    found = known_names(Reference(officers=(Officer(id="CB-1", name="Trần An", unit="u"),)))
    assert {found["officer"].names[form] for form in found["officer"].any_case} == {"Trần An"}
