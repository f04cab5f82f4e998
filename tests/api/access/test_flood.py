"""Too much through the websocket: in many connections, many frames, one, or without an end."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from api.feed import route as route_module
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import KEYS, Guarded, guarded
from tests.api.access.serving import Listening, closed_with, listening, wall_of
from tests.api.city import City
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio
HELLO = json.dumps({"type": "hello", "token": KEYS["wall"]})
_HANDSHAKE = (
    "GET /api/v1/feed HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)


@asynccontextmanager
async def shaken(
    server: Listening,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection after its handshake, from which anything may be written."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(_HANDSHAKE.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101")
    assert b"permessage-deflate" not in answer, "nothing packed is taken"
    try:
        yield reader, writer
    finally:
        writer.close()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What came until the server ended the connection."""
    found = b""
    async with asyncio.timeout(10):
        try:
            while part := await reader.read(65_536):
                found += part
        except ConnectionError:
            pass
    return found


# First bytes of frames: whole ones, and the beginning and middle of one without an end.
TEXT, PING, PONG, BEGIN, MORE, PACKED = 0x81, 0x89, 0x8A, 0x01, 0x00, 0xC1


def frame(first: int, data: bytes = b"") -> bytes:
    """As a client sends it; the mask is zero."""
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return bytes([first]) + size + bytes(4) + data


FLOODS = {
    "pings": frame(PING) * 5_000,
    "pongs": frame(PONG) * 5_000,
    "a message without an end": frame(BEGIN) + frame(MORE) * 5_000,
    "messages": frame(TEXT, b"x") * 5_000,
    "a huge frame": bytes([TEXT, 0xFF]) + (1 << 40).to_bytes(8, "big") + bytes(4) + b"x" * 10_000,
    "a packed bomb": frame(PACKED, zlib.compress(b" " * 10_000_000)),
    "no frames at all": b"\xff" * 10_000,
    "frames that are not masked": bytes([TEXT, 2]) + b"{}",
}


@pytest.mark.parametrize("greeted", [False, True])
@pytest.mark.parametrize("flood", FLOODS)
async def test_who_says_too_much_is_cut_off_and_nobody_else(
    guard: Guarded, flood: str, greeted: bool
) -> None:
    async with listening(guard.app) as server, wall_of(server, {}, HELLO) as other:
        await other.next()
        async with shaken(server) as (reader, writer):
            if greeted:
                writer.write(frame(TEXT, HELLO.encode()))
                await wait_for_async(lambda: guard.live.channels.clients == 2)
            writer.write(FLOODS[flood])
            await ended(reader)
        await wait_for_async(lambda: guard.live.channels.clients == 1)
        await (await other.connection.ping())


async def test_a_wall_that_answers_pings_for_months_is_not_cut_off(
    guard: Guarded,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Callable[[float], Awaitable[None]],
) -> None:
    monkeypatch.setattr("api.feed.protocol.MOST_HEARD", 200)
    async with listening(guard.app) as server, wall_of(server, {}, HELLO) as wall:
        await wall.next()
        for _ in range(40):
            await (await wall.connection.ping())
            await let_pass(0.03)


async def test_only_so_many_may_wait_without_a_hello(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_module, "MOST_WAITING", 1)
    async with listening(guard.app) as server, shaken(server), shaken(server) as (reader, _):
        async with asyncio.timeout(10):
            await reader.readuntil((4429).to_bytes(2, "big"))
    async with listening(guard.app) as server:
        assert await closed_with(server, {}, HELLO) is None


async def test_connections_of_one_address_are_slowed_down(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    async with listening(guard.app) as server:
        for _ in range(3):
            async with shaken(server):
                pass
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(_HANDSHAKE.encode())
        assert (await ended(reader)).startswith(b"HTTP/1.1 403")
        writer.close()


NESTED = "[" * 2_000 + "]" * 2_000


@pytest.mark.parametrize(
    "hello",
    [
        NESTED, '{"type":' + NESTED + "}", '{"type":"hello","x":' + NESTED + "}",
        '{"type":"hello","token":' + NESTED + "}", '{"a":' * 600 + "1" + "}" * 600,
    ],
    ids=range(5),
)  # fmt: skip
async def test_a_hello_that_is_nested_deeply_is_no_hello(
    guard: Guarded, hello: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(guard.app) as server:
        assert await closed_with(server, {}, hello) == 4400
    assert caplog.text == ""
