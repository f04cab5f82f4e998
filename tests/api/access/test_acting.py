"""At the machine of a simulation one may look as a person of its city; nowhere else, and never with
more than the machine's own rights."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from api.access.acting import COOKIE, PURPOSE, Acting, acting_as
from api.access.authentication import Authenticator
from api.access.config import AccessConfig
from api.access.rules import RULES
from api.app import create_app
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import HERE, KEYS, Entries, Guarded, guarded, keys
from tests.api.access.serving import closed_with, listening
from tests.api.city import TIMELINE, City
from tests.api.posting import NoStore
from tests.api.settings import config

pytestmark = pytest.mark.asyncio

HEAD = Acting("id-1", TIMELINE, "supervisor", 9e9, unit="u1", officer="o1")


def wearing(guard: Guarded, acting: Acting, **headers: str) -> httpx.AsyncClient:
    """A browser of this machine with the cookie of ``acting``."""
    text = guard.authenticator.cookies.sign(PURPOSE, acting)
    return guard.client(Cookie=f"{COOKIE}={text}", Origin=HERE, **headers)


async def me(http: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get("/api/v1/me")).json()
    return found


async def choose(http: httpx.AsyncClient, person: str) -> httpx.Response:
    return await http.post("/act-as", data={"person": person}, headers={"Origin": HERE})


async def test_a_browser_becomes_an_officer_and_itself_again(near: Guarded) -> None:
    near.trail.entries.clear()
    async with near.client() as http:
        begun = await choose(http, "officer:o1")
        assert (begun.status_code, begun.headers["location"]) == (303, "/")
        who = await me(http)
        assert (who["roles"], who["officer"], who["means"]) == (["officer"], "o1", "acting")
        assert (await http.get("/api/v1/coverage")).status_code == 403
        listed = (await http.get("/api/v1/dossiers")).json()["dossiers"]
        assert {row["officer"] for row in listed} == {"o1"}
        held = dict(http.cookies)
        left = await choose(http, "")
        assert left.headers["location"] == "/"
        assert (await me(http))["roles"] == ["admin"]
        http.cookies.update(held)  # a copy that somebody kept
        assert (await me(http))["roles"] == ["admin"]
    kinds = [(entry.kind, entry.subject, entry.target) for entry in near.trail.entries]
    assert kinds == [
        ("acting", "loopback as officer:o1", "officer:o1"),
        ("refused", "loopback as officer:o1", ""),
        ("list", "loopback as officer:o1", ""),
        ("acting_ended", "loopback as officer:o1", "officer:o1"),
    ]


async def test_another_choice_takes_the_place_of_the_first(near: Guarded) -> None:
    async with near.client() as http:
        await choose(http, "officer:o1")
        first = dict(http.cookies)
        await choose(http, "leader")
        assert (await me(http))["roles"] == ["leader"]
        http.cookies.update(first)
        assert (await me(http))["roles"] == ["admin"], "the first one has ended"


@pytest.mark.parametrize(
    "person", ["officer:nobody", "supervisor:o1", "admin", "sender", "x" * 500]
)
async def test_nobody_becomes_who_is_not_there_or_an_admin(near: Guarded, person: str) -> None:
    async with near.client() as http:
        answer = await choose(http, person)
        assert (answer.status_code, answer.headers["location"]) == (303, "/act-as")
        assert (await me(http))["means"] == "loopback"


async def test_a_form_with_more_fields_than_ours_chooses_nobody(near: Guarded) -> None:
    async with near.client() as http:
        fields = {f"person{n}": "leader" for n in range(50)}
        answer = await http.post("/act-as", data=fields, headers={"Origin": HERE})
        assert (answer.status_code, answer.headers["location"]) == (303, "/act-as")


async def test_the_public_is_shown_the_way_in(near: Guarded) -> None:
    async with near.client(Accept="text/html") as http:
        await choose(http, "public")
        refused = await http.get("/units")
        assert (refused.status_code, refused.headers["location"]) == (303, "/enter?goal=/units")


async def test_it_changes_what_the_feed_brings(near: Guarded) -> None:
    cookies = near.authenticator.cookies
    officer = Acting("id-2", TIMELINE, "officer", 9e9, officer="o1")
    async with listening(near.app) as server:
        for acting, code in ((HEAD, None), (officer, 4401)):
            cookie = f"{COOKIE}={cookies.sign(PURPOSE, acting)}"
            assert await closed_with(server, {"Cookie": cookie}) == code


async def test_whoever_ended_it_hears_no_more(near: Guarded) -> None:
    guard = near.authenticator
    assert guard.still_valid(HEAD.principal)
    guard.cookies.end(HEAD.id, HEAD.until)
    assert not guard.still_valid(HEAD.principal)


@pytest.mark.parametrize(
    ("acting", "headers"),
    [
        (acting_as(TIMELINE, "leader", time.time() - 9 * 3600), {}),  # over
        (Acting("i", "another-timeline", "leader", 9e9), {}),
        (HEAD, {"Host": "dunghen.example.vn"}),
        (HEAD, {"X-Forwarded-For": "203.0.113.9"}),
        (HEAD, {"Via": "1.1 a-proxy"}),
    ],
)
async def test_what_is_over_or_from_elsewhere_counts_as_nothing(
    stored_city: tuple[City, Store],
    query: StoreQuery,
    acting: Acting,
    headers: dict[str, str],
) -> None:
    guard = guarded(stored_city[0], query, loopback="admin")
    async with wearing(guard, acting, **headers) as http:
        assert (await me(http))["means"] == ("none" if headers else "loopback")
        if headers:
            assert (await choose(http, "leader")).status_code == 403


async def test_a_forged_cookie_counts_as_nothing(near: Guarded) -> None:
    cookies = near.authenticator.cookies
    body, _, mac = cookies.sign(PURPOSE, HEAD).partition(".")
    rich = cookies.sign(PURPOSE, Acting("i", TIMELINE, "admin", 9e9)).partition(".")[0]
    session = cookies.sign("session", HEAD)
    for forged in (f"{rich}.{mac}", f"{body}.", body, session, "." * 40):
        async with near.client(Cookie=f"{COOKIE}={forged}") as http:
            assert (await me(http))["means"] == "loopback", forged


@pytest.mark.parametrize(
    ("mode", "access"),
    [
        ("live", {}),
        ("replay", {}),
        ("simulation", {"loopback": "leader"}),  # acting may never be more than the machine is
        ("simulation", {"loopback": "none"}),
        ("simulation", {"local": False}),
    ],
)
async def test_never_on_a_live_timeline_nor_by_those_who_may_less(
    mode: str, access: dict[str, Any]
) -> None:
    fields = {"loopback": "admin", "session_secret": b"a secret", "keys": keys(), **access}
    trail = Entries([])
    settings = config(mode=mode, access=AccessConfig(**fields))
    app = create_app(settings, NoStore(), trail=trail)
    guard = Guarded(app, trail)
    async with wearing(guard, HEAD) as http:
        assert (await me(http))["means"] in ("loopback", "none")
        assert (await choose(http, "leader")).status_code == 403
    assert [entry.kind for entry in trail.entries if entry.means == "acting"] == []


async def test_a_person_who_has_signed_in_stays_who_they_are(near: Guarded) -> None:
    text = near.authenticator.cookies.sign(PURPOSE, HEAD)
    session = near.headers("officer")["Cookie"]
    async with near.client(Cookie=f"{session}; {COOKIE}={text}", Origin=HERE) as http:
        assert (await me(http))["means"] == "session"
        assert (await choose(http, "leader")).status_code == 403
    async with wearing(near, HEAD, Authorization=f"Bearer {KEYS['monitor']}") as http:
        assert (await me(http))["roles"] == ["monitor"]


async def test_no_page_of_another_site_chooses(near: Guarded) -> None:
    async with near.client() as http:
        for origin in ("https://attacker.example", "null", "http://127.0.0.1:9"):
            answer = await http.post(
                "/act-as", data={"person": "leader"}, headers={"Origin": origin}
            )
            assert answer.status_code == 403


async def test_whatever_a_person_opens_this_machine_opens_too() -> None:
    for rule in RULES:
        if rule.roles & {"officer", "supervisor", "reform_office", "leader"}:
            # No administrator has a part in what is published of people.
            step = rule.method == "POST" and "/publications" in rule.path
            assert step or "admin" in rule.roles, rule.path
    assert Authenticator(AccessConfig()).simulation == ""
