"""The headers of every kind of answer, and that no answer, log or trail repeats a secret."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from api.access.config import Provider
from api.access.rules import RULES, SENDERS
from api.ports import StoreAway
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, KEYS, Guarded, guarded
from tests.api.access.provider import AUDIENCE, CLIENT, ISSUER, OpenIdProvider, claims_of
from tests.api.access.serving import Listening, closed_with, listening
from tests.api.city import City
from tests.api.posting import FakeKafka

pytestmark = pytest.mark.asyncio
ANSWERS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "a page": (200, "GET", "/units", {}),
    "the wall": (200, "GET", "/wall", {}),
    "a wall by name": (200, "GET", "/wall/hall-3", {}),
    "a file": (200, "GET", "/wall/main.js", {}),
    "data": (200, "GET", "/api/v1/units", {}),
    "a table": (200, "GET", "/dossiers.csv", {}),
    "metrics": (200, "GET", "/metrics", {}),
    "on to another page": (303, "POST", "/sign-out", {}),
    "what cannot be read": (400, "POST", "/api/v1/events", {"content": b"{"}),
    "a stranger": (401, "GET", "/api/v1/units", {"headers": {"Authorization": "Bearer x"}}),
    "a role": (403, "POST", "/api/v1/dead-letters/1/drop", {"headers": {"Origin": "https://a.b"}}),
    "an unknown path": (404, "GET", "/nowhere", {}),
    "an unknown file": (404, "GET", "/wall/none.js", {}),
    "an unknown unit": (404, "GET", "/units/none", {}),
    "another method": (405, "PUT", "/api/v1/units", {}),
    "a large body": (413, "POST", "/enter", {"content": b"x" * 70_000}),
    "a wrong parameter": (422, "GET", "/api/v1/units?limit=x", {}),
    "a fault": (500, "GET", "/api/v1/counts", {}),
    "a store that is away": (503, "GET", "/api/v1/alerts", {}),
}


class Failing:
    """A store that fails in both ways."""

    def __init__(self, query: StoreQuery) -> None:
        self._query = query

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        if "AS no_due" in sql:  # that of /api/v1/counts
            raise RuntimeError("what only the log says")
        if "alerts_current" in sql:
            raise StoreAway("ClickHouse does not answer.")
        return await self._query.rows(sql, parameters)


@pytest.fixture(scope="module")
def failing(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    found = guarded(stored_city[0], Failing(query))
    found.live.ingest = PortalIngest(FakeKafka(), max_body=1_000)  # type: ignore[arg-type]
    return found


def check_headers(headers: Mapping[str, str]) -> None:
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"]
    assert "server" not in headers
    assert "x-powered-by" not in headers


@pytest.mark.parametrize("kind", ANSWERS)
async def test_every_kind_of_answer_has_the_headers(failing: Guarded, kind: str) -> None:
    status, method, path, more = ANSWERS[kind]
    who = "sender" if path.endswith("events") else "admin"
    async with failing.client(who) as http:
        answer = await http.request(method, path, **more)
    assert answer.status_code == status, answer.text
    check_headers(answer.headers)
    if status == 500:
        assert "what only" not in answer.text


@pytest.mark.parametrize("why", ["another site", "a wrong key", "another path"])
async def test_a_websocket_that_is_turned_away_has_them_too(guard: Guarded, why: str) -> None:
    path = "/api/v1/none" if why == "another path" else "/api/v1/feed"
    own = {"another site": {"Origin": "https://a.b"}, "a wrong key": {"Authorization": "Bearer x"}}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    async with (
        listening(guard.app) as server,
        httpx.AsyncClient(base_url=f"http://{server.host}:{server.port}") as http,
    ):
        answer = await http.get(path, headers={**upgrade, **own.get(why, {})})
    assert answer.status_code == 403
    check_headers(answer.headers)


CHANGES = [r for r in RULES if r.method == "POST" and r.roles != SENDERS and not r.own]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://a.b"}, {"Sec-Fetch-Site": "none"}])
@pytest.mark.parametrize("rule", CHANGES, ids=lambda r: r.path)
async def test_no_change_is_made_for_a_page_of_another_site(
    guard: Guarded, rule: Any, headers: dict[str, str]
) -> None:
    """Whatever route is added: the browser brings the session of somebody who may, and it is not
    enough."""
    roles = ("admin", "reform_office", "supervisor")
    who = next(role for role in roles if role in rule.roles)
    cookie = guard.headers(who)["Cookie"]
    async with guard.client(Cookie=cookie) as http:
        answer = await http.post(rule.path.replace("{number}", "1"), headers=headers)
    assert answer.status_code == 403
    assert "did not come from a page of this server" in answer.json()["detail"]


async def test_no_secret_is_repeated_anywhere(
    stored_city: tuple[City, Store],
    query: StoreQuery,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every secret in every place where it can be brought, with what goes well and what fails."""
    issuing = OpenIdProvider()
    provider = Provider(
        issuer=ISSUER, client_id=CLIENT, client_secret="client-s3cret", audience=AUDIENCE
    )
    guard = guarded(stored_city[0], Failing(query), provider=provider, http=issuing.http)
    session = guard.headers("admin")["Cookie"].partition("=")[2]
    token, wrong = issuing.token(claims_of("admin")), "dhk_a-guess-of-somebody"
    bearers = [token, token[:-4] + "AAAA", ADMIN_TOKEN, wrong, *KEYS.values()]
    brought: list[dict[str, str]] = [{"Authorization": f"Bearer {text}"} for text in bearers]
    brought += [{"X-API-Key": text} for text in (wrong, *KEYS.values())]
    brought += [{"Cookie": f"dunghen={session}", "Origin": HERE}]
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "websockets.client")  # our own
    said: list[str] = []
    async with listening(guard.app) as server:
        for path in ("/api/v1/units", "/api/v1/counts", "/metrics", "/units", "/nowhere",
                     "/api/v1/officers?unit=u1", "/sign-in?goal=/wall"):  # fmt: skip
            said += [await answered(server, "GET", path, headers) for headers in brought]
        for path in ("/api/v1/events", "/api/v1/portal", "/api/v1/dead-letters/1/replay"):
            said += [await answered(server, "POST", path, headers) for headers in brought]
        for text in bearers:
            body = f"token={text}".encode()
            answer = await answered(server, "POST", "/enter", {"Origin": HERE}, body)
            said.append(answer.partition("set-cookie")[0])  # a new session, in no other header
            hello = json.dumps({"type": "hello", "token": text})
            await closed_with(server, {}, hello)
    logged = [caplog.text, *capfd.readouterr(), str(guard.trail.entries), repr(guard.authenticator)]
    assert "what only the log says" in str(logged), "tracebacks are among what was looked at"
    assert guard.trail.entries
    for secret in {*bearers, session, "client-s3cret", token.rpartition(".")[2]}:
        for text in (*said, *logged):
            assert secret not in text, text[:200]


async def answered(
    server: Listening, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> str:
    """Head and body of an answer, without what httpx would log of it."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    own = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    async with asyncio.timeout(20):
        found = await reader.read()
    writer.close()
    assert found.startswith(b"HTTP/1.1 ")
    return found.decode("latin-1").lower() + found.decode("latin-1")
