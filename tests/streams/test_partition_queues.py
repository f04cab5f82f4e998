"""A batch that takes long keeps its own partition waiting, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from faust.types import TP

from streams.agents import partition_queues
from streams.agents.partition_queues import MOST_WAITING, PartitionQueues

pytestmark = pytest.mark.asyncio
HEAVY, LIGHT = TP("events", 0), TP("events", 1)


class Delivery:
    def __init__(self) -> None:
        self.paused: list[TP] = []
        self.done: list[tuple[TP, int]] = []
        self.ran = asyncio.Semaphore(0)
        self.queues = PartitionQueues(self.paused.append, self.paused.remove)

    def work(self, tp: TP, number: int, until: asyncio.Event | None = None) -> (
        Callable[[], Awaitable[None]]
    ):  # fmt: skip
        async def run() -> None:
            if until is not None:
                await until.wait()
            self.done.append((tp, number))
            self.ran.release()

        return run


async def settled(found: Delivery, count: int) -> None:
    async with asyncio.timeout(10):
        for _ in range(count):
            await found.ran.acquire()


async def test_others_go_on_while_a_batch_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_queues, "WAIT_SECONDS", 0.01)
    found, over = Delivery(), asyncio.Event()
    await found.queues.put(HEAVY, found.work(HEAVY, 0, over))
    await found.queues.put(HEAVY, found.work(HEAVY, 1))
    for number in range(5):
        await found.queues.put(LIGHT, found.work(LIGHT, number))
    assert found.done == [(LIGHT, n) for n in range(5)]
    over.set()
    await settled(found, 7)
    assert found.done[5:] == [(HEAVY, 0), (HEAVY, 1)], "in their order"


async def test_a_quick_batch_is_done_when_the_next_is_taken() -> None:
    found = Delivery()
    for number in range(20):
        await found.queues.put((HEAVY, LIGHT)[number % 2], found.work(HEAVY, number))
        assert len(found.done) == number + 1


async def test_so_many_wait_and_the_rest_stays_in_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_queues, "WAIT_SECONDS", 0.01)
    found, over = Delivery(), asyncio.Event()
    await found.queues.put(HEAVY, found.work(HEAVY, 0, over))
    for number in range(1, MOST_WAITING + 3):
        await found.queues.put(HEAVY, found.work(HEAVY, number))
        assert found.paused == ([HEAVY] if number >= MOST_WAITING else [])
    over.set()
    await settled(found, MOST_WAITING + 3)
    assert found.paused == []
    assert found.done == [(HEAVY, n) for n in range(MOST_WAITING + 3)]


async def test_what_waits_is_forgotten_with_its_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_queues, "WAIT_SECONDS", 0.01)
    found, over = Delivery(), asyncio.Event()
    await found.queues.put(HEAVY, found.work(HEAVY, 0, over))
    await found.queues.put(HEAVY, found.work(HEAVY, 1))
    found.queues.clear()
    over.set()
    await settled(found, 1)
    await found.queues.put(HEAVY, found.work(HEAVY, 2))
    assert found.done == [(HEAVY, 0), (HEAVY, 2)]
