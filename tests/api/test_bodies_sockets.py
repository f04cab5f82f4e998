"""Payloads in hand over real sockets: none locks others out, and every way out gives room back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.access import limits
from api.access.config import AccessConfig
from api.access.keys import FixedKeys, Key, key_hash
from api.app import create_app
from api.bodies import BODIES
from api.routes.ingest_examples import DOSSIERS
from dunghen.ingest.payloads import PortalIngest
from tests.api.access.serving import Listening, listening
from tests.api.posting import FakeKafka, NoStore
from tests.api.settings import config
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio

NAMES = ("a", "b", "c")
MOST = 40_000  # bytes of a payload
PATH = "/api/v1/portal/DongBoHoSoMC"


@dataclass
class Site:
    app: FastAPI
    server: Listening
    kafka: FakeKafka

    @property
    def held(self) -> int:
        held: int = self.app.state.live.bodies.held
        return held

    async def until(self, true: Callable[[int], bool]) -> None:
        """Comes back when so many bytes are in hand."""
        await wait_for_async(lambda: true(self.held), what="so many bytes in hand")

    async def free(self) -> None:
        """Comes back when nothing is in hand any more."""
        await self.until(lambda held: held == 0)


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    keys = FixedKeys(
        Key(id=name, name=name, role="sender", sha256=key_hash(f"key-{name}")) for name in NAMES
    )
    kafka = FakeKafka()
    ingest = PortalIngest(kafka, max_body=MOST)  # type: ignore[arg-type]
    app = create_app(config(mode="live", access=AccessConfig(keys=keys)), NoStore(), ingest=ingest)
    async with listening(app) as server:
        yield Site(app, server, kafka)


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self) -> bytes:
        async with asyncio.timeout(10):
            head = await self.reader.readuntil(b"\r\n\r\n")
            return head + await self.reader.read(2_000)


@contextlib.asynccontextmanager
async def posting(
    site: Site, name: str, length: int | str = MOST - 1, body: bytes = b""
) -> AsyncIterator[Connection]:
    """A POST of which ``length`` is said and ``body`` is sent."""
    reader, writer = await asyncio.open_connection(site.server.host, site.server.port)
    said = "Transfer-Encoding: chunked" if length == "chunked" else f"Content-Length: {length}"
    writer.write(
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: key-{name}\r\n{said}\r\n\r\n"
        .encode() + body
    )  # fmt: skip
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


def payload() -> bytes:
    return json.dumps(DOSSIERS).encode()


async def test_sixteen_open_bodies_of_one_key_lock_nobody_out(site: Site) -> None:
    part = b" " * (MOST - 2)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(BODIES):
            await stack.enter_async_context(posting(site, "a", body=part))
        await site.until(lambda held: held == BODIES * (MOST - 2))
        for name in ("b", "c"):
            async with posting(site, name, len(payload()), payload()) as other:
                assert (await other.answer()).startswith(b"HTTP/1.1 200 ")
        async with posting(site, "a", len(payload()), payload()) as mine:
            answer = await mine.answer()
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"retry-after: 1" in answer
        assert b"while others send" in answer
    await site.free()


async def test_a_length_beyond_the_limit_is_refused_unread(site: Site) -> None:
    for length in (MOST + 1, 10**15, int("9" * 19)):
        async with posting(site, "a", length) as connection:
            assert (await connection.answer()).startswith(b"HTTP/1.1 413 ")
    assert site.held == 0
    async with posting(site, "a", "chunked", b"%x\r\n%s\r\n" % (MOST + 1, b" " * (MOST + 1))) as c:
        assert (await c.answer()).startswith(b"HTTP/1.1 413 ")
    await site.free()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)


@pytest.mark.usefixtures("hurried")
async def test_a_body_that_comes_too_slowly_ends_with_a_reason(site: Site) -> None:
    async with posting(site, "a", body=b" " * 30_000) as connection:

        async def trickle() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    connection.writer.write(b" ")
                    await connection.writer.drain()
                    await asyncio.sleep(0.02)  # who sends is slow on purpose

        trickling = asyncio.create_task(trickle())
        with contextlib.suppress(ConnectionError):
            answer = await connection.answer()
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"4096 bytes a second" in answer
            assert b"connection: close" in answer
            async with asyncio.timeout(5):
                await connection.reader.read()  # until the server ends it
        trickling.cancel()
    await site.free()


@pytest.mark.parametrize("end", ["gone", "reset", "wrong chunk", "early end"])
async def test_a_body_that_breaks_off_gives_its_room_back(site: Site, end: str) -> None:
    length = "chunked" if end == "wrong chunk" else MOST - 1
    sent = b"3e8\r\n" + b" " * 1_000 + b"\r\n" if end == "wrong chunk" else b" " * 1_000
    async with posting(site, "a", length, sent) as connection:
        await site.until(bool)
        if end == "wrong chunk":
            connection.writer.write(b"zzz\r\n")
        elif end == "early end":
            connection.writer.write_eof()
        elif end == "reset":
            connection.writer.transport.abort()
        else:
            connection.writer.close()
        await site.free()
    async with posting(site, "a", len(payload()), payload()) as again:
        assert (await again.answer()).startswith(b"HTTP/1.1 200 ")
