"""Every due time can be told: what was added, and where each step led."""

from __future__ import annotations

import pytest
from hypothesis import given

from dossiers.fold.stops import resume_shift
from dossiers.reports.due_steps import (
    DueStep,
    explain_due,
    explain_resume,
    explain_same_day,
)
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import LATEST
from dossiers.time.limits import due_after, same_day_due
from dossiers.wire.facts import Limit, LimitUnit
from tests.dossiers.offices import OFFICE, at, gaps, limits, local, moments, offices, units


def told(steps: list[DueStep]) -> list[tuple[str, str]]:
    return [(step.code, local(step.at)) for step in steps]


@pytest.mark.parametrize(
    ("received", "limit", "steps"),
    [
        (
            "2026-11-02T08:30",
            Limit(5, "working_days"),
            [("received", "2026-11-02T08:30"), ("working_days", "2026-11-09T08:30")],
        ),
        (
            "2026-11-06T17:00",
            Limit(1, "hours"),
            [
                ("received", "2026-11-06T17:00"),
                ("outside_hours", "2026-11-09T07:30"),
                ("hours", "2026-11-09T08:30"),
            ],
        ),
        (
            "2026-11-02T09:00",
            Limit(5, "days"),
            [
                ("received", "2026-11-02T09:00"),
                ("calendar_days", "2026-11-07T09:00"),
                ("day_off", "2026-11-09T17:00"),
            ],
        ),
        (
            "2026-12-31T09:00",
            Limit(2, "months"),
            [
                ("received", "2026-12-31T09:00"),
                ("months", "2027-02-28T09:00"),
                ("month_end", "2027-02-28T09:00"),
                ("day_off", "2027-03-01T17:00"),
            ],
        ),
    ],
)
def test_the_steps_of_a_due_time(received: str, limit: Limit, steps: list[tuple[str, str]]) -> None:
    assert told(explain_due(at(received), limit, OFFICE)) == steps


def test_days_off_and_make_up_days_on_the_way_are_named() -> None:
    steps = explain_due(at("2025-12-31T09:00"), Limit(8, "working_days"), OFFICE)
    assert steps[-1].params == {
        "amount": 8,
        "calendar": OFFICE.version,
        "days_off": ["2026-01-01", "2026-01-02"],
        "make_up_days": ["2026-01-10"],
    }


def test_the_steps_of_a_same_day_procedure() -> None:
    assert told(explain_same_day(at("2026-11-06T15:00"), OFFICE)) == [
        ("received", "2026-11-06T15:00"),
        ("same_day", "2026-11-06T17:00"),
        ("after_cutoff", "2026-11-09T17:00"),
    ]


def test_the_steps_of_a_stop() -> None:
    due, begin, end = at("2026-11-12T10:00"), at("2026-11-06T16:00"), at("2026-11-09T08:30")
    in_days = explain_resume(due, begin, end, "days", OFFICE)
    assert told(in_days) == [("stopped", "2026-11-15T02:30"), ("day_off", "2026-11-16T17:00")]
    assert in_days[0].params["measure"] == "elapsed_time"
    assert in_days[0].params["amount"] == end - begin


@pytest.mark.parametrize(
    ("unit", "due", "stop", "since", "steps"),
    [
        # Outside that day's hours: closing time of that day.
        ("days", "10T10:00", ("06T16:00", "09T08:30"), None,
         [("stopped", "13T02:30"), ("closing_time", "13T17:00")]),
        # Off hours only: no working time, but not earlier than the end of the stop.
        ("hours", "06T17:00", ("06T17:00", "09T07:30"), None,
         [("stopped", "06T17:00"), ("stop_end", "09T07:30")]),
        ("hours", "06T16:00", ("06T16:00", "07T10:00"), None,
         [("stopped", "06T17:00"), ("stop_end", "07T10:00")]),
        # Only the part after it was set.
        ("hours", "20T10:00", ("09T09:00", "11T10:00"), "11T09:00",
         [("set_meanwhile", "20T10:00"), ("stopped", "20T11:00")]),
        # An appointment in the evening, and a stop that would bring it back to closing time.
        ("days", "10T19:00", ("06T16:00", "06T16:30"), None,
         [("stopped", "10T19:30"), ("closing_time", "10T17:00"), ("not_earlier", "10T19:00")]),
    ],
)  # fmt: skip
def test_every_way_in_which_a_stop_moves_a_due_time(
    unit: LimitUnit,
    due: str,
    stop: tuple[str, str],
    since: str | None,
    steps: list[tuple[str, str]],
) -> None:
    begin, end = (at(f"2026-11-{when}") for when in stop)
    set_at = None if since is None else at(f"2026-11-{since}")
    found = explain_resume(at(f"2026-11-{due}"), begin, end, unit, OFFICE, since=set_at)
    assert told(found) == [(code, f"2026-11-{when}") for code, when in steps]


@given(offices, moments, limits)
def test_the_last_step_is_the_due_time(office: Calendar, received: int, limit: Limit) -> None:
    steps = explain_due(received, limit, office)
    assert steps[0] == DueStep("received", received)
    assert steps[-1].at == due_after(received, limit, office)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert explain_same_day(received, office)[-1].at == same_day_due(received, office)


@given(offices, moments, gaps, gaps, units)
def test_the_last_step_of_a_stop_is_the_due_time_after_it(
    office: Calendar, begin: int, left: int, wait: int, unit: LimitUnit
) -> None:
    args = (begin + left, begin, begin + wait, unit, office)
    assert explain_resume(*args)[-1].at == resume_shift(*args)


def test_a_limit_beyond_the_calendar_is_told() -> None:
    steps = explain_due(at("2026-11-02T09:00"), Limit(10**6, "months"), OFFICE)
    assert [(step.code, step.at) for step in steps][1:] == [("beyond_calendar", LATEST)]


def test_outside_hours_the_next_day_is_told_once_and_no_cutoff() -> None:
    assert told(explain_same_day(at("2026-11-07T10:00"), OFFICE)) == [
        ("received", "2026-11-07T10:00"),
        ("outside_hours", "2026-11-09T07:30"),
        ("same_day", "2026-11-09T17:00"),
    ]


def test_a_make_up_day_on_which_the_dossier_came_is_on_the_way() -> None:
    steps = explain_due(at("2026-01-10T09:00"), Limit(1, "working_days"), OFFICE)
    assert steps[-1].params["make_up_days"] == ["2026-01-10"]
