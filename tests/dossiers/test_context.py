"""Reference data in use: whose calendar counts, and that old content keeps its name."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.reference.check import problems
from dossiers.reference.context import Context
from dossiers.time.hours import HOUR, CalendarError
from dossiers.wire.calendar_spec import CalendarSpec, Week
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, Progressed, Received, Submitted
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.reference import (
    Procedure,
    Reference,
    Rules,
    Step,
    Unit,
    content_hash,
    decode_reference,
    encode_reference,
)
from oracle.figures import recount
from tests.dossiers.offices import SPEC, at

AFTERNOONS = CalendarSpec(
    name="afternoons",
    hours=Week(mon=("13:00-17:00",), tue=("13:00-17:00",), thu=("13:00-17:00",)),
)
REFERENCE = Reference(
    calendar=SPEC,
    calendars=(AFTERNOONS, CalendarSpec(name="always", kind="24x7")),
    limit=Limit(1, "working_days"),
    units=(
        Unit(id="city", name="City"),
        Unit(id="dept", name="Department", parent="city", calendar="afternoons"),
        Unit(id="desk", name="Desk", parent="dept"),
        Unit(id="night", name="Night desk", parent="desk", calendar="always"),
    ),
    procedures=(Procedure(id="now", name="Same day", same_day=True, limit=Limit(9, "hours")),),
)
CONTEXT = Context(REFERENCE)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("city", ""),
        ("dept", "afternoons"),
        ("desk", "afternoons"),
        ("night", "always"),
        ("nobody knows it", ""),
        ("", ""),
    ],
)
def test_a_unit_works_by_the_nearest_calendar_above_it(unit: str, name: str) -> None:
    assert CONTEXT.calendar_for(unit).spec.name == name
    assert CONTEXT.calendar_for(unit) is CONTEXT.calendar_named(name)


def test_the_calendar_of_the_reception_stays_when_the_dossier_moves_on() -> None:
    course = _course(
        Received(**_event(1, "2026-11-02T09:00", "desk")),
        Progressed(**_event(2, "2026-11-03T09:00", "city")),
    )
    assert course.due_at == at("2026-11-02T17:00"), "one working day, of four hours"
    assert (course.unit, course.calendar) == ("city", "afternoons")


def test_reminders_and_late_reception_run_by_that_calendar_too() -> None:
    pending = _course(Submitted(**_event(1, "2026-11-02T09:00", "desk")))
    standing = standing_at(pending, at("2026-11-02T10:00"), CONTEXT)
    assert standing.next_at == at("2026-11-02T17:00") + 1, "8 nominal hours are the day of four"
    received = _course(Received(**_event(1, "2026-11-02T13:00", "desk"), limit=Limit(4, "months")))
    soon = standing_at(received, at("2027-03-02T12:00"), CONTEXT)
    assert received.due_at == at("2027-03-02T13:00")
    assert soon.due_soon
    assert not standing_at(received, at("2027-02-25T12:00"), CONTEXT).due_soon


def test_the_limit_and_its_reminders_begin_at_the_reception_not_at_the_submission() -> None:
    """glpi 14427: escalations were counted from the opening."""
    course = _course(
        Submitted(**_event(1, "2026-11-02T09:00", "city")),
        Received(**_event(2, "2026-11-04T09:00", "city"), limit=Limit(3, "working_days")),
    )
    assert course.due_at == at("2026-11-09T09:00")
    standing = standing_at(course, at("2026-11-04T09:00"), CONTEXT)
    assert standing.next_at == at("2026-11-05T09:00"), "16 of the 24 hours are left"
    assert standing.late_reception


def test_a_same_day_procedure_is_due_at_closing_time() -> None:
    course = _course(Received(**_event(1, "2026-11-02T09:00", "city"), procedure="now"))
    assert course.due_at == course.first_due_at == at("2026-11-02T17:00")
    own = Received(**_event(1, "2026-11-02T09:00", "city"), procedure="now", limit=Limit(2, "days"))
    assert _course(own).due_at == at("2026-11-04T09:00"), "its own limit outranks the procedure's"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (
            Reference(units=(Unit(id="u", name="U", calendar="x"),)),
            "unit 'u' names the calendar 'x', which is not there: add it to calendars",
        ),
        (Reference(calendars=(AFTERNOONS, AFTERNOONS)), "'afternoons' is empty or there twice"),
        (Reference(calendars=(CalendarSpec(name="x", hours=Week()),)), "calendar 'x' has no work"),
        (Reference(rules=Rules(same_day_cutoff="3pm")), "'3pm' is no clock time: write HH:MM"),
    ],
)
def test_reference_data_that_cannot_be_used_is_refused(reference: Reference, message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        Context(reference)


def test_content_from_before_calendars_of_units_keeps_its_hash() -> None:
    old = (
        b'{"calendar":{"days_off":["2026-01-01"],"kind":"24x7","make_up_days":["2026-01-10"],'
        b'"version":"1"},"limit":{"amount":3,"unit":"days"},'
        b'"procedures":[{"id":"p","limit":{"amount":1,"unit":"hours"},"name":"P"}],'
        b'"rules":{"due_soon_hours":4},"units":[{"id":"u","name":"U","parent":"v"}]}'
    )
    assert encode_reference(decode_reference(old)) == old
    assert content_hash(Reference()) == content_hash(decode_reference(b"{}"))
    assert encode_reference(Reference()) == b"{}"


def test_calendars_survive_the_topic() -> None:
    assert decode_reference(encode_reference(REFERENCE)) == REFERENCE


def _event(number: int, when: str, unit: str) -> dict[str, Any]:
    moment = at(when)
    return {
        "event_id": str(number), "dossier_id": "d", "source": "s", "unit": unit,
        "occurred_at": moment, "received_at": moment,
    }  # fmt: skip


def _course(*events: AnyDossierEvent) -> Course:
    return fold([fact_of(event) for event in events], CONTEXT)


ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("closes", "passed"),
    [("24:00", "2026-11-03T01:00"), ("23:59", "2026-11-03T01:01")],
)
def test_a_step_at_a_round_the_clock_desk_takes_hours_by_the_clock(
    closes: str, passed: str
) -> None:
    """In the fold and in the recount; late reception too."""
    desk = CalendarSpec(hours=Week(**dict.fromkeys(ALL_WEEK, (f"00:00-{closes}",))))
    steps = (Step(id="check", hours=2), Step(id="sign", hours=100))
    procedure = Procedure(id="p", name="P", limit=Limit(90, "hours"), steps=steps)
    context = Context(Reference(calendar=desk, procedures=(procedure,)))
    assert context.step_limits("p", "")["check"] == 2 * HOUR
    events: list[AnyDossierEvent] = [
        Received(**_event(1, "2026-11-02T23:00", "u"), procedure="p", step="check")
    ]
    course = fold([fact_of(each) for each in events], context)
    assert course.step_due_at == at(passed)
    for moment, over in ((at(passed), 0), (at(passed) + 1, 1)):
        figures, _ = recount(events, moment, context)
        assert figures["all"]["step_overdue"] == over
    pending = fold([fact_of(Submitted(**_event(1, "2026-11-02T23:00", "u")))], context)
    standing = standing_at(pending, at("2026-11-02T23:30"), context)
    late = at("2026-11-03T07:00") if closes == "24:00" else at("2026-11-03T07:01")
    assert standing.next_at == late + 1


def test_steps_of_a_round_the_clock_desk_may_fill_its_day() -> None:
    desk = CalendarSpec(hours=Week(**dict.fromkeys(ALL_WEEK, ("00:00-23:59",))))
    for hours, told in ((23.9, False), (24, True)):
        steps = (Step(id="check", hours=hours),)
        procedure = Procedure(id="p", name="P", limit=Limit(1, "working_days"), steps=steps)
        reference = Reference(calendar=desk, procedures=(procedure,))
        assert any("scaled down" in each.text for each in problems(reference)) == told
