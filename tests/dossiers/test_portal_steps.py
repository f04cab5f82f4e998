"""Portal progress reaches the steps: who did what, from when, and by when it had to be done.

Source: docs/explanations.md, point 7, and docs/portal-sync.md.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.reports.attribution import Attribution
from dossiers.reports.case import case_of
from dossiers.reports.holdings import holdings_of
from dossiers.time.day_table import instant
from dossiers.time.hours import HOUR
from dossiers.wire.facts import Fact, Limit
from dossiers.wire.reference import Officer, Procedure, Reference, Rules, Step, Unit
from tests.dossiers.made_facts import made_fact
from tests.dossiers.offices import HANOI, local

STEPS = (
    Step(id="in", name="tiếp nhận", hours=2),
    Step(id="td", name="thẩm định", hours=8, aliases=("xem xét",)),
    Step(id="out", name="trả kết quả", hours=2),
)
CONTEXT = Context(
    Reference(
        units=(Unit(id="u", name="U"),),
        officers=tuple(Officer(id=o, name=f"Cán bộ {o}", unit="u") for o in "abc"),
        procedures=(
            Procedure(id="p", name="P", limit=Limit(16, "hours"), steps=STEPS),
            Procedure(id="none", name="N", limit=Limit(16, "hours")),
        ),
    )
)


def at(text: str) -> int:
    """Day and clock time of October 2026 ("05 09:00"; the 5th is a Monday), ms."""
    moment = datetime.fromisoformat(f"2026-10-{text.replace(' ', 'T')}").replace(tzinfo=HANOI)
    return instant(moment)


def received(when: str = "05 07:30", procedure: str = "p") -> Fact:
    """Due two working days later: at the end of the 6th."""
    return made_fact(
        at(when), "portal:u", 0, "r", "received", at(when), unit="u", procedure=procedure
    )


def done(
    when: str, officer: str, step: str = "", begin: str | None = None, due: str | None = None
) -> Fact:
    """A record of progress."""
    return made_fact(
        at(when), "portal:u", 0, f"s{when}{officer}{step}", "progressed", at(when), until=True,
        step=step, officer_name=f"Cán bộ {officer}" if officer else "",
        began_at=None if begin is None else at(begin), step_due_at=None if due is None else at(due),
    )  # fmt: skip


def end(when: str) -> Fact:
    return made_fact(at(when), "portal:u", 0, "f", "finished", at(when), status=9)


def split(*facts: Fact, now: str = "31 08:00", context: Context = CONTEXT) -> Attribution:
    found = case_of(list(facts), at(now), context).attribution
    assert found is not None
    assert sum(p.charge for p in found.parts) + found.unassigned == found.late
    return found


Row = tuple[str, str, float | None, float, float]


def rows(found: Attribution) -> list[Row]:
    """Officer ("" is the unit's inbox), step, limit, used and charge in hours."""
    return [
        (p.holding.officer, p.holding.step, None if p.limit is None else p.limit / HOUR,
         p.used / HOUR, p.charge / HOUR)
        for p in found.parts
    ]  # fmt: skip


def test_records_that_name_steps_have_their_limits() -> None:
    found = split(
        received(),
        done("05 10:30", "a", "Tiếp nhận"),
        done("07 10:30", "b", "Xem xét"),
        done("07 11:30", "c", "out"),
        end("07 11:30"),
    )
    assert found.basis == "portal_steps"
    # 4 h of the 16 are slack at the beginning.
    assert rows(found) == [
        ("a", "in", 2, 3, 0), ("b", "td", 8, 16, 4), ("c", "out", 2, 1, 0),
    ]  # fmt: skip


def test_holdings_with_neither_step_nor_due_time_share_what_is_left() -> None:
    found = split(
        received(),
        done("05 10:30", "a", "in"),
        done("05 15:00", "b"),
        done("07 10:30", "c", "td", begin="06 08:30"),
        end("07 16:30"),
    )
    # 16 h, less 2 of "in", 8 of "td", and 2 of "out", which no record names: 4 h are left.
    assert [row[:4] for row in rows(found)] == [
        ("a", "in", 2, 3), ("b", "", 3, 3), ("", "", 1, 3), ("c", "td", 8, 10), ("", "", 0, 4.5),
    ]  # fmt: skip
    assert found.skipped == {"out": 2 * HOUR}
    # Beyond the slack, of which 2 h were allowed for a step not taken.
    assert [p.raw / HOUR for p in found.parts] == [1, 0, 2, 2, 4.5]
    assert found.late == 7.5 * HOUR


def test_a_due_time_of_its_own_replaces_the_steps_limit_for_that_record_alone() -> None:
    found = split(
        received(),
        done("05 14:00", "a", "td", due="05 09:30"),
        done("07 08:30", "b", "td"),
        done("07 16:30", "c", due="07 16:00"),
        end("07 16:30"),
    )
    # 2 h and 8 h, 6 h of the third; "in" and "out" (2 h each) are named by none: 20 h for 16.
    assert [p.limit for p in found.parts] == [
        round(hours * 0.8 * HOUR) for hours in (2, 8, 6)
    ]  # fmt: skip
    assert found.skipped == {"in": round(1.6 * HOUR), "out": round(1.6 * HOUR)}
    assert [p.used / HOUR for p in found.parts] == [5, 12, 6.5]


def test_due_times_alone_leave_no_room_for_steps_that_nobody_names() -> None:
    for procedure in ("p", "none"):
        found = split(
            received(procedure=procedure),
            done("05 15:00", "a", due="05 11:30"),
            done("07 09:30", "b", due="06 09:00"),
            end("07 09:30"),
        )
        assert (found.basis, found.skipped) == ("portal_steps", {})
        assert rows(found) == [("a", "", 4, 6, 0), ("b", "", 3.5, 12, 2)]


def test_a_due_time_counts_stops_and_a_date_means_closing_time() -> None:
    stop = [
        made_fact(at("05 09:30"), "portal:u", 0, "s", "suspended", at("05 09:30"), status=5),
        made_fact(at("05 15:00"), "portal:u", 0, "t", "resumed", at("05 15:00")),
    ]
    found = split(
        received(), *stop, done("06 09:30", "a", due="05 00:00"), end("12 09:30")
    )  # fmt: skip
    assert found.parts[0].limit == 8 * HOUR, "from the reception to 17:00, stops or not"
    assert found.parts[0].used == 6 * HOUR, "without the stop"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (done("06 09:30", "a", "td", begin="08 08:00"), [("", 10.0), ("a", 0.0), ("", 8.0)]),
        (done("06 09:30", "a", "td", begin="01 08:00"), [("a", 10.0), ("", 8.0)]),
        (done("06 09:30", "a", begin="05 08:30", due="01 08:30"), [("", 1), ("a", 9), ("", 8)]),
        (done("01 09:30", "a", "td"), [("", 18.0)]),
        (done("05 07:30", "a", "in"), [("a", 0.0), ("", 18.0)]),
        (done("08 09:30", "a", "td"), [("a", 18.0)]),
        (done("06 09:30", "", "td"), [("", 10.0), ("", 8.0)]),
    ],
    ids=["begins after its end", "begins before the reception", "due before it began",
         "before the reception", "at the reception", "after the end", "nobody named"],
)  # fmt: skip
def test_odd_dates_break_no_sums(record: Fact, expected: list[tuple[str, float]]) -> None:
    found = split(received(), record, end("07 09:30"))
    assert [(p.holding.officer, p.used / HOUR) for p in found.parts] == expected
    assert all(part.limit is None or part.limit >= 0 for part in found.parts)


