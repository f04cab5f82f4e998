"""A live figure, the count of its filter, and the length of its list are one number."""

from __future__ import annotations

import pytest

from api.access.reach import Reach
from api.insight.answers import as_of, count, counts
from api.insight.filters import Filter
from api.insight.listing import SORTS, Sort, list_page
from api.insight.live_fields import filter_of
from api.insight.vocabulary import OPEN
from dossiers.tallies.vector import FIELDS
from tests.api.insight.busy_city import NOW
from tests.api.insight.conftest import Asked

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCOPES = (("", ""), ("city", ""), ("u1", ""), ("u2", ""), ("u3", ""), ("", "o1"), ("", "o4"))


async def test_every_field_of_a_tally_is_the_count_of_its_filter(asked: Asked) -> None:
    viewer, seen = asked.everybody, set()
    for unit, officer in SCOPES:
        scope = f"unit:{unit}" if unit else f"officer:{officer}" if officer else "all"
        live = {field: viewer.view.value(scope, field) for field in FIELDS}
        filters = [filter_of(f, unit, officer, all_time=viewer.view.all_time) for f in FIELDS]
        found = dict(zip(FIELDS, await counts(filters, viewer), strict=True))
        assert found == live
        seen |= {field for field, number in live.items() if number}
    rare = {"backdated", *(field for field in FIELDS if field.endswith("_1h"))}
    assert set(FIELDS) - seen <= rare, "the city has some of everything"


async def test_answers_are_as_old_as_the_stream_if_nothing_is_missing(asked: Asked) -> None:
    assert await as_of(asked.everybody) == NOW


async def test_classes_of_the_backlog_add_up_to_what_is_open(asked: Asked) -> None:
    viewer = asked.everybody
    for unit in ("city", "u1", "u2", "u3"):
        parts = [
            Filter(unit=unit, left=left) for left in ("soon", "to16", "to40", "over40", "none")
        ]
        parts += [Filter(unit=unit, age=age) for age in ("under8", "to24", "over24")]
        parts += [Filter(unit=unit, standing=("waiting",))]
        numbers = await counts(parts, viewer)
        assert sum(numbers) == viewer.view.value(f"unit:{unit}", "open")


async def test_a_class_has_the_dossiers_with_that_much_working_time(asked: Asked) -> None:
    """Compared one by one, by the calendar of each dossier."""
    context, hour = asked.live.view.context, 3_600_000
    page = await list_page(
        Filter(standing=("overdue", "within")), asked.everybody, cursor=None, limit=1000
    )
    for name, standing, low, high in (
        ("to16", "within", 0, 16), ("to40", "within", 16, 40), ("over40", "within", 40, 10**6),
        ("under8", "overdue", -1, 8), ("to24", "overdue", 8, 24), ("over24", "overdue", 24, 10**6),
    ):  # fmt: skip
        late = standing == "overdue"
        expected = set()
        for row in page.rows:
            if row["standing"] != standing or row["due_at"] is None or row["due_soon"]:
                continue
            calendar = context.calendar_named(row["calendar"])
            amount = calendar.between(row["due_at"], NOW) * (1 if late else -1)
            if late and low * hour <= amount < high * hour:
                expected.add(row["id"])
            if not late and low * hour < amount <= high * hour:
                expected.add(row["id"])
        filter_ = Filter(age=name) if late else Filter(left=name)
        found = await list_page(filter_, asked.everybody, cursor=None, limit=1000)
        assert {row["id"] for row in found.rows} == expected, name
    assert {row["calendar"] for row in page.rows} == {"", "saturday"}


@pytest.mark.parametrize("by", SORTS)
@pytest.mark.parametrize("descending", [False, True])
async def test_a_list_has_what_is_counted_once_in_any_order(
    asked: Asked, by: str, descending: bool
) -> None:
    viewer, filter_ = asked.everybody, Filter(unit="u2", standing=(*OPEN, "late", "pending"))
    ids: list[str] = []
    cursor = None
    while True:
        sort = Sort(by, descending)  # type: ignore[arg-type]
        page = await list_page(filter_, viewer, sort=sort, cursor=cursor, limit=17)
        ids += [row["id"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    number = (await count(filter_, viewer)).number
    assert len(ids) == len(set(ids)) == number > 17


async def test_nobody_counts_or_lists_outside_the_own_reach(asked: Asked) -> None:
    supervisor = asked.as_(Reach(units=frozenset({"u1"})))
    everything = Filter(standing=OPEN)
    own = Filter(unit="u1", standing=OPEN)
    assert (await count(everything, supervisor)).number == (await count(own, supervisor)).number > 0
    assert (await count(Filter(unit="u2"), supervisor)).number == 0
    assert (await list_page(Filter(unit="u2"), supervisor, cursor=None, limit=9)).rows == []


async def test_an_officer_sees_the_own_units_figures_and_only_own_dossiers(asked: Asked) -> None:
    officer, all_of = asked.as_(Reach(officer="o1")), asked.everybody
    unit = Filter(unit="u1", procedure="p2")
    assert (await count(unit, officer)).number == (await count(unit, all_of)).number > 0
    page = await list_page(unit, officer, cursor=None, limit=1000)
    assert {row["officer"] for row in page.rows} == {"o1"}
    assert (await count(Filter(officer="o2"), officer)).number == 0
