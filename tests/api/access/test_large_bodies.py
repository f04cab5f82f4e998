"""Bodies, questions and cookies that are bombs: refused in few words and little time."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from api.routes.ingest_examples import DOSSIERS
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import HERE, Guarded, guarded
from tests.api.city import City
from tests.api.posting import FakeKafka

pytestmark = pytest.mark.asyncio

PATH = "/api/v1/portal/DongBoHoSoMC"


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
        for path in ("/api/v1/dossiers", "/api/v1/counts", "/units/u1"):
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
