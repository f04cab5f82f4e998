"""Requests and feeds that break off, or are none: nobody but the sender notices, least the log."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import struct
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from api.access.rules import RULES
from api.slow_clients import DeadlineProtocol
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, KEYS, Guarded, guarded
from tests.api.access.serving import Listening, listening
from tests.api.city import City
from tests.api.posting import FakeKafka

pytestmark = pytest.mark.asyncio
BODIES = [rule.path.replace("{number}", "1") for rule in RULES if rule.method == "POST"]


@pytest.fixture(scope="module")
def open_guard(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    found = guarded(stored_city[0], query)
    found.live.ingest = PortalIngest(FakeKafka(), max_body=100_000)  # type: ignore[arg-type]
    return found


@dataclass(frozen=True)
class Noting(Listening):
    """``heard``: by a client's address, whether the server has read of it."""

    heard: dict[Any, asyncio.Event]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[Any, asyncio.Event]:
    found: dict[Any, asyncio.Event] = defaultdict(asyncio.Event)
    read = DeadlineProtocol.data_received

    def noted(protocol: DeadlineProtocol, data: bytes) -> None:
        read(protocol, data)
        found[protocol.client].set()

    monkeypatch.setattr(DeadlineProtocol, "data_received", noted)
    return found


@pytest_asyncio.fixture
async def server(
    open_guard: Guarded, caplog: pytest.LogCaptureFixture, heard: dict[Any, asyncio.Event]
) -> AsyncIterator[Noting]:
    """It leaves no traceback, no error and no word of a client in the log."""
    own = logging.getLogger("uvicorn")  # what it hears goes nowhere else
    async with listening(open_guard.app) as found:
        own.addHandler(caplog.handler)
        yield Noting(found.host, found.port, found.state, heard)
    own.removeHandler(caplog.handler)
    for record in caplog.get_records("call"):
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "typed" not in record.getMessage()


def head(path: str, *more: str, method: str = "POST") -> bytes:
    key = KEYS["sender"] if "portal" in path or path.endswith("/events") else ADMIN_TOKEN
    if path.startswith("/internal"):
        key = "the-inner-token"
    lines = [
        f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}",
        "Content-Type: application/json", f"Origin: {HERE}", *more,
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


BREAKS = {
    "gone": (head, "Content-Length: 1000", b'{"typed', "close"),
    "reset": (head, "Content-Length: 1000", b'{"typed', "abort"),
    "half closed": (head, "Content-Length: 1000", b'{"typed', "eof"),
    "no chunk": (head, "Transfer-Encoding: chunked", b"5\r\n{\"typ\r\nzz-typed\r\n", "read"),
    "endless chunk": (head, "Transfer-Encoding: chunked", b"f" * 40 + b"\r\ntyped", "read"),
    "tiny chunks": (head, "Transfer-Encoding: chunked", b"1\r\nx\r\n" * 3_000, "read"),
    "chunk cut off": (head, "Transfer-Encoding: chunked", b"ff\r\ntyped", "eof"),
    "two lengths": (head, "Content-Length: 10\r\nContent-Length: 11", b"{}", "read"),
    "both": (head, "Content-Length: 10\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", "eof"),
}  # fmt: skip


