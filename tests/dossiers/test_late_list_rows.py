"""Who stands in the month's list, and with what: what measuring had found wrong, row by row.

Sources: the rules of docs/late-list.md (Decision 766) and docs/explanations.md.
"""

from __future__ import annotations

import pytest

from dossiers.reference.context import Context
from dossiers.reports.late_list import month_of
from dossiers.wire.facts import Fact
from tests.dossiers.late_rows import PLAIN, WEEKEND, at, by, charged, fact, judged, made
from tests.dossiers.listed import late_list

BY_DATE, RESTART = by(on_time_by="date"), by(stop_mode="restart")


EVENING = [  # finished 20 minutes after closing
    fact("10-01 09:00", "received", unit="u1", officer="a", due="10-06 17:00"),
    fact("10-06 17:10", "progressed", unit="u2", officer="b"),
    fact("10-06 17:20", "finished"),
]


NIGHT = [  # by date the due time passes at 24:00
    fact("10-01 09:00", "received", unit="u1", officer="a", due="10-09 10:00"),
    fact("10-09 18:00", "progressed", unit="u2", officer="b"),
    fact("10-11 09:00", "finished"),
]


@pytest.mark.parametrize(
    ("facts", "context", "unit", "open_"),
    [
        (EVENING, PLAIN, "u1", False),
        (WEEKEND, PLAIN, "u1", True),
        (NIGHT, BY_DATE, "u2", False),
        ([*WEEKEND, fact("10-30 18:00", "refused")], PLAIN, "u1", False),
    ],
    ids=["after closing", "over the month's end", "by date", "refused in the evening"],
)
def test_late_without_a_working_hour_is_in_the_list_for_the_unit_at_the_breach(
    facts: list[Fact], context: Context, unit: str, open_: bool
) -> None:
    found = made(facts, context=context)
    [line] = found.dossiers
    assert (line.days_late, line.unit, line.officer, line.step) == (0.0, unit, "", "")
    assert found.officers == ()
    [holder] = found.units
    assert (holder.unit, holder.days_most, holder.done, holder.open) == (
        unit, 0.0, int(not open_), int(open_),
    )  # fmt: skip
    assert (found.late, found.unmatched) == (1, 0)
    assert made(facts, context=context, scope=unit).dossiers == found.dossiers
    other = {"u1": "u2", "u2": "u1"}[unit]
    assert made(facts, context=context, scope=other).dossiers == ()


def test_what_is_due_before_it_was_received_is_in_the_list_and_charges_nobody() -> None:
    facts = [
        fact("10-05 09:00", "received", unit="u1", officer="a", due="10-02 09:00"),
        fact("10-05 09:00", "finished"),
    ]
    found = made(facts)
    [line] = found.dossiers
    assert (line.days_late, line.unit, line.officer) == (1.0, "u1", "")
    assert found.officers == ()


def test_the_total_of_an_officer_has_what_is_charged_in_the_month() -> None:
    handed_over = [
        [
            fact("10-01 09:00", "received", unit="u1", officer="a", due="10-06 09:00"),
            fact("10-20 09:00", "progressed", unit="u2", officer="b"),
        ]
        for _ in range(3)
    ]
    new = [fact("11-02 09:00", "received", unit="u1", officer="a", due="12-21 09:00")]
    lives = [(f"d{number}", facts) for number, facts in enumerate([*handed_over, new])]
    month = month_of("2026-11", PLAIN)
    found = late_list(lives, month, at("12-01 00:00"), PLAIN)
    [officer] = [h for h in found.officers if h.officer == "a"]
    assert (officer.total, officer.late, officer.rate) == (4, 3, 75.0)
    unit = late_list(lives, month, at("12-01 00:00"), PLAIN, "u1")
    assert {d.dossier for d in unit.dossiers} == {"d0", "d1", "d2"}, "held by u2 in November"
    assert unit.officers == tuple(h for h in found.officers if h.unit == "u1")
    assert unit.units == tuple(h for h in found.units if h.unit == "u1")
    assert unit.dossiers == found.dossiers, "the same lines"


def test_all_who_held_a_dossier_before_a_restart_are_in_the_totals() -> None:
    facts = [
        fact("10-01 09:00", "received", unit="u1", officer="a", procedure="p"),
        fact("10-01 14:00", "suspended", status=5),
        fact("10-05 08:00", "resumed", unit="u2", officer="b"),
        fact("10-09 09:00", "finished"),
    ]
    found = made(facts, context=RESTART)
    assert {h.officer for h in found.officers} == {"b"}
    assert made(facts, context=RESTART, scope="u1").total == 1
    case = judged(facts, "12-01 08:00", RESTART)
    assert {h.officer for h in case.holdings} == {"a", "b"}


def test_charges_begin_at_a_restart_that_leaves_the_due_time_as_it_was() -> None:
    facts = [
        fact("10-05 08:00", "received", unit="u1", officer="a", procedure="same"),
        fact("10-05 09:00", "suspended", status=5),
        fact("10-05 10:00", "resumed", officer="b"),
        fact("10-06 09:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00", RESTART)
    assert case.course.due_at == at("10-05 17:00")
    assert case.attribution is not None
    assert [(p.holding.officer, p.holding.start) for p in case.attribution.parts] == [
        ("b", at("10-05 10:00"))
    ]
    assert charged(case) == {"b": 2.0}


def test_by_date_lateness_begins_at_the_end_of_the_due_day() -> None:
    facts = [
        fact("10-01 09:00", "received", unit="u1", officer="a", due="10-06 10:00"),
        fact("10-06 11:00", "progressed", officer="b"),
        fact("10-07 11:00", "progressed", officer="c"),
        fact("10-08 09:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00", BY_DATE)
    assert charged(case) == {"b": 3.5, "c": 6.5}
    assert charged(judged(facts, "12-01 08:00")) == {"a": 1.0, "b": 8.0, "c": 6.5}
    [line] = made(facts, context=BY_DATE).dossiers
    assert line.days_late == 1.3, "1.25, a half rounded up"


def test_the_list_is_judged_as_of_the_watermark() -> None:
    """On a quiet weekend no tally is written; a due time passes all the same."""
    quiet = [fact("10-20 09:00", "received", unit="u1", officer="a", due="10-25 09:00")]
    assert made(quiet, now="10-25 09:00").late == 0
    found = made(quiet, now="10-25 09:01")
    assert (found.as_of, found.late) == (at("10-25 09:01"), 1)
    later = [*quiet, fact("10-26 09:00", "finished")]
    assert made(later, now="10-25 09:01").dossiers == found.dossiers, "not yet"
