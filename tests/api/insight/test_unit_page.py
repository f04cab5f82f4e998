"""Every number of the questions of a unit's page is the length of the list that it links to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from api.access.reach import Reach
from api.insight.answers import count
from api.insight.backlog_classes import OVERDUE, backlog
from api.insight.by_unit import GAUGES, by_unit
from api.insight.comparing import compare
from api.insight.filters import Filter
from api.insight.linked import LinkedCount
from api.insight.procedures import procedures
from api.insight.receptions import receptions
from api.insight.unit_windows import headline, windows
from api.viewer import Viewer
from tests.api.insight.conftest import Asked

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGES = (Filter(), Filter(unit="city"), Filter(unit="u2", procedure="p2"), Filter(unit="u1"))


def numbers(answer: Any) -> Iterator[LinkedCount]:
    """Every number in it, wherever it stands."""
    if isinstance(answer, LinkedCount):
        yield answer
    elif is_dataclass(answer):
        for field in fields(answer):
            yield from numbers(getattr(answer, field.name))
    elif isinstance(answer, dict):
        yield from numbers(list(answer.values()))
    elif isinstance(answer, list):
        for each in answer:
            yield from numbers(each)


async def answers(of: Filter, viewer: Viewer) -> list[Any]:
    return [
        await windows(of, viewer),
        await headline(of, viewer),
        await backlog(of, viewer),
        await procedures(of, viewer),
        await procedures(of, viewer, "2026-10"),
        await receptions(of, viewer),
        await compare(["u1", "u2", "u1", "city"], of, viewer),
    ]


@pytest.mark.parametrize("of", PAGES, ids=Filter.url)
async def test_every_number_is_that_of_its_list(asked: Asked, of: Filter) -> None:
    found = list(numbers(await answers(of, asked.everybody)))
    assert len(found) > 60
    assert any(each.number for each in found)
    for each in {(each.filter, each.number) for each in found}:
        assert (await count(each[0], asked.everybody)).number == each[1], each[0].url()


async def test_a_unit_in_the_table_of_units_has_the_figures_of_its_page(asked: Asked) -> None:
    """Also of somebody who lists own dossiers only."""
    of = Filter(procedure="p2")
    for viewer in (asked.everybody, asked.as_(Reach(officer="o1"))):
        line = (await by_unit(["u1"], of, viewer))["u1"]
        page = await headline(of.with_(unit="u1"), viewer)
        for name in GAUGES:
            assert line.counts[name].number == page[name].number
    assert line.counts["open"].number > 0


async def test_unfiltered_windows_come_from_the_feed_and_the_year_does_not(asked: Asked) -> None:
    rows = {row.window: row for row in await windows(Filter(unit="u1"), asked.everybody)}
    assert {name for name, row in rows.items() if row.late.live} == set(rows) - {"year"}
    assert rows["year"].received.number >= rows["month"].received.number > 0
    filtered = await windows(Filter(unit="u1", procedure="p1"), asked.everybody)
    assert not any(row.late.live for row in filtered)


async def test_the_backlog_adds_up_and_its_overdue_are_the_overdue(asked: Asked) -> None:
    found = await backlog(Filter(unit="city"), asked.everybody)
    assert sum(each.number for each in found.classes.values()) == found.open.number
    late = sum(found.classes[name].number for name in OVERDUE)
    assert late == asked.everybody.view.value("unit:city", "overdue") > 0


async def test_procedures_add_up_to_their_total(asked: Asked) -> None:
    table = await procedures(Filter(unit="city"), asked.everybody)
    assert "" in {line.procedure for line in table.lines}
    assert sum(line.handled.number for line in table.lines) == table.total.handled.number > 0
    assert sum(line.behind.number for line in table.lines) == table.total.behind.number > 0
    assert sum(line.repeated.number for line in table.lines) == table.total.repeated.number > 0
    assert [line.behind.number for line in table.lines] == sorted(
        (line.behind.number for line in table.lines), reverse=True
    )
