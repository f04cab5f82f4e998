"""Whoever signs in lands where their roles let them be."""

from __future__ import annotations

import httpx
import pytest

from api.access.config import Provider
from api.access.landing import landing, opens
from api.access.rules import RULES
from api.sign_in_flow import SignInFlow
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import PEOPLE, Guarded, guarded, person
from tests.api.access.provider import CLIENT, CLIENT_SECRET, ISSUER, OpenIdProvider, claims_of
from tests.api.access.signing_in import back, to_provider
from tests.api.access.test_matrix import filled
from tests.api.city import City

pytestmark = pytest.mark.asyncio

HTML = {"Accept": "text/html"}
NOBODY = person("public")  # somebody who has signed in and has no role of ours
WHO = {**PEOPLE, "nobody": NOBODY}
GOALS = sorted(
    {"/", "/wall", "/wall?lang=en", "/enter", "/sign-in", "/nowhere", "/metrics", "/api/v1/units"}
    | {filled(rule.path) for rule in RULES if rule.method == "GET" and rule.page}
)


async def settled(browser: httpx.AsyncClient, path: str, most: int = 3) -> httpx.Response:
    """What a browser ends up with, after at most so many redirects."""
    answer = await browser.get(path, headers=HTML)
    for _ in range(most):
        if not answer.is_redirect:
            return answer
        answer = await browser.get(answer.headers["location"], headers=HTML)
    assert not answer.is_redirect, f"{path} goes round in circles: {answer.headers['location']}"
    return answer


@pytest.mark.parametrize("role", WHO)
async def test_signing_in_ends_on_a_page_whatever_the_goal(guard: Guarded, role: str) -> None:
    flow: SignInFlow = guard.app.state.sign_in_flow
    goals = {flow.open_session(WHO[role], goal).headers["location"] for goal in GOALS}
    assert "/" in goals
    async with guard.client(WHO[role]) as browser:
        for goal in sorted(goals):
            answer = await settled(browser, goal)
            # Of that night, that wall; and a link that acts was never made.
            nothing_there = "/" in goal[1:] and answer.status_code in (404, 409)
            assert answer.status_code == 200 or nothing_there, (role, goal, answer.text)
            assert answer.headers["content-type"].startswith("text/html"), goal
            assert answer.url.path not in ("/enter", "/sign-in"), (role, goal)
        for goal in sorted({*GOALS} - goals):  # typed by hand
            answer = await settled(browser, goal)
            assert answer.status_code in (200, 403, 404), (role, goal)


async def test_a_provider_leads_where_the_role_may_be(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    issuing = OpenIdProvider(person=claims_of("officer", officer="o1"))
    provider = Provider(issuer=ISSUER, client_id=CLIENT, client_secret=CLIENT_SECRET)
    guard = guarded(stored_city[0], query, provider=provider, http=issuing.http)
    async with guard.client(**HTML) as browser:
        for goal, there in (("/wall", "/"), ("/overdue/u1", "/overdue/u1")):
            done = await browser.get(await back(issuing, await to_provider(browser, goal)))
            assert (done.status_code, done.headers["location"]) == (303, there)
        again = await browser.get("/enter?goal=/wall")
        assert "Trang /wall không dành cho vai trò này" in again.text


async def test_goals_are_judged_by_the_table_of_rules() -> None:
    assert landing("/units/u%2F2?lang=en", {"officer"}) == "/units/u%2F2?lang=en"
    assert landing("/wall?theme=light", {"leader"}) == "/wall?theme=light"
    assert landing("/wall?theme=light", {"officer"}) == "/"
    assert landing("/units", {"public"}) == "/"
    assert landing("/dossiers.csv", {"officer"}) == "/", "a file leaves the browser where it was"
    assert landing("//elsewhere.example", {"admin"}) == "/"
    assert not opens("/api/v1/units", {"admin"}), "nobody comes back to read JSON"


async def test_out_is_the_entrance(guard: Guarded) -> None:
    async with guard.client("leader") as http:
        out = await http.post("/sign-out")
        assert (out.status_code, out.headers["location"]) == (303, "/enter")
        assert (await http.get("/enter", headers=HTML)).status_code == 200


async def test_who_may_not_open_a_page_is_told_by_a_page(guard: Guarded) -> None:
    for who, path, said in (
        ("officer", "/design", "quản trị hệ thống"),  # whose it is, by the table of rules
        (person("public"), "/units", "chưa có vai trò"),
    ):
        async with guard.client(who) as http:
            page = await http.get(path, headers=HTML)
            plain = await http.get(path)
        assert (page.status_code, plain.status_code) == (403, 403)
        assert page.headers["content-type"].startswith("text/html")
        assert said in page.text
        assert 'href="/"' in page.text
        assert plain.headers["content-type"] == "application/problem+json"


async def test_an_address_that_leads_nowhere_is_a_page_too(guard: Guarded) -> None:
    async with guard.client("officer") as http:
        lost = await http.get("/nowhere/at/all", headers=HTML)
        program = await http.get("/api/v1/nowhere", headers=HTML)
    assert lost.status_code == program.status_code == 404
    assert "Không có trang này" in lost.text
    assert "nowhere" not in lost.text.replace("/nowhere/at/all", "")
    assert program.headers["content-type"] == "application/problem+json"
