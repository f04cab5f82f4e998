"""The feed over real sockets: uvicorn with the feed's protocol, and the `websockets` client."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.feed import hub as hub_module
from api.feed import route as route_module
from api.feed.hub import Hub
from api.feed.patch import merge
from api.feed.protocol import TransportProtocol
from api.feed.route import BAD_HELLO, TOO_LATE, TOO_MANY, feed_route
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio
HELLO = '{"type":"hello"}'


class Server:
    """A hub behind a real server. ``state`` is what the next delta leads to."""

    def __init__(self, max_clients: int) -> None:
        self.state: dict[str, Any] = {"n": 0}
        self.built = 0
        self.hub = Hub(self._build, lambda: {"watermark": 7, "tick_age_ms": 400})
        self.max_clients = max_clients
        self.url = ""

    def _build(self) -> dict[str, Any]:
        self.built += 1
        return dict(self.state)

    def change(self, **values: Any) -> None:
        self.state = {**self.state, **values}
        self.hub.touch()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Server]:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.url = f"ws://127.0.0.1:{listener.getsockname()[1]}/feed"
        app = Starlette(routes=[feed_route("/feed", self.hub, self.max_clients)])
        config = uvicorn.Config(
            app, ws=TransportProtocol, ws_max_size=16_384, ws_per_message_deflate=False,
            log_level="critical", lifespan="off", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        self.hub.publish()
        tasks = [asyncio.create_task(work) for work in (self.hub.run(), self.hub.beat())]
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield self
        finally:
            server.should_exit = True
            await serving
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def client(self, hello: str | None = HELLO, **options: Any) -> AsyncIterator[Wall]:
        async with connect(self.url, compression=None, **options) as connection:
            if hello is not None:
                with contextlib.suppress(ConnectionClosed):
                    await connection.send(hello)
            yield Wall(connection)


class Wall:
    """What a wall does with messages: apply patches, refuse gaps."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.state: dict[str, Any] = {}
        self.epoch = ""
        self.seq = -1

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            frame = await self.connection.recv()
        text = gzip.decompress(frame) if isinstance(frame, bytes) else frame
        message: dict[str, Any] = json.loads(text)
        if message["type"] == "snapshot":
            assert isinstance(frame, bytes)
            self.state, self.epoch, self.seq = message["state"], message["epoch"], message["seq"]
        elif message["type"] == "resume":
            self.epoch, self.seq = message["epoch"], message["seq"]
        elif message["type"] == "delta":
            assert message["seq"] == self.seq + 1, "a gap"
            self.seq = message["seq"]
            self.state = merge(self.state, message["patch"])
        return message

    async def until(self, done: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Messages up to the one that ``done`` accepts."""
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(30):
            while not (seen and done(seen[-1])):
                seen.append(await self.next())
        return seen


async def heartbeat(wall: Wall) -> dict[str, Any]:
    return (await wall.until(lambda m: m["type"] == "heartbeat"))[-1]


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
            await asyncio.sleep(0.05)
            group.create_task(changes())
            await done.wait()
        for wall in walls:
            assert {k: v for k, v in wall.result().items() if k != "tick_age_ms"} == server.state


async def closed(wall: Wall) -> int | None:
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await wall.connection.recv()
    return wall.connection.close_code


@pytest.mark.parametrize(
    "hello", ["{}", "no json", '{"type":"shout"}', '{"type":"hello","seq":"1"}', "[]", "x" * 5_000]
)
async def test_a_bad_hello_is_refused(hello: str) -> None:
    async with Server(100).running() as server, server.client(hello) as wall:
        assert await closed(wall) == BAD_HELLO
        assert not server.hub.clients


async def test_a_binary_hello_is_refused() -> None:
    async with Server(100).running() as server, server.client(None) as wall:
        await wall.connection.send(HELLO.encode())
        assert await closed(wall) == BAD_HELLO


async def test_a_huge_message_is_refused() -> None:
    async with Server(100).running() as server, server.client("x" * 100_000) as wall:
        assert await closed(wall) == 1009  # message too big


async def test_silence_instead_of_a_hello_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_module, "HELLO_SECONDS", 0.05)
    async with Server(100).running() as server, server.client(None) as wall:
        assert await closed(wall) == TOO_LATE


async def test_one_client_too_many() -> None:
    async with Server(1).running() as server, server.client() as wall:
        await heartbeat(wall)
        async with server.client() as second:
            assert await closed(second) == TOO_MANY


async def test_pages_of_other_sites_cannot_read_the_feed() -> None:
    async with Server(100).running() as server:
        with pytest.raises(InvalidStatus):
            async with server.client(additional_headers={"Origin": "https://elsewhere.example"}):
                pass
        own = server.url.replace("ws", "http", 1).removesuffix("/feed")
        async with server.client(additional_headers={"Origin": own}) as wall:
            assert (await wall.next())["type"] == "snapshot"


async def test_a_reader_that_does_not_read_is_cut_and_others_are_not() -> None:
    async with Server(100).running() as server, server.client() as wall:
        await heartbeat(wall)
        with await asyncio.to_thread(_deaf_client, server.url):
            await wait_for_async(lambda: len(server.hub.clients) == 2)
            for number in range(1, 200):
                server.state = {"n": number, "filler": f"{number:03}" * 50_000}
                server.hub.publish()
                await wall.until(lambda m, n=number: m.get("patch", {}).get("n") == n)
                if server.hub.aborted:
                    break
        assert server.hub.aborted == 1
        assert len(server.hub.clients) == 1
        server.change(n=-1)
        assert (await wall.next())["patch"]["n"] == -1


def _deaf_client(url: str) -> socket.socket:
    """A client that says hello and then never reads a byte. Blocks until it is accepted."""
    host, port = url.removeprefix("ws://").removesuffix("/feed").split(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect((host, int(port)))
    masked = bytes([0x81, 0x80 | len(HELLO)]) + b"\0\0\0\0" + HELLO.encode()
    client.sendall(
        b"GET /feed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += client.recv(1)
    client.sendall(masked)
    return client


async def test_a_state_that_cannot_be_made_does_not_end_the_feed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0.05)
    async with Server(100).running() as server, server.client() as wall:
        await heartbeat(wall)
        good = server.state
        server.state = None  # type: ignore[assignment]
        server.hub.touch()
        while not server.hub.error:
            await heartbeat(wall)
        server.state = good
        server.change(n=8)
        await wall.until(lambda m: m["type"] == "delta")
        assert wall.state["n"] == 8
        assert not server.hub.error


async def test_clients_that_leave_are_forgotten() -> None:
    async with Server(100).running() as server:
        async with server.client() as wall:
            await heartbeat(wall)
            assert len(server.hub.clients) == 1
        await wait_for_async(lambda: not server.hub.clients)
