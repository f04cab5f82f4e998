"""An officer beside others: numbers that lists have, and medians of enough people only."""

from __future__ import annotations

from statistics import median

import pytest

from api.insight import similar_officers
from api.insight.filters import Filter
from api.insight.listed_counts import listed_counts
from api.insight.similar_officers import compared, lateness_of
from tests.api.insight.conftest import Asked

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("officer", ["o1", "o3", "o4"])
async def test_what_an_officer_returned_and_held_late_are_lists(asked: Asked, officer: str) -> None:
    viewer = asked.everybody
    found = await compared(officer, "u1", viewer, "30d")
    mine = Filter(officer=officer, window="30d")
    lists = [
        mine.with_(what="finished"), mine.with_(what="judged"), mine.with_(what="late"),
        *lateness_of(officer, "30d").values(),
    ]  # fmt: skip
    assert await listed_counts(lists, viewer) == [
        found.mine.finished, found.mine.judged, found.mine.late, found.held, found.late_before,
    ]  # fmt: skip
    assert found.held > found.late_before >= 0


async def test_a_median_needs_five_people_and_leaves_the_officer_out(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = asked.everybody
    found = (await compared("o1", "u1", viewer, "30d")).similar
    assert found is not None
    assert found.people == similar_officers.LEAST == 5
    assert found.median is not None
    others = []
    for who in ("o2", "o3", "o4", "o5", "x"):
        [number] = await listed_counts(
            [Filter(officer=who, field=found.field, what="finished", window="30d")], viewer
        )
        if found.low <= number <= found.high and number:
            others.append(number)
    assert found.people == len(others) > 0
    assert found.median.finished == median(others)
    monkeypatch.setattr(similar_officers, "LEAST", 6)
    fewer = (await compared("o1", "u1", viewer, "30d")).similar
    assert fewer is not None
    assert fewer.median is None
