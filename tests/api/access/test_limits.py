"""Too often, too much, too slowly: what one caller cannot do to the others."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from api import slow_clients
from api.access import limits
from api.access.limits import Buckets, bounded
from api.routes.ingest_examples import DOSSIERS
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.process import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, KEYS, Guarded, guarded
from tests.api.access.serving import Listening, listening, wall_of
from tests.api.city import City
from tests.api.test_ingest import FakeKafka

pytestmark = pytest.mark.asyncio
PATH = "/api/v1/portal/DongBoHoSoMC"


async def test_a_bucket_fills_again() -> None:
    now = 0.0
    buckets = Buckets(burst=2.0, clock=lambda: now)
    assert [buckets.take("a", 5.0) for _ in range(10)] == [0.0] * 10
    assert buckets.take("a", 5.0) == pytest.approx(0.2)
    assert buckets.take("b", 5.0) == 0.0, "each caller has its own"
    now = 0.2
    assert buckets.take("a", 5.0) == 0.0
    assert buckets.take("a", 5.0) > 0
    now = 1_000.0
    assert sum(buckets.take("a", 5.0) == 0 for _ in range(50)) == 10


async def test_who_asks_too_often_is_told_when_to_come_again(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    async with guard.client("leader") as http, guard.client("admin") as other:
        answers = [await http.get("/api/v1/units") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert (await other.get("/api/v1/units")).status_code == 200
        assert (await http.get("/wall")).status_code == 200, "files are not counted"


@pytest.mark.parametrize("who", ["wall", "wall-u1", "monitor", "sender", "officer", "token"])
async def test_each_key_and_person_has_a_limit_of_its_own(
    stored_city: tuple[City, Store], query: StoreQuery, who: str
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, sender_rate=0.5, burst=6.0)
    own = {"token": {"Authorization": f"Bearer {ADMIN_TOKEN}"}}.get(who) or guard.headers(who)
    async with guard.client("public", **own) as http, guard.client("supervisor") as other:
        statuses = [(await http.get("/api/v1/me")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await http.get("/api/v1/state")).status_code == 429, "whatever it asks for"
        assert (await other.get("/api/v1/me")).status_code == 200


async def test_guessing_is_slowed_down_by_address(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    statuses = []
    for number in range(5):
        async with guard.client(Authorization=f"Bearer guess-{number}") as http:
            statuses.append((await http.get("/api/v1/units")).status_code)
    assert statuses == [401, 401, 401, 429, 429]
    async with guard.client("wall") as http:
        assert (await http.get("/api/v1/state")).status_code == 200


async def test_bodies_that_nobody_needs_are_refused(guard: Guarded) -> None:
    async with guard.client(Origin=HERE) as http:
        said = await http.post("/enter", content=b"x" * 65_537)
        assert said.status_code == 413

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"token=" + b"x" * 1_000

        unsaid = await http.post("/enter", content=parts())
        assert unsaid.status_code == 413
        many = await http.post("/enter", content=b"&".join(b"a=1" for _ in range(5_000)))
        assert many.status_code == 403


@pytest.mark.parametrize("cookie", ['"\\"', '\\"', "\\", '"', "a=b;", ";=", '="\\1', "x"])
async def test_cookies_take_no_more_than_linear_time(guard: Guarded, cookie: str) -> None:
    """Whoever asks: they are read to find out."""

    async def seconds(count: int) -> float:
        took = []
        async with guard.client(Cookie=f"a={cookie * (count // len(cookie))}") as http:
            for _ in range(3):
                begun = time.perf_counter()
                assert (await http.get("/api/v1/me")).status_code == 200
                took.append(time.perf_counter() - begun)
        return min(took)

    assert await seconds(28_000) < 8 * await seconds(7_000) + 0.03


async def test_cookies_of_others_with_quotes_hide_no_session(guard: Guarded) -> None:
    own = guard.headers("leader")["Cookie"]
    async with guard.client(Cookie=f'theirs="a\\"b"; {own}; more="c"') as http:
        assert (await http.get("/api/v1/me")).json()["roles"] == ["leader"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"data":' + b"[" * 100_000,
        json.dumps({"data": "[" * 50_000}).encode(),
        json.dumps({"madonvi": "H29", "data": [{}] * 300_000}).encode(),
        json.dumps({"madonvi": "H29", "data": "[" + "{}," * 300_000 + "{}]"}).encode(),
        b"[" + b"1," * 1_000_000 + b"1]",
        b'{"events":[' + b"{}," * 300_000 + b"{}]}",
        json.dumps({"madonvi": "H29", "data": [{"MaHoSo": "9" * 1_000_000}]}).encode(),
        b'{"data":' + b"9" * 1_000_000 + b"}",
        b'{"madonvi":"' + b"x" * 1_000_000 + b'"}',
    ],
    ids=range(11),
)
@pytest.mark.parametrize("path", [PATH, "/api/v1/events"])
async def test_json_that_is_a_bomb_is_refused_in_few_words(
    stored_city: tuple[City, Store], query: StoreQuery, body: bytes, path: str
) -> None:
    async with sending(stored_city, query) as http:
        answer = await http.post(path, content=body)
    assert answer.status_code in (200, 400)
    assert answer.json().get("accepted", 0) == 0
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"reason":' + b"[" * 30_000 + b"]" * 30_000 + b"}", b'{"a":' * 12_000,
     b'{"reason":"' + b"x" * 64_000 + b'"}', b'{"reason":' + b"9" * 60_000 + b"}", b"\xff"],
    ids=range(6),
)  # fmt: skip
async def test_a_body_of_a_page_that_is_a_bomb_is_refused(guard: Guarded, body: bytes) -> None:
    async with guard.client("admin", **{"Content-Type": "application/json"}) as http:
        answer = await http.post("/api/v1/dead-letters/1/drop", content=body)
        assert answer.status_code in (400, 413, 422), answer.text
        assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    "asked",
    ["a=1&" * 7_000, "unit=" + "%5B" * 9_000, "standing=overdue&" * 1_700,
     "unit[a]" + "[b]" * 9_000, "cursor=" + "W1" * 300, "limit=" + "9" * 20_000,
     "as_of=1e" + "9" * 400],
    ids=range(7),
)  # fmt: skip
async def test_a_question_that_is_a_bomb_is_refused_in_few_words(
    guard: Guarded, asked: str
) -> None:
    async with guard.client("admin") as http:
        for path in ("/api/v1/dossiers", "/api/v1/counts", "/overdue/u1"):
            answer = await http.get(f"{path}?{asked}")
            assert answer.status_code in (200, 422), (path, answer.text)
            assert answer.status_code == 200 or len(answer.content) < 30_000


@contextlib.asynccontextmanager
async def sending(
    stored_city: tuple[City, Store], query: StoreQuery
) -> AsyncIterator[httpx.AsyncClient]:
    ingest = PortalIngest(FakeKafka(), max_body=4_000_000)  # type: ignore[arg-type]
    guard = guarded(stored_city[0], query)
    guard.live.ingest = ingest
    async with guard.client("sender") as http:
        yield http


async def test_a_sender_may_send_more_than_others(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    async with sending(stored_city, query) as http:
        body = json.dumps({**DOSSIERS, "session": "x" * 200_000}).encode()
        assert (await http.post(PATH, content=body)).status_code == 200
        assert (await http.post(PATH, content=b" " * 4_000_001)).status_code == 413


async def test_a_body_that_trickles_is_cut_off() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    take = bounded(receive, 100, seconds=0.05)
    with pytest.raises(HTTPException) as cut:
        await take()
    assert cut.value.status_code == 408


async def test_after_the_body_waiting_is_free() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"ab"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        if len(messages) == 1:
            await asyncio.sleep(0.1)
        return messages.pop(0)

    take = bounded(receive, 2, seconds=0.05)
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
                    await asyncio.sleep(0.02)

        trickling = asyncio.create_task(trickle())
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                await reader.read()
        trickling.cancel()
        writer.close()


async def test_walls_are_not_cut_off_with_the_head(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.1)
    hello = json.dumps({"type": "hello", "token": KEYS["wall"]})
    async with listening(guard.app) as server, wall_of(server, {}, hello) as wall:
        await wall.next()
        await asyncio.sleep(0.3)
        await (await wall.connection.ping())
