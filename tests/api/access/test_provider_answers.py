"""Answers of the provider that are none, keys among them that are none, and keys that change."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from api.access import single_flight
from api.access.principal import ProviderAway
from api.access.provider import MOST_KID, PAUSE, ProviderFiles
from tests.api.access.provider import ISSUER, OpenIdProvider
from tests.api.access.provider_wire import Clock, Wire, reply

pytestmark = pytest.mark.asyncio


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


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def _drop_by_drop() -> AsyncIterator[bytes]:
    """Slow on purpose: no part is late, only the whole is."""
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
