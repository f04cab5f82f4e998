"""A limit that begins anew when the clock does (rules.stop_mode = "restart")."""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.wire.events import DueSet, Finished, Progressed, Received, Resumed, Suspended
from dossiers.wire.reference import Procedure, Reference, Rules
from tests.dossiers.changing import RESTART, folded, moment, on
from tests.dossiers.offices import at
from tests.dossiers.test_lateness import Row, row, told

SAME_DAY = Context(
    Reference(
        rules=Rules(stop_mode="restart"),
        procedures=(Procedure(id="p", name="Same day", same_day=True),),
    )
)


def test_charges_begin_at_a_restart_that_leaves_the_due_time_where_it_was() -> None:
    """docs/explanations.md: whoever held it before the restart is not charged."""
    rows: list[Row] = [
        row(Received, "2026-11-02T08:00", procedure="p", officer="A"),
        row(Suspended, "2026-11-02T09:00"),
        row(Resumed, "2026-11-02T10:00"),
        row(Progressed, "2026-11-02T11:00", officer="B"),
        row(Finished, "2026-11-03T08:30"),
    ]
    found = told(rows, "2026-12-01T08:00", SAME_DAY)
    assert found.due_at == at("2026-11-02T17:00")
    assert [(s.officer, s.start) for s in found.shares] == [
        ("A", at("2026-11-02T10:00")),
        ("B", at("2026-11-02T11:00")),
    ]


def test_without_a_limit_the_first_due_time_says_how_long_the_clock_runs_anew() -> None:
    """docs/deadlines.md: the first by when it is dated, though another was recorded before it."""
    rows = [
        on(Received, "04 11:30"),
        on(DueSet, "05 16:00", due="13 10:00", reason="extension", known="06 16:00"),
        on(DueSet, "05 16:00", due="09 08:00", reason="extension"),
        on(Suspended, "07 08:00"),
        on(Resumed, "14 07:30"),
        # By 13 November the limit of 54.5 hours lasts until the 24th, by the 9th until the 18th.
        on(DueSet, "20 09:00", due="30 17:00", reason="extension"),
    ]
    course = folded(rows, RESTART)
    assert (course.due_at, course.flags) == (moment("30 17:00"), ("extended_too_often",))
