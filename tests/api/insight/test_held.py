"""Hours of late dossiers: what pages say is what the late list says."""

from __future__ import annotations

from collections import Counter

import pytest

from api.access.reach import Reach
from api.insight.answers import count
from api.insight.filters import Filter
from api.insight.held_hours import hours_by_officer
from api.insight.officers import officers, rest_of
from api.insight.steps import steps
from dossiers.reference.context import UNKNOWN, Context
from dossiers.reference.in_force import InForce
from dossiers.reports.case import JudgedCase, case_in_force
from dossiers.reports.late_list import month_of
from dossiers.wire.reading import read_facts
from tests.api.insight.busy_city import NOW
from tests.api.insight.conftest import Asked
from tests.dossiers.listed import late_list

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR = 3_600_000


@pytest.fixture(scope="module")
def context(asked: Asked) -> Context:
    return asked.live.view.context


@pytest.fixture(scope="module")
def cases(asked: Asked, context: Context) -> dict[str, JudgedCase]:
    """Late in November or overdue now, each judged now by the report's own code."""
    month = month_of("2026-11", context)
    rows = asked.store.query("SELECT dossier_id AS id, facts FROM dossiers FINAL")
    found = {
        row["id"]: case_in_force(read_facts(row["facts"]), NOW, InForce([(0, context)]))
        for row in rows
    }
    return {
        id_: case
        for id_, case in found.items()
        if case.standing.verdict in ("late", "overdue") and case.end >= month.start
    }


async def test_charges_are_those_of_the_late_list(asked: Asked, context: Context) -> None:
    rows = asked.store.query("SELECT dossier_id AS id, facts FROM dossiers FINAL")
    month = month_of("2026-11", context)
    listed = late_list(((r["id"], read_facts(r["facts"])) for r in rows), month, NOW, context)
    day = context.calendar.day_length  # of every calendar here
    for unit in ("", "u1", "u2", "u3"):
        expected: dict[str, tuple[float, int]] = {}
        for holder in listed.officers:
            if not unit or unit == holder.unit or unit in context.ancestors(holder.unit):
                days, late = expected.get(holder.officer, (0.0, 0))
                late += holder.late
                expected[holder.officer] = days + holder.days_mean * holder.late, late
        assert len(expected) > 1 or unit in ("u2", "u3")
        hours = await hours_by_officer(Filter(unit=unit), asked.everybody, "month")
        for officer, (days, late) in expected.items():
            rounded = 0.05 * late + 1e-6  # a mean has one decimal
            assert hours[officer].charge / day == pytest.approx(days, abs=rounded)
    behind = Filter(what="behind", window="month")
    assert (await count(behind, asked.everybody)).number == listed.late > 50


async def test_hours_are_those_of_every_single_holding(
    asked: Asked, cases: dict[str, JudgedCase]
) -> None:
    charges: Counter[str] = Counter()
    overs: Counter[str] = Counter()
    for case in cases.values():
        for part in case.attribution.parts if case.attribution else ():
            who = part.holding.officer if part.holding.officer != UNKNOWN else ""
            charges[who] += part.charge
            overs[who] += max(0, part.used - part.limit) if part.limit is not None else 0
    found = await hours_by_officer(Filter(), asked.everybody, "month")
    assert {who for who, hours in found.items() if hours.charge} == {
        w for w in charges if charges[w]
    }
    for who, hours in found.items():
        assert hours.charge == pytest.approx(charges[who], abs=len(cases))  # rounded to ms
        assert hours.over == overs[who]
    assert sum(charges.values()) > 100 * HOUR < sum(overs.values()) * 10


async def test_steps_lose_what_their_holdings_used_over_the_limits(
    asked: Asked, cases: dict[str, JudgedCase]
) -> None:
    lost: Counter[tuple[str, str]] = Counter()
    for id_, case in cases.items():
        for part in case.attribution.parts if case.attribution else ():
            if part.limit is not None:
                lost[part.holding.step, id_] += max(0, part.used - part.limit)
    table = await steps(Filter(), asked.everybody)
    assert table.over == sum(lost.values()) > 0
    assert table.late.number == len(cases)
    for line in table.lines:
        own = [over for (step, _), over in lost.items() if step == line.step and over]
        assert (line.over, line.dossiers) == (sum(own), len(own))
        assert min(own) <= line.median <= max(own)
    assert sum(line.share for line in table.lines) == pytest.approx(100)


async def test_steps_and_officers_lose_the_same_hours_and_link_to_their_dossiers(
    asked: Asked,
) -> None:
    for unit in ("city", "u1", "u2"):
        viewer, of = asked.everybody, Filter(unit=unit)
        table, people = await steps(of, viewer), await officers(of, viewer)
        assert table.over == people.total.hours.over
        assert (await count(table.late.filter, viewer)).number == table.late.number > 0


@pytest.mark.parametrize("reach", [Reach(units=frozenset({"u1"})), Reach(officer="o1")])
async def test_late_dossiers_of_steps_are_as_many_for_whoever_sees_the_hours(
    asked: Asked, reach: Reach
) -> None:
    of = Filter(unit="u1")
    found, all_ = await steps(of, asked.as_(reach)), await steps(of, asked.everybody)
    assert (found.over, found.late.number) == (all_.over, all_.late.number)
    assert found.without_limits == all_.without_limits <= found.late.number


async def test_officers_add_up_and_link_to_what_they_count(asked: Asked) -> None:
    viewer, of = asked.everybody, Filter(unit="city")
    table = await officers(of, viewer)
    assert table.unassigned is not None
    every = [*table.lines, table.unassigned]
    for name in ("in_hand", "due_soon", "overdue", "finished", "late"):
        assert (
            sum(getattr(line, name).number for line in every) == getattr(table.total, name).number
        )
        for line in (*every, table.total):
            linked = getattr(line, name)
            assert (await count(linked.filter, viewer)).number == linked.number
    for line in (*every, table.total):
        assert (await count(line.charged.filter, viewer)).number == line.charged.number
    assert sum(judged for judged, _ in table.total.weeks) >= table.total.judged > 0
    for line in (await officers(Filter(), viewer)).lines:
        assert line.in_hand.number == viewer.view.value(f"officer:{line.officer}", "open")
    rest = rest_of(table, 2)
    assert rest is not None
    assert rest.officers == len(table.lines) - 2
    assert rest.in_hand == sum(line.in_hand.number for line in table.lines[2:])
    assert rest_of(table, 1000) is None


async def test_a_supervisor_sees_nothing_of_other_units(asked: Asked) -> None:
    viewer = asked.as_(Reach(units=frozenset({"u1"})))
    table = await officers(Filter(unit="u2"), viewer)
    assert table.lines == []
    own = await officers(Filter(unit="u1"), viewer)
    everybody = await officers(Filter(unit="u1"), asked.everybody)
    assert [line.hours.charge for line in own.lines] == [
        line.hours.charge for line in everybody.lines
    ]
