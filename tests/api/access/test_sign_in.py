"""Signing in through a provider and out again, and what must not work on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.access.config import Provider
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, KEYS, Guarded, guarded
from tests.api.access.provider import (
    CLIENT,
    CLIENT_SECRET,
    ISSUER,
    OpenIdProvider,
    claims_of,
    query_of,
)
from tests.api.access.signing_in import back, cookie, signed_in, to_provider, who
from tests.api.city import City

pytestmark = pytest.mark.asyncio

CALLBACK = "/sign-in/callback"


@pytest.fixture
def issuing() -> OpenIdProvider:
    return OpenIdProvider(person=claims_of("supervisor", units="u1"))


@pytest.fixture
def guard(stored_city: tuple[City, Store], query: StoreQuery, issuing: OpenIdProvider) -> Guarded:
    provider = Provider(issuer=ISSUER, client_id=CLIENT, client_secret=CLIENT_SECRET)
    return guarded(stored_city[0], query, provider=provider, http=issuing.http)


@pytest_asyncio.fixture
async def browser(guard: Guarded) -> AsyncIterator[httpx.AsyncClient]:
    async with guard.client() as http:
        yield http


async def test_in_and_out(
    guard: Guarded, browser: httpx.AsyncClient, issuing: OpenIdProvider
) -> None:
    refused = await browser.get("/units/u1", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["location"]) == (303, "/enter?goal=/units/u1")
    door = await browser.get(refused.headers["location"])
    assert 'href="/sign-in?goal=/units/u1"' in door.text
    done = await signed_in(browser, issuing, "/units/u1")
    assert (done.status_code, done.headers["location"]) == (303, "/units/u1")
    me = await who(browser)
    assert (me["subject"], me["roles"], me["units"]) == ("a supervisor", ["supervisor"], ["u1"])
    page = await browser.get("/units/u1")
    assert page.status_code == 200
    assert "Nguyễn Thị Hoa" in page.text, "the superior sees the name in full"
    held = dict(browser.cookies)
    out = await browser.post("/sign-out", headers={"Origin": HERE})
    assert out.status_code == 303
    assert (await who(browser))["roles"] == ["public"]
    browser.cookies.update(held)  # a copy of the cookie that somebody kept
    assert (await who(browser))["roles"] == ["public"]
    kinds = [entry.kind for entry in guard.trail.entries]
    assert kinds == ["sign_in", "list", "sign_out"]


async def test_the_cookies_are_kept_from_scripts_and_other_sites(
    browser: httpx.AsyncClient, issuing: OpenIdProvider
) -> None:
    begun = await browser.get("/sign-in")
    attempt = cookie(begun, "dunghen-attempt")
    done = await browser.get(await back(issuing, begun.headers["location"]))
    session = cookie(done, "dunghen")
    for morsel in (attempt, session):
        assert morsel["httponly"]
        assert morsel["samesite"] == "lax"
        assert morsel["path"] == "/"
        assert not morsel["domain"]
    assert cookie(done, "dunghen-attempt")["max-age"] == "0"


async def test_with_https_the_cookies_belong_to_this_host_alone(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    home = "https://dunghen.example.vn"
    issuing = OpenIdProvider(redirects=(home + CALLBACK,), person=claims_of("leader"))
    provider = Provider(issuer=ISSUER, client_id=CLIENT, client_secret=CLIENT_SECRET)
    guard = guarded(stored_city[0], query, provider=provider, http=issuing.http, public_url=home)
    async with guard.client() as http:
        http.base_url = httpx.URL(home)
        begun = await http.get("/sign-in")
        assert query_of(begun.headers["location"])["redirect_uri"] == home + CALLBACK
        location = (await back(issuing, begun.headers["location"])).removeprefix(home)
        done = await http.get(location)
        session = cookie(done, "__Host-dunghen")
        assert session["secure"]
        assert session["httponly"]
        assert done.headers["strict-transport-security"]
        assert (await who(http))["roles"] == ["leader"]
        # The name without the prefix, which another host of the domain could set, means nothing.
        text = http.cookies["__Host-dunghen"]
    async with guard.client(Cookie=f"dunghen={text}") as http:
        assert (await who(http))["roles"] == ["public"]


async def test_a_code_that_comes_twice_opens_nothing(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, guard: Guarded
) -> None:
    location = await back(issuing, await to_provider(browser))
    attempt = browser.cookies["dunghen-attempt"]
    assert (await browser.get(location)).status_code == 303
    asked = issuing.asked.count("token")
    async with guard.client(Cookie=f"dunghen-attempt={attempt}") as again:
        assert (await again.get(location)).status_code == 403
        assert (await who(again))["roles"] == ["public"]
    assert issuing.asked.count("token") == asked


async def test_the_provider_itself_refuses_a_code_twice_and_a_wrong_verifier(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, guard: Guarded
) -> None:
    """The attacker has a code of the victim and an attempt of their own."""
    stolen = query_of(await back(issuing, await to_provider(browser)))["code"]
    async with guard.client() as attacker:
        state = query_of(await to_provider(attacker))["state"]
        answer = await attacker.get(CALLBACK, params={"code": stolen, "state": state})
        assert answer.status_code == 403
        assert (await who(attacker))["roles"] == ["public"]


async def test_an_answer_to_somebody_elses_attempt_is_refused(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, guard: Guarded
) -> None:
    """Login CSRF: the attacker's own code, brought to the victim's browser."""
    async with guard.client() as attacker:
        location = await back(issuing, await to_provider(attacker))
    assert (await browser.get(location)).status_code == 403
    await to_provider(browser)
    assert (await browser.get(location)).status_code == 403
    assert (await who(browser))["roles"] == ["public"]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"exp": 1},
        {"iss": "https://elsewhere.example"}, {"azp": "another-client"}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
async def test_an_id_token_that_is_not_in_order(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, changes: dict[str, Any]
) -> None:
    issuing.id_token_changes = changes
    assert (await signed_in(browser, issuing)).status_code == 403
    assert (await who(browser))["roles"] == ["public"]


async def test_a_callback_that_is_not_in_order(
    browser: httpx.AsyncClient, issuing: OpenIdProvider
) -> None:
    good = query_of(await back(issuing, await to_provider(browser)))
    held = dict(browser.cookies)
    for changes in (
        {"state": "another"}, {"state": ""}, {"code": ""}, {"iss": "https://elsewhere.example"},
    ):  # fmt: skip
        browser.cookies.update(held)
        answer = await browser.get(CALLBACK, params={**good, **changes})
        assert answer.status_code == 403
        assert "elsewhere" not in answer.text
    browser.cookies["dunghen-attempt"] = held["dunghen-attempt"][:-4] + "AAAA"
    assert (await browser.get(CALLBACK, params=good)).status_code == 403


async def test_a_session_is_never_one_that_the_browser_brought(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, guard: Guarded
) -> None:
    async with guard.client() as attacker:
        await signed_in(attacker, issuing)
        fixed = attacker.cookies["dunghen"]
    issuing.person = claims_of("admin")
    browser.cookies["dunghen"] = fixed
    done = await signed_in(browser, issuing)
    assert cookie(done, "dunghen").value != fixed
    async with guard.client(Cookie=f"dunghen={fixed}") as attacker:
        assert (await who(attacker))["roles"] == ["supervisor"], "theirs did not become richer"


async def test_a_changed_cookie_is_none(guard: Guarded) -> None:
    text = guard.headers("officer")["Cookie"].partition("=")[2]
    body, mac = text.split(".")
    rich = guard.headers("admin")["Cookie"].partition("=")[2].split(".")[0]
    attempt = guard.authenticator.cookies.sign(
        "attempt",
        guard.authenticator.cookies.session(text),  # type: ignore[arg-type]
    )
    for forged in (f"{rich}.{mac}", f"{body}.", body, f".{mac}", attempt, "é", "." * 50):
        async with guard.client() as http:
            answer = await http.get(
                "/api/v1/me", headers={b"Cookie": b"dunghen=" + forged.encode()}
            )
        assert answer.json()["roles"] == ["public"], forged


@pytest.mark.parametrize(
    "goal",
    ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere",
     "javascript:alert(1)", "/\t/elsewhere.example", "/\n/elsewhere.example", "", "overdue",
     "http:elsewhere", "/" + "a" * 3_000],
)  # fmt: skip
async def test_a_sign_in_leads_nowhere_else(
    browser: httpx.AsyncClient, issuing: OpenIdProvider, goal: str
) -> None:
    done = await signed_in(browser, issuing, goal)
    assert done.headers["location"] == "/"
    page = await browser.get("/enter", params={"goal": goal})
    assert 'name="goal" value="/"' in page.text
    answer = await browser.post(
        "/enter", data={"token": ADMIN_TOKEN, "goal": goal}, headers={"Origin": HERE}
    )
    assert answer.headers["location"] == "/"


async def test_the_administrators_token_opens_a_session_and_nothing_else_does(
    browser: httpx.AsyncClient, guard: Guarded
) -> None:
    for text in ("", "wrong", KEYS["wall"], KEYS["sender"]):
        answer = await browser.post("/enter", data={"token": text}, headers={"Origin": HERE})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    answer = await browser.post("/enter", data={"token": ADMIN_TOKEN}, headers={"Origin": HERE})
    assert answer.status_code == 303
    assert (await who(browser))["roles"] == ["admin"]
    assert ADMIN_TOKEN not in str(guard.trail.entries)


async def test_without_a_provider_the_page_offers_none(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    async with guarded(stored_city[0], query).client() as http:
        assert "/sign-in" not in (await http.get("/enter")).text
        assert (await http.get("/sign-in")).headers["location"] == "/enter?goal=/"
        assert (await http.get(CALLBACK)).headers["location"] == "/enter"
