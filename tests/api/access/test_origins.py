"""Callers of this machine, and pages of other sites that a browser of this machine shows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from api.access.origins import (
    is_own,
    local_goal,
    same_site,
)
from dunghen.serving.process import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, Guarded, guarded
from tests.api.city import City

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def near(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    """As the embedded mode on loopback is made."""
    return guarded(stored_city[0], query, loopback="admin")


async def asked(
    guard: Guarded, client: str = "127.0.0.1", method: str = "GET", path: str = "/api/v1/units",
    **headers: str,
) -> httpx.Response:  # fmt: skip
    transport = httpx.ASGITransport(guard.app, client=(client, 5_000))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        return await http.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


async def test_programs_of_this_machine_have_the_role_that_the_settings_name(
    near: Guarded, stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    assert (await asked(near)).status_code == 200
    assert (await asked(near, "::1", Host="[::1]:8080")).status_code == 200
    assert (await asked(near, Host="localhost:8080")).status_code == 200
    wall = guarded(stored_city[0], query, loopback="wall")
    assert (await asked(wall, path="/api/v1/state")).status_code == 200
    assert (await asked(wall)).status_code == 403
    none = guarded(stored_city[0], query, loopback="none")
    assert (await asked(none)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "attacker.example:8080"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": "localhost.attacker.example"},
        {"Host": ""},
        {"Host": "127.0.0.1@attacker.example"},
        {"Host": "[::1"},
        {"X_Forwarded_For": "203.0.113.5"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"X_Forwarded_Host": "dunghen.example.vn"},
        {"X_Real_IP": "203.0.113.5"},
        {"Forwarded": "for=203.0.113.5"},
        {"Via": "1.1 proxy"},
        *(
            {name: "203.0.113.5"}
            for name in (
                "X_Forwarded_Proto",
                "X_Forwarded_Port",
                "X_Forwarded_Server",
                "X_Forwarded_Anything",
                "X_Forwarded",
                "X_Forwarded_Client_Cert",
                "X_Forward_For",
                "X_Client_IP",
                "Client_IP",
                "True_Client_IP",
                "Fastly_Client_IP",
                "Fly_Client_IP",
                "X_Cluster_Client_IP",
                "X_ProxyUser_IP",
                "CF_Connecting_IP",
                "CF_Connecting_IPv6",
                "DO_Connecting_IP",
                "CF_Ray",
                "X_Original_Forwarded_For",
                "X_Original_Host",
                "X_Originating_IP",
                "X_Remote_IP",
                "X_Remote_Addr",
                "X_Envoy_External_Address",
                "X_Azure_ClientIP",
                "X_ARR_ClientIP",
                "X_Appengine_User_IP",
                "CDN_Loop",
                "Front_End_Https",
            )
        ),
    ],
    ids=str,
)
async def test_what_a_proxy_or_another_name_brings_is_not_this_machine(
    near: Guarded, headers: dict[str, str]
) -> None:
    assert (await asked(near, **headers)).status_code == 401


async def test_a_proxy_that_says_nothing_gives_itself_away(near: Guarded) -> None:
    said: list[int] = []

    async def send(message: Message) -> None:
        said.extend([message["status"]] if message["type"] == "http.response.start" else [])

    async def receive() -> Message:
        return {"type": "http.request"}

    for version in ("1.0", "1.1"):
        scope = {
            "type": "http", "http_version": version, "method": "GET", "scheme": "http",
            "path": "/api/v1/units", "raw_path": b"/api/v1/units", "query_string": b"",
            "root_path": "", "headers": [(b"host", b"127.0.0.1:8080")],
            "client": ("127.0.0.1", 5_000), "server": ("127.0.0.1", 8_080),
        }  # fmt: skip
        await near.app(scope, receive, send)
    assert said == [401, 200]


async def test_nobody_is_near_from_another_machine(
    near: Guarded, stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    for client in ("192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", ""):
        assert (await asked(near, client)).status_code == 401
    listening_elsewhere = guarded(stored_city[0], query, loopback="admin", local=False)
    assert (await asked(listening_elsewhere)).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": HERE}, 303),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "http://127.0.0.1.attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 303),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Origin": "https://attacker.example", "Sec_Fetch_Site": "same-origin"}, 403),
        ({}, 403),
    ],
    ids=str,
)
async def test_a_change_with_a_cookie_must_come_from_our_own_pages(
    near: Guarded, headers: dict[str, str], status: int
) -> None:
    cookie = near.headers("leader")["Cookie"]
    answer = await asked(near, method="POST", path="/sign-out", Cookie=cookie, **headers)
    assert answer.status_code == status
    still = await asked(near, path="/api/v1/me", Cookie=cookie)
    assert (still.json()["means"] == "session") == (status == 403)


async def test_without_an_origin_the_form_token_says_that_it_was_meant(near: Guarded) -> None:
    cookie, other = (near.headers("leader")["Cookie"] for _ in range(2))
    mine = (await asked(near, path="/api/v1/me", Cookie=cookie)).json()["form_token"]
    theirs = (await asked(near, path="/api/v1/me", Cookie=other)).json()["form_token"]
    for token, status in ((theirs, 403), ("", 403), (mine, 303)):
        answer = await asked(
            near, method="POST", path="/sign-out", Cookie=cookie, X_CSRF_Token=token
        )
        assert answer.status_code == status


async def test_a_page_of_another_site_cannot_use_this_machines_own_rights(near: Guarded) -> None:
    for origin, status in (("https://attacker.example", 403), (HERE, 303)):
        answer = await asked(near, method="POST", path="/sign-out", Origin=origin)
        assert answer.status_code == status


async def test_another_site_cannot_sign_a_browser_in(near: Guarded) -> None:
    transport = httpx.ASGITransport(near.app)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        answer = await http.post(
            "/enter", data={"token": ADMIN_TOKEN}, headers={"Origin": "https://attacker.example"}
        )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_preflight_promises_nothing(near: Guarded) -> None:
    answer = await asked(
        near, method="OPTIONS", Origin="https://attacker.example",
        Access_Control_Request_Method="GET",
    )  # fmt: skip
    assert answer.status_code == 405
    plain = await asked(near, Origin="https://attacker.example")
    for found in (answer, plain):
        assert not [name for name in found.headers if name.startswith("access-control")]


async def test_our_origin_is_that_of_the_request_or_the_public_one() -> None:
    def own(public: str = "", **headers: Any) -> bool:
        return is_own(Headers(headers), public)

    assert own(origin="http://a:1", host="a:1")
    assert not own(origin="http://a:1", host="a:2")
    assert own("https://a.vn", origin="https://a.vn", host="inner:8080")
    assert not own("https://a.vn", origin="https://a.vn.b.vn", host="inner:8080")
    assert not own(host="a")
    assert not own(origin="a:1", host="a:1")
    assert not own(origin="http://", host="")
    assert not own(origin="file://a", host="a")


@pytest.mark.parametrize(
    ("public", "origin", "host", "is_ours"),
    [
        ("https://a.vn", "https://a.vn", "a.vn", True),
        ("https://a.vn", "http://a.vn", "a.vn", False),  # what came over plain HTTP
        ("https://a.vn", "http://inner:8080", "inner:8080", False),
        ("https://a.vn", "https://inner:8080", "inner:8080", True),
        ("https://a.vn", "http://127.0.0.1:8080", "127.0.0.1:8080", True),  # at the machine itself
        ("https://a.vn", "http://127.0.0.1:8081", "127.0.0.1:8080", False),
        ("https://a.vn", "http://a.vn", "127.0.0.1:8080", False),
        ("http://a.vn:8080", "http://a.vn:8080", "a.vn:8080", True),
        ("http://a.vn", "https://a.vn", "a.vn", False),
        ("https://A.vn:443/", "https://a.vn", "inner:8080", True),
        ("https://a.vn", "https://a.vn.b.vn", "a.vn", False),
        ("", "https://a.vn", "a.vn", True),
        ("", "http://a.vn", "a.vn", True),
    ],
)
async def test_the_same_site_has_the_same_scheme(
    public: str, origin: str, host: str, is_ours: bool
) -> None:
    assert same_site(origin, Headers({"host": host}), public) is is_ours


async def test_guesses_from_one_ipv6_line_are_counted_together(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    said = []
    for number in range(5):
        answer = await asked(guard, f"2001:db8::{number:x}", Authorization=f"Bearer {number}")
        said.append(answer.status_code)
    assert said == [401, 401, 401, 429, 429]


@pytest.mark.parametrize("goal", ["/wall", "/overdue/u%2F2?lang=en", "/dossiers/H29-1"])
async def test_paths_of_our_own_are_goals(goal: str) -> None:
    assert local_goal(goal) == goal
