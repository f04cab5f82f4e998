"""Which filters ask for few of all dossiers, and that it makes no difference to what they find."""

from __future__ import annotations

import pytest

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.few import asks_for_few
from api.insight.filters import Filter
from tests.api.insight.busy_city import NOW
from tests.api.insight.conftest import Asked

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEW = (
    Filter(unit="u1"), Filter(officer="o1"), Filter(held="o1", what="behind", window="month"),
    Filter(standing=("overdue",)), Filter(marks=("due_soon",)), Filter(age="over24"),
    Filter(what="late", window="month"), Filter(what="handled", window="month"),
    Filter(unit="city", due="today"), Filter(what="submitted", window="2026-11-20T17:00.."),
    Filter(due="2026-11-24.."), Filter(held_in="u2", what="behind", window="year"),
)  # fmt: skip
MANY = (
    Filter(), Filter(unit="city"), Filter(channel=2), Filter(field="land"),
    Filter(standing=("late", "overdue")), Filter(what="late", window="year"), Filter(text="1"),
    Filter(what="late", window="..2026-11-20"), Filter(what="handled", window="2019-01"),
    Filter(what="behind"), Filter(marks=("flagged",)),
)  # fmt: skip


async def test_few_are_those_of_a_unit_a_person_or_a_short_time(asked: Asked) -> None:
    context = asked.live.view.context
    for expected, filters in ((True, FEW), (False, MANY)):
        for filter_ in filters:
            assert asks_for_few(filter_, None, NOW, context) is expected, filter_
    assert asks_for_few(Filter(), ("unit:u1",), NOW, context)
    assert not asks_for_few(Filter(), ("unit:city",), NOW, context)


async def test_both_ways_of_asking_find_the_same(asked: Asked) -> None:
    """With rows in the table that newer ones have replaced."""
    at = Standpoint.listing(asked.everybody)
    found = 0
    for filter_ in (*FEW, *MANY):
        where, ids = where_of(filter_, at), []
        for few in (False, True):
            where.few = few
            sql = f"SELECT d.dossier_id AS id FROM {TABLE} WHERE {matching(where)} ORDER BY id"  # noqa: S608
            ids.append(asked.store.query(sql, where.parameters))
        assert ids[0] == ids[1], filter_
        found += bool(ids[0])
    assert found > len(FEW)
