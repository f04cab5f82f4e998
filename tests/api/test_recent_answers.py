"""An answer of a moment ago is given again to who asks the very same, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from api.ports import StoreAway
from api.recent_answers import MOST, MOST_ROWS, SECONDS, RecentAnswers

pytestmark = pytest.mark.asyncio


class NumberingStore:
    """Numbers its answers. ``rows_each``: how long they are; ``away``: does not answer."""

    def __init__(self, rows_each: int = 1) -> None:
        self.asked, self.rows_each, self.away = 0, rows_each, False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        if self.away:
            raise StoreAway("ClickHouse does not answer.")
        return [{"n": number}] * self.rows_each


class SteppedClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def recent(clock: SteppedClock) -> RecentAnswers:
    return RecentAnswers(clock)


async def test_many_who_ask_at_once_cost_one_question(recent: RecentAnswers) -> None:
    store = NumberingStore()
    store.may_answer.clear()
    askers = [asyncio.create_task(recent.rows(store, "q", {"a": [1]})) for _ in range(50)]
    await asyncio.sleep(0)
    askers[0].cancel()
    store.may_answer.set()
    answers = await asyncio.gather(*askers, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [[{"n": 1}]] * 49
    assert store.asked == 1


async def test_what_differs_is_asked_for_itself(recent: RecentAnswers) -> None:
    store, other = NumberingStore(), NumberingStore()
    for query, sql, parameters, at in (
        (store, "q", {"within": ["unit:u1"]}, 1),
        (store, "q", {"within": ["unit:u2"]}, 1),
        (store, "q", {"within": ["unit:u1"]}, 2),
        (store, "p", {"within": ["unit:u1"]}, 1),
        (other, "q", {"within": ["unit:u1"]}, 1),
    ):
        await recent.rows(query, sql, parameters, at)
    assert (store.asked, other.asked) == (4, 1)
    assert await recent.rows(store, "q", {"within": ["unit:u2"]}, 1) == [{"n": 2}]


async def test_an_answer_ages(recent: RecentAnswers, clock: SteppedClock) -> None:
    store = NumberingStore()
    await recent.rows(store, "q", {})
    clock.now = SECONDS
    assert await recent.rows(store, "q", {}) == [{"n": 1}]
    clock.now = SECONDS + 0.1
    assert await recent.rows(store, "q", {}) == [{"n": 2}]


async def test_a_failure_is_not_given_again(recent: RecentAnswers) -> None:
    store = NumberingStore()
    store.away = True
    with pytest.raises(StoreAway):
        await recent.rows(store, "q", {})
    store.away = False
    assert await recent.rows(store, "q", {}) == [{"n": 2}]


async def test_what_somebody_does_to_an_answer_stays_with_them(recent: RecentAnswers) -> None:
    store = NumberingStore()
    (await recent.rows(store, "q", {}))[0].pop("n")
    assert await recent.rows(store, "q", {}) == [{"n": 1}]


@pytest.mark.parametrize(("each", "kept"), [(1, MOST), (MOST_ROWS // 4, 5)])
async def test_the_oldest_make_room(recent: RecentAnswers, each: int, kept: int) -> None:
    store = NumberingStore(each)
    for number in range(kept + 1):
        await recent.rows(store, "q", {"a": number})
    await recent.rows(store, "q", {"a": 1})
    assert store.asked == kept + 1, "the newest are all there"
    await recent.rows(store, "q", {"a": 0})
    assert store.asked == kept + 2
