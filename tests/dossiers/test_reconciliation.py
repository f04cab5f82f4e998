"""Counts of dossiers here against those of somebody else."""

from __future__ import annotations

from dossiers.reports.reconciliation import Counted, Seen, compare

PARENTS = {"ward": ("department", "city"), "department": ("city",)}
SEEN = {
    ("ward", "2026-10"): Seen(5, 3),
    ("department", "2026-10"): Seen(2, 1),
    ("ward", "2026-11"): Seen(1, 0),
    ("elsewhere", "2026-10"): Seen(4, 4),
}


def above(unit: str) -> tuple[str, ...]:
    return PARENTS.get(unit, ())


def test_missing_and_surplus_by_unit_and_month() -> None:
    found = compare(
        [Counted("ward", "2026-10", 7, 2), Counted("ward", "2026-11", 1, None)], SEEN, above
    )
    october, november = found.lines
    assert october.received == (5, 7, 2, 0)
    assert october.finished == (3, 2, 0, 1)
    assert october.differs
    assert november.received == (1, 1, 0, 0)
    assert november.finished == (0, None, 0, 0), "what nobody counts cannot differ"
    assert not november.differs


def test_a_unit_counts_for_those_above_it() -> None:
    (line,) = compare([Counted("city", "2026-10", 7, 4)], SEEN, above).lines
    assert not line.differs


def test_units_that_nobody_counted_are_named_but_differ_from_nothing() -> None:
    found = compare([Counted("department", "2026-10", 7, 4)], SEEN, above)
    assert [(u.unit, u.month) for u in found.uncounted] == [
        ("elsewhere", "2026-10"),
        ("ward", "2026-11"),
    ]
    assert not any(line.differs for line in found.lines)


def test_a_unit_without_any_dossier_here_lacks_all_of_them() -> None:
    (line,) = compare([Counted("nowhere", "2026-10", 3, 0)], SEEN, above).lines
    assert line.received == (0, 3, 3, 0)
