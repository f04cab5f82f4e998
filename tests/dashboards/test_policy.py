"""The real application in a browser: nothing works around its headers, and nothing needs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from api.access.config import Provider
from api.feed.protocol import TransportProtocol
from api.slow_clients import DeadlineProtocol
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, KEYS, guarded
from tests.api.access.provider import CLIENT, CLIENT_SECRET, OpenIdProvider, claims_of
from tests.api.city import EVIL, City
from tests.api.conftest import engines as engines  # noqa: PLC0414 (a fixture)
from tests.api.conftest import stored_city as stored_city  # noqa: PLC0414 (a fixture)
from tests.dashboards.serving import bound, serving, url_of

WAIT_MS = 15_000


@pytest.fixture(scope="module")
def address(stored_city: tuple[City, Store]) -> Iterator[str]:
    """Nobody is let in for being near; a provider stands beside it."""
    query = StoreQuery(stored_city[1])
    ours, theirs = bound(), bound()
    issuing = OpenIdProvider(
        issuer=f"{url_of(theirs)}/realms/tinh",
        redirects=(f"{url_of(ours)}/sign-in/callback",),
        person=claims_of("supervisor", units=["u1"]),
    )
    provider = Provider(issuer=issuing.issuer, client_id=CLIENT, client_secret=CLIENT_SECRET)
    guard = guarded(stored_city[0], query, provider=provider)
    with (
        serving(issuing.app(), theirs),
        serving(
            guard.app, ours, http=DeadlineProtocol, ws=TransportProtocol,
            ws_per_message_deflate=False,
        ) as found,
    ):  # fmt: skip
        yield found
    query.close()


@dataclass
class Visit:
    """A page, and everything that the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context()
    yield found
    found.close()


@pytest.fixture
def visit(context: BrowserContext) -> Visit:
    found = Visit(context.new_page())
    page = found.page
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("dialog", lambda dialog: found.complaints.append(dialog.message))
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda m: found.complaints.append(m.text) if m.type == "error" else None)
    return found


def enter(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}/enter?goal=/wall#{ADMIN_TOKEN}")
    visit.page.locator(".figure .value").first.wait_for()


def test_a_wall_without_a_key_asks_for_a_sign_in_and_then_shows(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(f"{address}/wall?theme=light")
    page.wait_for_url("**/enter?goal=*")
    page.fill("#token", ADMIN_TOKEN)
    page.click("#enter button")
    page.wait_for_url("**/wall?theme=light")
    page.locator(".figure .value").first.wait_for()
    assert visit.complaints == []


def test_a_link_signs_in_and_its_token_stays_in_the_browser(visit: Visit, address: str) -> None:
    enter(visit, address)
    assert visit.page.url == f"{address}/wall"
    assert not [url for url in visit.asked if ADMIN_TOKEN in url.partition("#")[0]]
    assert ADMIN_TOKEN not in str(visit.page.evaluate("() => document.cookie"))
    assert visit.complaints == []


def test_a_wall_with_a_key_shows_its_part(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}/wall#key={KEYS['wall-u1']}")
    visit.page.locator(".figure .value").first.wait_for()
    text = visit.page.locator("#wall").inner_text()
    assert "over-2" not in text
    assert "Sở Hai" not in text
    assert visit.complaints == []
    assert not [url for url in visit.asked if KEYS["wall-u1"] in url.partition("#")[0]]


@pytest.mark.parametrize(
    "path", ["/units", "/units/u1", "/dossiers?unit=u1", "/dossiers/over-1", "/enter"]
)
def test_pages_have_their_style_and_no_markup_of_others(
    visit: Visit, address: str, path: str
) -> None:
    enter(visit, address)
    visit.page.goto(address + path)
    applied = visit.page.evaluate("() => getComputedStyle(document.body).maxWidth")
    sheets = visit.page.evaluate("() => [...document.styleSheets].map((s) => s.cssRules.length)")
    assert sheets, applied
    assert all(sheets)
    assert visit.page.locator("script:not([src])").count() == 0
    if path == "/dossiers?unit=u1":
        assert EVIL in visit.page.locator("main").inner_text()
    assert visit.complaints == []


def test_a_sign_in_at_the_provider_leads_back_to_the_page(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(f"{address}/units/u1")
    page.wait_for_url("**/enter?goal=/units/u1")
    page.click("main a.next")
    page.wait_for_url(f"{address}/units/u1")
    assert "Nguyễn Thị Hoa" in page.locator("main").inner_text(), "the superior sees the name"
    page.goto(f"{address}/wall")
    page.locator(".figure .value").first.wait_for()
    assert "over-2" not in page.locator("#wall").inner_text(), "a wall of the own unit"
    assert [url for url in visit.asked if "/realms/tinh/authorize?" in url]
    assert visit.complaints == []


def test_signing_out_ends_it(visit: Visit, address: str) -> None:
    enter(visit, address)
    visit.page.goto(f"{address}/units")
    visit.page.click(".menu summary")
    visit.page.click("form[action='/sign-out'] button")
    visit.page.wait_for_url("**/enter")
    visit.page.goto(f"{address}/units")
    visit.page.wait_for_url("**/enter?goal=/units")
    assert visit.complaints == []


def test_a_page_of_another_site_can_do_nothing(
    context: BrowserContext, visit: Visit, address: str
) -> None:
    """The victim is signed in and opens it; it has no policy of its own that would stop it."""
    enter(visit, address)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<h1>x</h1>", content_type="text/html"))
    page.goto("http://elsewhere.example/")
    page.unroute("**/*")
    said = page.evaluate(
        """async (home) => {
          const told = [];
          const read = {credentials: "include"};
          const blind = {method: "POST", credentials: "include", mode: "no-cors"};
          for (const [path, how] of [["/api/v1/units", read], ["/sign-out", blind]]) {
            try {
              const answer = await fetch(home + path, how);
              told.push(answer.type);
            } catch { told.push("refused"); }
          }
          const socket = new WebSocket(home.replace("http", "ws") + "/api/v1/feed");
          told.push(await new Promise((done) => {
            socket.onopen = () => done("open");
            socket.onerror = () => done("refused");
          }));
          return told;
        }""",
        address,
    )
    assert said[0] == "refused"
    assert said[1] in ("refused", "opaque"), "sent perhaps, but without the cookie"
    assert said[2] == "refused"
    visit.page.goto(f"{address}/units")
    assert visit.page.url == f"{address}/units", "still signed in"
