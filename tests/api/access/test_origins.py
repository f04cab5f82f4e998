"""Callers of this machine, and pages of other sites that a browser of this machine shows."""

from __future__ import annotations

import pytest
from starlette.types import Message

from api.access.origins import (
    local_goal,
)
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.asking import asked
from tests.api.access.callers import Guarded, guarded
from tests.api.city import City

pytestmark = pytest.mark.asyncio


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


async def test_guesses_from_one_ipv6_line_are_counted_together(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    said = []
    for number in range(5):
        answer = await asked(guard, f"2001:db8::{number:x}", Authorization=f"Bearer {number}")
        said.append(answer.status_code)
    assert said == [401, 401, 401, 429, 429]


@pytest.mark.parametrize("goal", ["/wall", "/units/u%2F2?lang=en", "/dossiers/H29-1"])
async def test_paths_of_our_own_are_goals(goal: str) -> None:
    assert local_goal(goal) == goal
