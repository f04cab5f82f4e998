"""The wire to the provider, on which a test decides what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from api.access.config import Provider
from tests.api.access.provider import AUDIENCE, CLIENT, ISSUER, OpenIdProvider

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
