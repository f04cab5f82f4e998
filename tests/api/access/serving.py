"""The whole application behind a real server, and clients of its feed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.server import config_of
from tests.api.feed_server import HELLO, Wall
from tests.support.waiting import wait_for_async


@dataclass(frozen=True)
class Listening:
    host: str
    port: int
    state: ServerState

    @property
    def feed(self) -> str:
        return f"ws://{self.host}:{self.port}/api/v1/feed"

    async def quiet(self) -> None:
        """Comes back when nobody is connected and no request is under way."""
        await wait_for_async(
            lambda: not self.state.connections and not self.state.tasks, what="an idle server"
        )


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[Listening]:
    """Without the lifespan: nothing follows Kafka."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = config_of(app, 1_000)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield Listening("127.0.0.1", listener.getsockname()[1], server.server_state)
    finally:
        server.should_exit = True
        await serving
        await app.state.live.close()


@asynccontextmanager
async def wall_of(
    server: Listening, headers: Mapping[str, str], hello: str = HELLO
) -> AsyncIterator[Wall]:
    own = {name: value for name, value in headers.items() if name != "Origin"}
    async with connect(server.feed, compression=None, additional_headers=own) as connection:
        await connection.send(hello)
        yield Wall(connection)


async def closed_with(
    server: Listening, headers: Mapping[str, str], hello: str = HELLO
) -> int | None:
    """The code with which the feed turns somebody away; None if a snapshot came."""
    async with wall_of(server, headers, hello) as wall:
        try:
            assert (await wall.next())["type"] == "snapshot"
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006
    return None
