"""Changes that a browser brings must come from our own pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from api.access.origins import (
    is_own,
    same_site,
)
from tests.api.access.asking import asked
from tests.api.access.callers import ADMIN_TOKEN, HERE, Guarded

pytestmark = pytest.mark.asyncio


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
