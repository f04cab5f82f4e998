"""The feed behind a real server: uvicorn with the feed's protocol, and the `websockets` client."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.access.principal import ANYBODY
from api.feed.connections import Connection
from api.feed.hub import Hub
from api.feed.patch import merge
from api.feed.protocol import TransportProtocol
from api.feed.route import TOO_MANY, Denied, Hello, feed_route

HELLO = '{"type":"hello"}'


class Server:
    """A hub behind a real server. ``state`` is what the next delta leads to."""

    def __init__(self, max_clients: int) -> None:
        self.state: dict[str, Any] = {"n": 0}
        self.built = 0
        self.hub = Hub(self._build, lambda: {"watermark": 7, "tick_age_ms": 400})
        self.max_clients = max_clients
        self.url = ""

    async def admit(self, socket: WebSocket, hello: Hello) -> Connection:
        """Everybody may listen; only how many is bounded."""
        if len(self.hub.clients) >= self.max_clients:
            raise Denied(TOO_MANY, "too many")
        return Connection(ANYBODY, self.hub)

    def leave(self, connection: Connection) -> None:
        pass

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
        app = Starlette(routes=[feed_route("/feed", self)])
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
