"""A provider that hangs, dawdles, talks nonsense or changes its keys, and who waits for it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from api.access import provider, single_flight
from api.access.config import Provider
from api.access.principal import ProviderAway
from api.access.provider import BELIEVED, KEPT, MOST_KID, PAUSE, ProviderFiles
from api.access.single_flight import FIRST_PAUSE, LONGEST_PAUSE, MOST_WAITING, SingleFlight
from dunghen.serving.process import StoreQuery
from sinks.store import Store
from tests.api.access.callers import guarded
from tests.api.access.provider import AUDIENCE, CLIENT, ISSUER, OpenIdProvider, claims_of
from tests.api.city import City

pytestmark = pytest.mark.asyncio
OURS = Provider(issuer=ISSUER, client_id=CLIENT, audience=AUDIENCE)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Wire(httpx.AsyncBaseTransport):
    """To the provider; ``answer`` says what comes instead, if anything does."""

    def __init__(self, issuing: OpenIdProvider) -> None:
        self._inner = httpx.ASGITransport(issuing.app())
        self.answer: Callable[[httpx.Request], Any] | None = None
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.answer is not None:
            found: httpx.Response = await self.answer(request)
            return found
        return await self._inner.handle_async_request(request)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self)


def reply(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    """As it comes from a socket: in parts, and not read yet. ``content``: parts, bytes or JSON."""

    async def once(data: bytes) -> AsyncIterator[bytes]:
        yield data

    if isinstance(content, (dict, list)):
        content = json.dumps(content).encode()
    parts = once(content) if isinstance(content, bytes) else content
    return httpx.Response(status, content=parts, headers=headers)


async def hangs(_request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture(scope="module")
def issuing() -> OpenIdProvider:
    return OpenIdProvider()


@pytest.fixture
def wire(issuing: OpenIdProvider) -> Wire:
    return Wire(issuing)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(wire: Wire, clock: Clock) -> ProviderFiles:
    return ProviderFiles(OURS, wire.http, clock)


async def test_a_known_key_is_not_waited_for(
    files: ProviderFiles, wire: Wire, clock: Clock
) -> None:
    """Six forged tokens while the provider hangs: whoever has a known key goes on at once."""
    assert await files.key("k-1") is not None
    clock.now += PAUSE + 1
    wire.answer = hangs
    forged = [asyncio.create_task(files.key(f"forged-{number}")) for number in range(6)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(files.key("k-1"), 0.5) is not None
    assert not any(task.done() for task in forged)
    for task in forged:
        task.cancel()


async def test_all_who_wait_share_one_question(files: ProviderFiles, wire: Wire) -> None:
    found = await asyncio.gather(*(files.key("k-1") for _ in range(50)))
    assert all(key is not None for key in found)
    assert wire.asked == 2, "discovery and keys, once"


async def test_who_stops_waiting_ends_it_for_nobody(files: ProviderFiles, wire: Wire) -> None:
    go_on = asyncio.Event()
    inner = wire._inner

    async def later(request: httpx.Request) -> httpx.Response:
        await go_on.wait()
        return await inner.handle_async_request(request)

    wire.answer = later
    first, second = (asyncio.create_task(files.key("k-1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    go_on.set()
    assert await second is not None


async def test_a_failure_is_remembered_for_longer_and_longer(
    files: ProviderFiles, wire: Wire, clock: Clock
) -> None:
    async def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    wire.answer = away
    pauses = []
    for _ in range(8):
        with pytest.raises(ProviderAway):
            await files.key("k-1")
        asked, began = wire.asked, clock.now
        while wire.asked == asked:
            clock.now += 0.5
            with pytest.raises(ProviderAway):
                await files.key("forged")
        pauses.append(clock.now - began)
        assert pauses[-1] <= LONGEST_PAUSE + 1
    assert pauses[0] <= FIRST_PAUSE + 1
    assert pauses == sorted(pauses)
    wire.answer = None
    clock.now += LONGEST_PAUSE
    assert await files.key("k-1") is not None, "and it recovers"


async def test_known_keys_are_believed_while_the_provider_is_away_and_not_for_ever(
    files: ProviderFiles, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "WAIT", 0.01)
    monkeypatch.setattr(single_flight, "FETCH_SECONDS", 0.05)
    assert await files.key("k-1") is not None
    wire.answer = hangs
    clock.now += KEPT + 1
    for _ in range(3):
        assert await files.key("k-1") is not None
        await asyncio.sleep(0.1)
        clock.now += LONGEST_PAUSE
    clock.now += BELIEVED
    with pytest.raises(ProviderAway):
        await files.key("k-1")


async def test_keys_that_change_are_found_and_those_that_are_gone_end(
    wire: Wire, clock: Clock, files: ProviderFiles, issuing: OpenIdProvider
) -> None:
    assert await files.key("k-1") is not None
    new = RSAKey.generate_key(2048, {"kid": "k-2"}).as_dict(private=False)

    async def rotated(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/keys"):
            return reply({"keys": [new]})
        return await wire._inner.handle_async_request(request)

    wire.answer = rotated
    assert await files.key("k-2") is None, "it has just been asked"
    clock.now += PAUSE + 1
    assert await files.key("k-2") is not None
    assert await files.key("k-1") is None


@pytest.mark.parametrize("kid", ["", "x" * (MOST_KID + 1), "x" * 10_000])
async def test_an_id_that_is_none_asks_nobody(files: ProviderFiles, wire: Wire, kid: str) -> None:
    assert await files.key(kid) is None
    assert wire.asked == 0


async def test_only_so_many_wait(files: ProviderFiles, wire: Wire) -> None:
    wire.answer = hangs
    waiting = [asyncio.create_task(files.key(f"f-{number}")) for number in range(MOST_WAITING)]
    await asyncio.sleep(0.01)
    with pytest.raises(ProviderAway):
        await asyncio.wait_for(files.key("one more"), 0.5)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert files._keys._waiting == 0


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def _drop_by_drop() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.005)


ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: reply(b"\xff\x00 nothing"),
        lambda: reply(b"[" * 100_000),
        lambda: reply(b'{"issuer":' + b"9" * 10_000 + b"}"),
        lambda: reply([]),
        lambda: reply({"issuer": "https://another.example"}),
        lambda: reply({"issuer": ISSUER}),
        lambda: reply({"issuer": ISSUER} | dict.fromkeys(ADDRESSES, "https://[")),
        lambda: reply({"issuer": ISSUER} | dict.fromkeys(ADDRESSES, "http://id.example.vn/")),
        lambda: reply(b"", 302, {"Location": "https://elsewhere.example"}),
        lambda: reply({}, 500),
        lambda: reply(_endless()),
        lambda: reply(_drop_by_drop()),
        lambda: reply(gzip.compress(b" " * 10_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=range(13),
)
async def test_an_answer_that_is_none_counts_as_away(
    files: ProviderFiles, wire: Wire, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(single_flight, "FETCH_SECONDS", 0.2)

    async def said(_request: httpx.Request) -> httpx.Response:
        found: httpx.Response = answer()
        return found

    wire.answer = said
    for ask in (files.key("k-1"), files.metadata()):
        with pytest.raises(ProviderAway):
            await ask
    assert wire.asked == 1, "the failure is remembered"


@pytest.mark.parametrize("odd", [{"kty": "RSA"}, {"kty": "EC", "crv": 1, "x": [], "y": None}, 7])
async def test_one_key_that_is_none_spoils_no_other(
    files: ProviderFiles, wire: Wire, issuing: OpenIdProvider, odd: Any
) -> None:
    keys = [odd if not isinstance(odd, dict) else {"kid": "odd", **odd}]
    keys += [{**issuing.key.as_dict(private=False), "use": "sig"}]

    async def both(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/keys"):
            return reply({"keys": keys})
        return await wire._inner.handle_async_request(request)

    wire.answer = both
    assert await files.key("odd") is None
    assert await files.key("k-1") is not None


async def test_requests_with_a_known_key_go_on_among_forged_ones(
    stored_city: tuple[City, Store], query: StoreQuery, issuing: OpenIdProvider, wire: Wire
) -> None:
    guard = guarded(stored_city[0], query, provider=OURS, http=wire.http)
    good = {"Authorization": f"Bearer {issuing.token(claims_of('admin'))}"}
    async with guard.client(**good) as http:
        assert (await http.get("/api/v1/units")).status_code == 200
        files = guard.identifier.tokens._files  # type: ignore[union-attr]
        files._keys._at -= PAUSE + 1
        wire.answer = hangs
        forged = []
        for number in range(6):
            token = issuing.token(claims_of("admin"), kid=f"forged-{number}")
            headers = {"Authorization": f"Bearer {token}"}
            forged.append(asyncio.create_task(http.get("/api/v1/units", headers=headers)))
        await asyncio.sleep(0.05)
        answer = await asyncio.wait_for(http.get("/api/v1/units"), 2)
        assert answer.status_code == 200
        assert not any(task.done() for task in forged)
        for task in forged:
            task.cancel()


async def test_a_fetch_that_is_a_fault_of_ours_is_a_failure_too() -> None:
    async def broken() -> int:
        raise KeyError("x")

    found = SingleFlight(broken)
    with pytest.raises(ProviderAway):
        await found.fresh()
    assert found.pausing
