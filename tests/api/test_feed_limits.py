"""What the feed refuses, and clients that read slowly, leave or come from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.feed import hub as hub_module
from api.feed import route as route_module
from api.feed.connections import Connection
from api.feed.route import BAD_HELLO, TOO_LATE, TOO_MANY
from tests.api.feed_server import HELLO, Server, Wall, heartbeat
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio


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
                while wall.state.get("n") != number:
                    await wall.next()
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


async def test_a_client_that_cannot_be_served_gives_its_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[Connection] = []
    server = Server(100)
    monkeypatch.setattr(server, "leave", left.append)

    def broken() -> bytes:
        raise ValueError("no snapshot of this state")

    async with server.running():
        with monkeypatch.context() as broken_hub:
            broken_hub.setattr(server.hub, "_whole", broken)
            async with server.client() as wall:
                await closed(wall)
        assert len(left) == 1
        async with server.client() as wall:
            await heartbeat(wall)
