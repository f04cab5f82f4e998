"""Heads and bodies that come too slowly are cut off, and walls are not."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from api import slow_clients
from api.access import limits
from api.access.limits import bounded
from tests.api.access.callers import KEYS, Guarded
from tests.api.access.serving import Listening, listening, wall_of

pytestmark = pytest.mark.asyncio


async def test_a_body_that_trickles_is_cut_off() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    take = bounded(receive, 100, seconds=0.05)
    with pytest.raises(HTTPException) as cut:
        await take()
    assert cut.value.status_code == 408


@pytest.mark.parametrize("pace", [1.1, 0.8])
async def test_a_body_may_be_slow_as_long_as_it_is_steady(
    let_pass: Callable[[float], Awaitable[None]], pace: float
) -> None:
    """It takes ten times as long as it may be behind. ``pace``: of the slowest that is allowed."""
    left = 20

    async def receive() -> Message:
        nonlocal left
        await let_pass(limits.BODY_SECONDS / 2)
        left -= 1
        size = int(pace * limits.SLOWEST * limits.BODY_SECONDS / 2)
        return {"type": "http.request", "body": b"x" * size, "more_body": left > 0}

    take = bounded(receive, None)
    cut = pytest.raises(HTTPException, match="too slowly")
    with contextlib.nullcontext() if pace > 1 else cut:
        while (await take())["more_body"]:
            pass
    assert (left == 0) == (pace > 1)


async def test_after_the_body_waiting_is_free(
    let_pass: Callable[[float], Awaitable[None]],
) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"ab"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        if len(messages) == 1:
            await let_pass(10 * limits.BODY_SECONDS)
        return messages.pop(0)

    take = bounded(receive, 2)
    assert (await take())["body"] == b"ab"
    assert (await take())["type"] == "http.disconnect"


async def raw(server: Listening, *parts: bytes) -> bytes:
    """What comes back until the server closes; the client never closes first."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


async def test_a_head_that_does_not_end_is_cut_off(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.1)
    async with listening(guard.app) as server:
        assert await raw(server) == b"", "nothing is said at all"
        assert await raw(server, b"GET /wall HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ") == b""
        head = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert (await raw(server, head, head, b"GET /he")).count(b"200 OK") == 2
        large = await raw(server, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 100_000)
        assert b" 200 " not in large


async def test_a_slow_body_is_answered_and_cut_off(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 5.0)
    async with listening(guard.app) as server:
        said = await raw(
            server,
            b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\ntoken=",
        )
    assert said.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_goes_on_after_its_answer_is_cut_off(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.2)
    head = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n"
    async with listening(guard.app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(head)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")

        async def trickle() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.02)  # who sends is slow on purpose

        trickling = asyncio.create_task(trickle())
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                await reader.read()
        trickling.cancel()
        writer.close()


async def test_walls_are_not_cut_off_with_the_head(
    guard: Guarded, let_pass: Callable[[float], Awaitable[None]]
) -> None:
    hello = json.dumps({"type": "hello", "token": KEYS["wall"]})
    async with listening(guard.app) as server, wall_of(server, {}, hello) as wall:
        await wall.next()
        await let_pass(slow_clients.HEAD_SECONDS + 1)
        await (await wall.connection.ping())
