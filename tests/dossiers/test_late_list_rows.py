"""Who stands in the month's list, and with what: what measuring had found wrong, row by row.

Sources: the rules of docs/late-list.md (Decision 766) and docs/explanations.md.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.case import Case, case_of
from dossiers.reports.late_list import LateList, last_of, late_list, month_of
from dossiers.time.calendar import HOUR, instant
from dossiers.wire.facts import Content, Limit, Shown
from dossiers.wire.records import Fact
from dossiers.wire.reference import Procedure, Reference, Rules, Step, Unit
from tests.dossiers.offices import HANOI

UNITS = tuple(
    Unit(id=u, name=u, parent=p) for u, p in (("city", ""), ("u1", "city"), ("u2", "city"))
)
STEPS = (Step(id="s1", hours=4, aliases=("một",)), Step(id="s2", hours=4))
PLAIN = Context(
    Reference(
        units=UNITS,
        procedures=(
            Procedure(id="p", name="P", limit=Limit(8, "hours"), steps=STEPS),
            Procedure(id="same", name="S", same_day=True),
        ),
    )
)


def by(**rules: Any) -> Context:
    return Context(msgspec.structs.replace(PLAIN.reference, rules=Rules(**rules)))


BY_DATE, RESTART = by(on_time_by="date"), by(stop_mode="restart")


def at(text: str) -> int:
    """Day and clock time of autumn 2026 ("10-30 17:00"), ms."""
    return instant(datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}").replace(tzinfo=HANOI))


def fact(when: str, kind: str, **fields: Any) -> Fact:
    due = fields.pop("due", None)
    fields["due_at"] = at(due) if due is not None else None
    return Fact(at(when), "t", 0, f"{kind} {when}", kind, at(when), **fields)


def made(
    facts: list[Fact], month: str = "2026-10", now: str = "12-31 00:00", context: Context = PLAIN,
    scope: str = "",
) -> LateList:  # fmt: skip
    return late_list([("d", facts)], month_of(month, context), at(now), context, scope)


def judged(facts: list[Fact], now: str, context: Context = PLAIN) -> Case:
    return case_of(facts, at(now), context)


def charged(case: Case) -> dict[str, float]:
    assert case.attribution is not None
    sums = case.attribution.by_officer()
    return {officer or unit: amount / HOUR for (unit, officer), amount in sums.items() if amount}


EVENING = [  # finished 20 minutes after closing
    fact("10-01 09:00", "received", unit="u1", officer="a", due="10-06 17:00"),
    fact("10-06 17:10", "progressed", unit="u2", officer="b"),
    fact("10-06 17:20", "finished"),
]
WEEKEND = [fact("10-26 09:00", "received", unit="u1", officer="a", due="10-30 17:00")]
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
        fact("10-01 09:00", "received", unit="u1", officer="a", text="p"),
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
        fact("10-05 08:00", "received", unit="u1", officer="a", text="same"),
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


def test_a_step_that_is_not_known_belongs_to_the_known_one_before_it() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", text="p", step="một"),
        fact("10-05 10:30", "progressed", officer="b", step="something else"),
        fact("10-05 15:00", "progressed", officer="c", step="s2"),
        fact("10-06 11:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert case.attribution.basis == "steps"
    assert [(p.holding.officer, p.holding.step, p.limit) for p in case.attribution.parts] == [
        ("a", "s1", 3 * HOUR), ("b", "s1", 1 * HOUR), ("c", "s2", 4 * HOUR),
    ]  # fmt: skip
    assert charged(case) == {"b": 2.0, "c": 2.0}


def test_what_comes_before_any_known_step_belongs_to_the_first_one() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", text="p", step="?"),
        fact("10-05 13:00", "progressed", officer="b"),
        fact("10-05 14:00", "progressed", officer="c", step="s1"),
        fact("10-06 08:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert [p.holding.step for p in case.attribution.parts] == ["s1", "s1", "s1"]
    assert charged(case) == {"b": 0.2, "c": 0.8}, "step s2 was not taken: 4 h of it are deducted"


def test_without_any_known_step_there_is_no_step_data() -> None:
    facts = [
        fact("10-05 07:30", "received", unit="u1", officer="a", text="p", step="?"),
        fact("10-06 08:30", "finished"),
    ]
    case = judged(facts, "12-01 08:00")
    assert case.attribution is not None
    assert (case.attribution.basis, charged(case)) == ("no_step_data", {"a": 1.0})


def test_those_withdrawn_or_refused_later_were_held() -> None:
    for kind in ("withdrawn", "refused"):
        facts = [
            fact("10-01 09:00", "received", unit="u1", officer="a", due="10-20 09:00"),
            fact("10-05 09:00", kind),
        ]
        found = made(facts)
        assert (found.total, found.late) == (1, 0), kind


def test_what_a_snapshot_tells_in_november_of_october_is_in_the_list_of_october() -> None:
    """Whenever it was told: else a dossier that was late in October would be in no list."""
    content = Content(
        procedure="p", status=9, accepted_at=at("10-05 09:00"), due_at=at("10-08 09:00"),
        finished_at=at("10-12 09:00"),
    )  # fmt: skip
    shown = Fact(at("11-03 10:00"), "portal", 0, "s", "snapshot", at("11-03 10:00"), unit="u1",
                 shown=Shown(content))  # fmt: skip
    found = made([shown])
    assert [(d.finished_at, d.days_late) for d in found.dossiers] == [(at("10-12 09:00"), 2.0)]
    assert made([shown], month="2026-11").total == 0
    early = msgspec.structs.replace(content, finished_at=at("10-07 09:00"))
    before = msgspec.structs.replace(content, status=4, finished_at=None)
    both = [
        msgspec.structs.replace(shown, occurred_at=at("10-05 10:00"), event_id="r",
                                shown=Shown(before)),
        msgspec.structs.replace(shown, shown=Shown(early)),
    ]  # fmt: skip
    assert made(both).late == 0, "it was finished in time, though that was told after the month"


def test_a_version_that_begins_with_the_next_month_changes_no_list() -> None:
    """Units are merged on the first of a month: the list before it has the old ones."""
    merged = Context(
        msgspec.structs.replace(PLAIN.reference, units=(Unit(id="city", name="New city"),))
    )
    in_force = InForce([(0, PLAIN), (at("11-01 00:00"), merged)])
    for month, expected in (("2026-10", PLAIN), ("2026-11", merged)):
        span = month_of(month, merged)
        context = in_force.at(last_of(span, at("12-10 00:00")))
        assert context is expected
        found = late_list([("d", WEEKEND)], span, at("12-10 00:00"), context, "", in_force)
        assert (found.reference, found.late) == (expected.hash, 1)
