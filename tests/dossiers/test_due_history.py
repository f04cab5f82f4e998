"""Every due time that a dossier had, in order, with what set it and under which reference data."""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.due_history import due_history, due_history_in_force
from dossiers.reports.explain import explain
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Procedure, Reference
from tests.dossiers.test_attribution import at, fact

PROCEDURES = (Procedure(id="P", name="P", limit=Limit(5, "working_days")),)
PLAIN = Context(Reference(procedures=PROCEDURES))
RENAMED = Context(Reference(title="T", procedures=PROCEDURES))
# Friday the 6th is off, so what was due on Monday the 9th is due on the 10th.
OFF = Context(Reference(calendar=CalendarSpec(days_off=("2026-11-06",)), procedures=PROCEDURES))

RECEIVED = fact(at(2, "08:30"), "received", unit="U", officer="A", procedure="P")
EXTENDED = fact(at(5, "09:00"), "due_set", due_at=at(12, "17:00"), reason="extension")
AGAIN = fact(at(9, "09:00"), "due_set", due_at=at(16, "17:00"), reason="extension")


def test_other_reference_data_that_moved_the_due_time_are_a_change_of_their_own() -> None:
    in_force = InForce([(0, PLAIN), (at(4, "10:00"), OFF)])
    changes = due_history_in_force([RECEIVED], in_force, at(5, "08:00"))
    assert [(c.rule, c.at, c.due_at, c.was) for c in changes] == [
        ("limit", at(2, "08:30"), at(9, "08:30"), None),
        ("reference", at(4, "10:00"), at(10, "08:30"), at(9, "08:30")),
    ]


def test_they_count_from_the_instant_itself_on() -> None:
    since = at(4, "10:00")
    in_force = InForce([(0, PLAIN), (since, OFF)])
    for now, due in ((since - 1, at(9, "08:30")), (since, at(10, "08:30"))):
        found = explain("D", [RECEIVED], now, in_force)
        assert (found.due_at, found.dues[-1].due_at) == (due, due)


def test_other_reference_data_that_moved_nothing_are_no_change() -> None:
    for since in (at(1, "10:00"), at(4, "10:00")):
        in_force = InForce([(0, PLAIN), (since, RENAMED)])
        changes = due_history_in_force([RECEIVED], in_force, at(5, "08:00"))
        assert [c.rule for c in changes] == ["limit"]


def test_each_change_is_told_once_however_often_the_reference_data_changed() -> None:
    in_force = InForce([(0, PLAIN), (at(4, "10:00"), RENAMED), (at(6, "10:00"), PLAIN)])
    changes = due_history_in_force([RECEIVED, EXTENDED, AGAIN], in_force, at(10, "08:00"))
    assert [(c.rule, c.at) for c in changes] == [
        ("limit", at(2, "08:30")),
        ("extension", at(5, "09:00")),
        ("extension", at(9, "09:00")),
    ]


def test_a_stop_is_worked_out_in_steps_and_an_extension_during_one_is_not() -> None:
    facts = [
        RECEIVED,
        fact(at(4, "09:00"), "suspended", status=5),
        EXTENDED,
        fact(at(6, "09:00"), "resumed"),
    ]
    changes = due_history(facts, PLAIN)
    assert [(c.rule, [step.code for step in c.steps]) for c in changes] == [
        ("limit", ["received", "working_days"]),
        ("extension", []),
        ("stop", ["set_meanwhile", "stopped"]),
    ]


def test_a_due_time_that_is_told_after_the_end_is_listed_and_does_not_count() -> None:
    ended = fact(at(6, "10:00"), "finished")
    changes = due_history([RECEIVED, ended, AGAIN], PLAIN)
    assert [(c.due_at, c.counts, c.rewrite) for c in changes] == [
        (at(9, "08:30"), True, False),
        (at(16, "17:00"), False, True),
    ]
    assert changes[-1].steps == ()


def test_a_due_time_told_with_the_end_of_a_stop_after_the_breach_does_not_count_either() -> None:
    stop = fact(at(10, "09:00"), "suspended", status=5)
    goes_on = fact(at(12, "09:00"), "resumed", due_at=at(20, "17:00"))
    changes = due_history([RECEIVED, stop, goes_on], PLAIN)
    assert [(c.due_at, c.counts, c.rewrite) for c in changes] == [
        (at(9, "08:30"), True, False),
        (at(20, "17:00"), False, True),
    ]
