"""The steps of a sign-in, as a browser takes them."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import httpx

from tests.api.access.callers import HERE
from tests.api.access.provider import (
    OpenIdProvider,
)


async def to_provider(browser: httpx.AsyncClient, goal: str = "/units") -> str:
    """Begin; the address that the browser is sent to."""
    begun = await browser.get("/sign-in", params={"goal": goal})
    assert begun.status_code == 303
    return begun.headers["location"]


async def back(issuing: OpenIdProvider, address: str) -> str:
    """Agree at the provider; the address that it sends the browser back to."""
    async with issuing.http() as http:
        agreed = await http.get(address)
    assert agreed.status_code == 303, agreed.text
    return agreed.headers["location"].removeprefix(HERE)


async def signed_in(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, goal: str = "/units"
) -> httpx.Response:
    return await browser.get(await back(issuing, await to_provider(browser, goal)))


async def who(browser: httpx.AsyncClient) -> Any:
    return (await browser.get("/api/v1/me")).json()


def cookie(answer: httpx.Response, name: str) -> Any:
    for text in answer.headers.get_list("set-cookie"):
        found: SimpleCookie = SimpleCookie(text)
        if name in found:
            return found[name]
    return None
