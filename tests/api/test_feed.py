"""The feed's protocol over real sockets: snapshot, deltas without gaps, conflation, resuming."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from api.feed import hub as hub_module
from tests.api.feed_server import Server, heartbeat

pytestmark = pytest.mark.asyncio


async def test_hello_snapshot_delta_heartbeat() -> None:
    async with Server(100).running() as server, server.client() as wall:
        first = await wall.next()
        assert first["type"] == "snapshot"
        assert first["epoch"] == server.hub.epoch
        assert first["state"] == {"n": 0, "tick_age_ms": 400}
        beat = await wall.next()
        assert beat["type"] == "heartbeat"
        assert (beat["watermark"], beat["tick_age_ms"], beat["seq"]) == (7, 400, wall.seq)
        assert abs(beat["server_time"] - asyncio.get_running_loop().time()) > 0
        server.change(n=1)
        delta = await wall.next()
        assert delta == {"type": "delta", "seq": wall.seq, "patch": {"n": 1}}


async def test_heartbeats_come_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0.05)
    async with Server(100).running() as server, server.client() as wall:
        for _ in range(3):
            await heartbeat(wall)
        assert wall.seq == server.hub.sequence


async def test_the_first_change_goes_at_once_and_those_after_it_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "CONFLATE", 0.5)
    async with Server(100).running() as server, server.client() as wall:
        await heartbeat(wall)
        loop = asyncio.get_running_loop()
        before = server.built
        server.change(n=1)
        assert (await wall.next())["patch"] == {"n": 1}
        first_at = loop.time()
        for number in range(2, 50):
            server.change(n=number)
            await asyncio.sleep(0)
        assert (await wall.next())["patch"] == {"n": 49}
        assert server.built == before + 2, "one delta for all changes"
        assert loop.time() - first_at > 0.2, "the second one waits for the conflation"


async def test_nothing_is_sent_where_nothing_changed() -> None:
    async with Server(100).running() as server, server.client() as wall:
        await heartbeat(wall)
        server.change(n=0)
        server.change(n=5)
        assert (await wall.next())["patch"] == {"n": 5}
        assert server.hub.sequence == wall.seq


async def test_a_wall_that_comes_back_gets_what_it_missed() -> None:
    async with Server(100).running() as server:
        async with server.client() as wall:
            await heartbeat(wall)
            server.change(a=1)
            await wall.next()
        for number in range(3):
            server.change(b=number, **{f"c{number}": True})
            server.hub.publish()
        hello = json.dumps({"type": "hello", "epoch": wall.epoch, "seq": wall.seq})
        async with server.client(hello) as again:
            again.state = wall.state
            messages = await again.until(lambda m: m["type"] == "heartbeat")
            assert [m["type"] for m in messages] == ["resume", *["delta"] * 3, "heartbeat"]
            assert messages[0]["seq"] == wall.seq
            assert again.seq == server.hub.sequence
            assert {k: v for k, v in again.state.items() if k != "tick_age_ms"} == server.state


@pytest.mark.parametrize(
    "hello",
    [
        {"epoch": "another", "seq": 1},
        {"epoch": "EPOCH", "seq": 99},
        {"epoch": "EPOCH", "seq": -1},
        {"epoch": "EPOCH", "seq": None},
        {"epoch": None, "seq": None, "token": None},
    ],
)
async def test_an_unknown_position_gets_a_snapshot(hello: dict[str, Any]) -> None:
    async with Server(100).running() as server:
        if hello["epoch"] == "EPOCH":
            hello = {**hello, "epoch": server.hub.epoch}
        async with server.client(json.dumps({"type": "hello", **hello})) as wall:
            assert (await wall.next())["type"] == "snapshot"


async def test_what_the_ring_has_forgotten_gets_a_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "RING_SECONDS", 0.0)
    async with Server(100).running() as server:
        for number in range(1, 4):
            server.state = {"n": number}
            server.hub.publish()
        hello = {"type": "hello", "epoch": server.hub.epoch, "seq": 1}
        async with server.client(json.dumps(hello)) as wall:
            assert (await wall.next())["type"] == "snapshot"
            assert wall.state["n"] == 3


async def test_walls_that_join_in_the_midst_of_changes_miss_nothing() -> None:
    async with Server(100).running() as server:
        done = asyncio.Event()

        async def changes() -> None:
            for number in range(200):
                server.change(n=number, **{f"k{number % 7}": number})
                server.hub.publish()
                await asyncio.sleep(0)
            server.change(last=True)
            done.set()

        async def watch() -> dict[str, Any]:
            async with server.client() as wall:
                while not wall.state.get("last"):
                    await wall.next()
                return wall.state

        async with asyncio.TaskGroup() as group:
            walls = [group.create_task(watch()) for _ in range(5)]
            group.create_task(changes())
            await done.wait()
        for wall in walls:
            assert {k: v for k, v in wall.result().items() if k != "tick_age_ms"} == server.state
