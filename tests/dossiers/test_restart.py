"""A limit that begins anew when the clock does (rules.stop_mode = "restart")."""

from __future__ import annotations

from dossiers.context import Context
from dossiers.events import Finished, Progressed, Received, Resumed, Suspended
from dossiers.reference import Procedure, Reference, Rules
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