async def send(server: Noting, data: bytes, end: str) -> bytes:
    """What comes back, if anything does."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    found = b""
    try:
        writer.write(data)
        await writer.drain()
        async with asyncio.timeout(10):
            await server.heard[writer.get_extra_info("sockname")].wait()
        if end == "eof":
            writer.write_eof()
        elif end == "abort":
            writer.transport.abort()
        if end in ("eof", "read"):
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(0.5):
                    found = await reader.read(500)
    finally:
        writer.close()
    return found


@pytest.mark.parametrize("kind", BREAKS)
async def test_a_body_that_breaks_off_leaves_no_trace(server: Noting, kind: str) -> None:
    make, header, body, end = BREAKS[kind]
    answers = await asyncio.gather(
        *(send(server, make(path, header) + body, end) for path in BODIES),
        *(
            send(server, make(path, header, method="GET") + body, end)
            for path in ("/api/v1/units", "/dossiers.csv", "/wall", "/nothing/typed")
        ),
    )
    await server.quiet()
    assert not [answer for answer in answers if answer.startswith(b"HTTP/1.1 5")]
    alive = await send(server, head("/health/live", method="GET"), "read")
    assert alive.startswith(b"HTTP/1.1 200")


NO_REQUESTS = (
    b"typed\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET / HTTP/9.9\r\nHost: typed\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: typed\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /typed%00%ff%0a HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET http://typed/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT typed:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"TYPED / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00typed\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: typed\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\ntyped typed\r\n\r\n",
    b"GET /api/v1/units?unit=typed%0a%1b[31m&cursor=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
)


async def test_what_is_no_request_leaves_no_trace(server: Noting) -> None:
    answers = await asyncio.gather(*(send(server, data, "read") for data in NO_REQUESTS))
    assert not [answer for answer in answers if answer.startswith(b"HTTP/1.1 5")]


KEY = base64.b64encode(b"0123456789abcdef").decode()


def upgrade(*more: str, method: str = "GET", version: str = "1.1") -> bytes:
    lines = [
        f"{method} /api/v1/feed HTTP/{version}", "Host: 127.0.0.1", "Connection: Upgrade",
        "Upgrade: websocket", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", *more,
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def frame(opcode: int, data: bytes, *, masked: bool = True) -> bytes:
    size = len(data)
    length = bytes([size]) if size < 126 else bytes([126]) + struct.pack("!H", size)
    if not masked:
        return bytes([opcode]) + length + data
    return bytes([opcode, length[0] | 0x80]) + length[1:] + b"\0\0\0\0" + data


HELLO = json.dumps({"type": "hello", "token": KEYS["wall"]}).encode()


FEEDS = (
    upgrade(),
    upgrade() + frame(0x81, HELLO),
    upgrade() + frame(0x81, b'{"type":"typed"}'),
    upgrade() + frame(0x81, b'{"type":"hello","token":"typed"}'),
    upgrade() + frame(0x81, b"\xff\xfe typed"),
    upgrade() + frame(0x81, HELLO) + frame(0x81, b"\xff\xfe typed"),
    upgrade() + frame(0x82, b"typed"),
    upgrade() + frame(0x81, HELLO) + frame(0x82, b"typed"),
    upgrade() + frame(0x81, HELLO, masked=False),
    upgrade() + frame(0x83, b"typed"),
    upgrade() + frame(0xC1, b"typed"),
    upgrade() + frame(0x80, b"typed"),
    upgrade() + frame(0x88, b"\x00"),
    upgrade() + frame(0x88, struct.pack("!H", 1000) + b"\xff\xfe"),
    upgrade() + frame(0x88, struct.pack("!H", 5)),
    upgrade() + frame(0x81, HELLO) + frame(0x88, struct.pack("!H", 1000)),
    upgrade() + b"\x81\xfe\x40\x01",
    upgrade() + frame(0x01, b"typed" * 10),
    upgrade("Origin: https://typed.example"),
    upgrade("Authorization: Bearer typed"),
    upgrade("X: \xe9typed"),
    upgrade(*(f"X-{number}: typed" for number in range(200))),
    upgrade(f"X: {'typed' * 3_000}"),
    upgrade(method="POST"),
    upgrade("Content-Length: 5", method="POST") + b"typed",
    upgrade("Transfer-Encoding: chunked") + b"5\r\ntyped\r\n0\r\n\r\n",
    upgrade(version="1.0"),
    upgrade().replace(b"Version: 13", b"Version: 7"),
    upgrade().replace(KEY.encode(), b"typed"),
    upgrade().replace(b"/api/v1/feed", b"/typed"),
)


@pytest.mark.parametrize("end", ["close", "abort", "eof", "read"])
async def test_a_feed_that_breaks_off_or_is_none_leaves_no_trace(
    server: Noting, open_guard: Guarded, end: str
) -> None:
    answers = await asyncio.gather(*(send(server, data, end) for data in FEEDS))
    assert not [answer for answer in answers if answer.startswith(b"HTTP/1.1 5")]
    await server.quiet()
    assert not len(open_guard.app.state.admission.connections)
