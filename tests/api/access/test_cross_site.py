"""What a page of another site can make a browser do that sits at this machine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.asking import asked
from tests.api.access.callers import Guarded, guarded
from tests.api.access.serving import Listening, listening
from tests.api.city import City
from tests.api.feed_server import HELLO

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def near(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    """As the embedded mode on loopback is made."""
    return guarded(stored_city[0], query, loopback="admin")


ELSEWHERE = [
    {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": dest}
    for site in ("cross-site", "same-site")
    for mode, dest in (
        ("no-cors", "image"), ("no-cors", "script"), ("no-cors", "empty"), ("cors", "empty"),
        ("navigate", "iframe"), ("navigate", "frame"), ("navigate", "embed"),
        ("navigate", "object"),
        ("same-origin", "empty"), ("websocket", "empty"), ("", ""),
    )
]  # fmt: skip
VISIT = {
    "Sec_Fetch_Site": "cross-site",
    "Sec_Fetch_Mode": "navigate",
    "Sec_Fetch_Dest": "document",
}


@pytest.mark.parametrize("headers", ELSEWHERE, ids=lambda h: "-".join(h.values()))
async def test_pages_of_other_sites_make_this_machines_browser_ask_for_nothing(
    near: Guarded, headers: dict[str, str]
) -> None:
    """They could not read the answer, but the audit trail would fill, and the work be done."""
    near.trail.entries.clear()
    for path in (
        "/api/v1/dossiers", "/api/v1/officers/o1", "/dossiers/d1", "/units/u1", "/wall",
        "/dossiers.csv", "/metrics", "/sign-in", "/health/live", "/nothing-at-all",
    ):  # fmt: skip
        answer = await asked(near, path=path, **headers)
        assert answer.status_code == 403, path
        assert "page of this server" in answer.json()["detail"]
    assert near.trail.entries == []


async def test_a_person_may_follow_a_link_to_a_page(near: Guarded) -> None:
    for path in (
        "/",
        "/wall",
        "/wall/hall-3",
        "/units",
        "/units/u1",
        "/dossiers/a-1",
        "/enter",
    ):
        for site in ("cross-site", "same-site"):
            answer = await asked(near, path=path, **{**VISIT, "Sec_Fetch_Site": site})
            assert answer.status_code in (200, 307, 404), (path, answer.text)
    for path in ("/sign-in", "/sign-in/callback?state=x&code=y"):
        assert (await asked(near, path=path, **VISIT)).status_code == 303
    for path in ("/dossiers.csv", "/units/u1.csv", "/metrics", "/api/v1/dossiers", "/api/v1/me"):
        assert (await asked(near, path=path, **VISIT)).status_code == 403, path
    for more in ({"Sec_Purpose": "prefetch"}, {"Sec_Purpose": "prefetch;prerender"},
                 {"Purpose": "prefetch"}):  # fmt: skip
        assert (await asked(near, path="/units", **VISIT, **more)).status_code == 403
    for method in ("POST", "HEAD"):
        assert (await asked(near, method=method, path="/enter", **VISIT)).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none", None])
async def test_our_own_pages_and_programs_ask_as_before(near: Guarded, site: str | None) -> None:
    headers = {} if site is None else {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "cors"}
    for path in ("/api/v1/units", "/dossiers.csv", "/metrics", "/wall/wall.css"):
        answer = await asked(near, path=path, **headers)
        assert answer.status_code in (200, 404), path


async def test_whoever_is_asked_to_sign_in_for_a_file_comes_back_to_its_page(near: Guarded) -> None:
    answer = await asked(near, "192.0.2.7", path="/units/u1.csv", Accept="text/html")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/enter?goal=/units/u1"


async def test_a_browser_of_this_machine_has_a_limit_and_a_program_has_none(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, loopback="admin", rate=0.5, burst=6.0)
    browser = {"Sec_Fetch_Site": "same-origin"}
    statuses = [(await asked(guard, path="/api/v1/me", **browser)).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    others = [(await asked(guard, path="/api/v1/me")).status_code for _ in range(5)]
    assert others == [200] * 5
    foreign = await asked(guard, path="/api/v1/me", Sec_Fetch_Site="cross-site")
    assert foreign.status_code == 403, "and what other sites try takes nothing of it"


async def test_the_feed_of_a_browser_of_this_machine_has_the_same_limit(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, loopback="admin", rate=0.5, burst=6.0)
    async with listening(guard.app) as server:
        own = {"User-Agent": "a browser"}

        async def code(origin: str | None, **more: str) -> int | None:
            try:
                return await _opened(server, {**own, **more}, origin)
            except InvalidStatus as refused:
                return refused.response.status_code

        here = f"http://{server.host}:{server.port}"
        assert [await code(here) for _ in range(4)] == [None, None, None, 403]
        assert [await code(None) for _ in range(4)] == [None] * 4
        assert await code(None, **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert await code(None, **{"Sec-Fetch-Site": "same-site"}) == 403


async def _opened(server: Listening, headers: dict[str, str], origin: str | None) -> int | None:
    more: Any = {} if origin is None else {"origin": origin}
    async with connect(server.feed, compression=None, additional_headers=headers, **more) as wall:
        await wall.send(HELLO)
        await asyncio.wait_for(wall.recv(), 10)
    return None