def test_a_record_that_is_told_again_with_its_step_is_one_record() -> None:
    plain, named = done("06 09:30", "a"), done("06 09:30", "a", "td", due="06 08:30")
    found = split(received(), plain, named, end("07 09:30"))
    assert rows(found) == [("a", "td", 9, 10, 1 / 3), ("", "", 3, 8, 5 / 3)]


def held(*facts: Fact) -> list[tuple[str, str, str, str]]:
    """(officer, step, due, end) of each holding of a dossier that "a" works on."""
    known = [msgspec.structs.replace(fact, officer="a") for fact in facts]
    begin = msgspec.structs.replace(received(), step="td")
    return [
        (h.officer, h.step, "" if h.due is None else local(h.due)[8:], local(h.end)[8:])
        for h in holdings_of([begin, *known], at("05 07:30"), at("08 09:30"))
    ]


def test_a_record_is_told_again_only_with_the_same_step_at_the_same_instant() -> None:
    first, rest = done("06 09:30", "a", "td"), ("", "td", "", "08T09:30")
    fuller = done("06 09:30", "a", "td", due="06 17:00")
    assert held(first, fuller) == [("a", "td", "06T17:00", "06T09:30"), rest]
    assert held(first, done("06 09:30", "a", "out")) == [
        ("a", "td", "", "06T09:30"), ("a", "out", "", "06T09:30"), rest,
    ]  # fmt: skip


def test_what_follows_a_record_with_a_due_time_has_no_part_in_it() -> None:
    told = done("06 09:30", "a", "td", due="06 17:00")
    assert held(told, done("07 09:30", "a")) == [
        ("a", "td", "06T17:00", "06T09:30"),
        ("a", "td", "", "07T09:30"),
        ("", "td", "", "08T09:30"),
    ]  # fmt: skip


def test_a_step_of_another_procedure_is_none() -> None:
    found = split(received(procedure="none"), done("06 09:30", "a", "td"), end("08 09:30"))
    assert found.basis == "no_step_data"
    unknown = split(received(), done("06 09:30", "a", "?"), end("08 09:30"))
    assert unknown.basis == "no_step_data"


def test_a_restart_begins_with_the_records_after_it() -> None:
    restart = Context(msgspec.structs.replace(CONTEXT.reference, rules=Rules(stop_mode="restart")))
    facts: list[Any] = [
        received(),
        done("05 10:30", "a", "in"),
        made_fact(at("05 14:00"), "portal:u", 0, "s", "suspended", at("05 14:00"), status=5),
        made_fact(at("06 07:30"), "portal:u", 0, "t", "resumed", at("06 07:30")),
        done("08 15:00", "b", "td", begin="05 11:00", due="07 17:00"),
        end("08 15:00"),
    ]
    found = split(*facts, context=restart)
    assert rows(found) == [("b", "td", 12.8, 22, 6)], "16 h of its own, 2 h each of two others"
