"""Payloads in hand: one key takes no room that others need, and every way out gives it back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from api.bodies import ASKED, Bodies, Full

pytestmark = pytest.mark.asyncio


class Coming:
    """A payload whose parts the test sends one by one."""

    def __init__(self, bodies: Bodies, owner: str, most: int = 1_000) -> None:
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.task = asyncio.create_task(self._read(bodies, owner, most))
        self.done = asyncio.Event()
        self.kept = asyncio.Event()

    async def _read(self, bodies: Bodies, owner: str, most: int) -> bytes:
        with bodies.opened(owner, most) as body:
            data = await body.read(self._chunks())
            self.done.set()
            await self.kept.wait()
            return data

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (part := await self._parts.get()) is not None:
            yield part

    async def send(self, size: int | None) -> None:
        """``size`` bytes more; None ends it. Comes back when they are counted."""
        self._parts.put_nowait(None if size is None else b"x" * size)
        for _ in range(6):
            await asyncio.sleep(0)

    async def refused(self) -> Full:
        with pytest.raises(Full) as full:
            await self.task
        return full.value


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_one_key_has_all_of_it_while_nobody_else_asks() -> None:
    bodies = Bodies()
    mine = [Coming(bodies, "a") for _ in range(4)]
    for body in mine:
        await body.send(250)
    assert bodies.held == 1_000
    more = Coming(bodies, "a")
    assert not (await more.refused()).fair
    for body in mine:
        body.task.cancel()
    await asyncio.gather(*(body.task for body in mine), return_exceptions=True)
    assert bodies.held == bodies.of("a") == 0


async def test_who_holds_most_makes_room_for_others_by_its_newest() -> None:
    bodies = Bodies()
    old, new = Coming(bodies, "a"), Coming(bodies, "a")
    await old.send(500)
    await new.send(500)
    other = Coming(bodies, "b")
    await other.send(300)
    assert (await new.refused()).fair
    assert (bodies.of("a"), bodies.of("b")) == (500, 300)
    await old.send(1)
    assert (await old.refused()).fair, "beyond the half while another asks"
    await other.send(None)
    other.kept.set()
    assert await other.task == b"x" * 300
    assert bodies.held == 0


async def test_half_is_kept_free_for_who_has_just_asked() -> None:
    clock = Clock()
    bodies = Bodies(clock)
    with bodies.opened("b", 1_000):
        pass
    first = Coming(bodies, "a")
    await first.send(500)
    assert (await Coming(bodies, "a").refused()).fair
    clock.now += ASKED + 1
    late = Coming(bodies, "a")
    await late.send(500)
    assert bodies.held == 1_000
    for body in (first, late):
        body.task.cancel()


async def test_among_many_keys_none_is_kept_from_its_share() -> None:
    """Whatever the others hold, a key that holds less than the greediest gets in."""
    bodies = Bodies()
    opened: list[Coming] = []
    for owner in ("a", "a", "b", "b", "c", "d", "e"):
        opened.append(Coming(bodies, owner))
        await opened[-1].send(240)
        assert bodies.held <= 1_000
    late = Coming(bodies, "f")
    await late.send(100)
    assert bodies.of("f") == 100
    assert max(bodies.of(owner) for owner in "abcde") <= 500
    for body in (*opened, late):
        body.task.cancel()


async def test_what_is_being_read_by_the_parser_is_not_taken_back() -> None:
    bodies = Bodies()
    mine = Coming(bodies, "a")
    await mine.send(1_000)
    await mine.send(None)
    await mine.done.wait()
    other = Coming(bodies, "b")
    assert not (await other.refused()).fair
    mine.kept.set()
    assert len(await mine.task) == 1_000
    assert bodies.held == 0


async def test_an_open_connection_costs_something_before_it_sends() -> None:
    bodies = Bodies()
    with contextlib.ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(bodies.opened("a", 64_000))
        with pytest.raises(Full):
            stack.enter_context(bodies.opened("a", 64_000))
    assert bodies.held == 0
