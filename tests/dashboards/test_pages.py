"""Pages in a browser: what stands on them can be read, used by keyboard, and stays live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.sync_api import Browser, Request, WebSocketRoute, expect

from api.core import Live
from api.feed.protocol import TransportProtocol
from api.slow_clients import DeadlineProtocol
from dossiers.wire.events import Tick
from dossiers.wire.keys import wall_key
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import NamedWall
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, Guarded, guarded
from tests.api.city import HOUR, START, City, received
from tests.api.conftest import engines as engines  # noqa: PLC0414 (a fixture)
from tests.api.conftest import stored_city as stored_city  # noqa: PLC0414 (a fixture)
from tests.dashboards.pages import IN_TURN, TWICE, Reader, View, faults, opened, tab_to
from tests.dashboards.serving import bound, serving

BUDGET, MOST_REQUESTS = 300_000, 25
# Each page with a role that opens it, one that nobody may open, and one that there is not.
OPENED = {
    "/": "supervisor", "/units": "leader", "/units/u1": "officer", "/compare": "leader",
    "/dossiers": "supervisor", "/dossiers/over-1": "leader", "/officers/o1": "supervisor",
    "/alerts": "supervisor", "/alerts/quality": "leader",
    "/data": "admin", "/walls": "admin", "/walls/new": "supervisor", "/walls/hall": "admin",
    "/search?q=phuong": "leader", "/design": "admin", "/enter": "public",
    "/units/nowhere": "leader", "/data?lang=en": "officer",
}  # fmt: skip
COLOUR = "getComputedStyle(document.querySelector('.grid .tone-late')).color"

# What the newest style has when a page is put in place.
NOTE_SWAP = """() => document.addEventListener("htmx:afterSwap", () => {
  const sheet = [...document.styleSheets].at(-1);
  window.swapped = sheet.cssRules.length && /[^/]*[.]css/.exec(sheet.href)[0];
})"""


@dataclass
class Site:
    guard: Guarded
    city: City
    url: str

    @property
    def live(self) -> Live:
        return self.guard.live

    def fresh(self) -> Site:
        """As if a tick had just come, however long the tests before took."""
        self.live.view.freshness.advanced_at = time.monotonic()
        return self

    def later(self, hours: int) -> Tick:
        """So many hours after data time, whatever another test has made of it."""
        return Tick((self.live.view.watermark or START) + hours * HOUR)

    def deliver(self, *events: object) -> None:
        """News of the topics, on the loop that serves."""
        records = self.city.publish(*events)  # type: ignore[arg-type]
        channel = next(iter(self.live.figures._channels.values()))
        channel.tasks[0].get_loop().call_soon_threadsafe(self.live.deliver, records)


@pytest.fixture
def site(served: Site) -> Site:
    return served.fresh()


@pytest.fixture(scope="module")
def served(stored_city: tuple[City, Store]) -> Iterator[Site]:
    city, store = stored_city
    query = StoreQuery(store)
    guard = guarded(city, query)
    hall = NamedWall(changed_at=START, title="Sảnh chính", units=("u1", "u/2"))
    guard.live.deliver([(SETTINGS, wall_key("hall"), msgspec.json.encode(hall))])
    more = {"http": DeadlineProtocol, "ws": TransportProtocol, "ws_per_message_deflate": False}
    with serving(guard.app, bound(), **more) as url:
        yield Site(guard, city, url)
    query.close()


@pytest.fixture(scope="module")
def reader(browser: Browser, served: Site) -> Iterator[Reader]:
    with Reader.of(browser, served.url) as found:
        yield found


@pytest.mark.parametrize("path", OPENED)
def test_a_page_can_be_read(reader: Reader, site: Site, path: str) -> None:
    twice = ("landmark-unique",) if path == "/design" else ()  # shows every part in two themes
    headers = site.guard.headers(OPENED[path])
    first = list(OPENED).index(path) % 2  # at a desk and on a phone, language and theme in turn
    found = {}
    for view in IN_TURN[2 * first :][:2]:
        page = reader.look(path, view, headers)
        found[view.name] = faults(page, axe=(view.width == 390) == (first == 0), allowed=twice)
    page.set_viewport_size(TWICE)
    found["twice"] = faults(page, axe=False)
    assert not any(found.values()), found
    assert reader.complaints() == []


def test_the_first_load_is_small(browser: Browser, site: Site) -> None:
    sizes: dict[str, int] = {}

    def note(request: Request) -> None:
        size = request.sizes()
        sizes[urlsplit(request.url).path] = size["responseBodySize"] + size["responseHeadersSize"]

    headers = site.guard.headers("leader")
    with opened(browser, site.url, "/health/live", headers=headers) as page:  # nothing is kept yet
        page.on("requestfinished", note)
        page.goto(site.url + "/units")
        page.locator(".freshness.live").wait_for()
        page.wait_for_load_state("networkidle")
    assert any("vietnamese" in path for path in sizes)
    assert len(sizes) <= MOST_REQUESTS, sizes
    assert sum(sizes.values()) <= BUDGET, sizes


def test_figures_stay_live_lose_their_colour_and_recover(browser: Browser, site: Site) -> None:
    freshness = site.live.view.freshness
    headers = site.guard.headers("leader")
    before = site.live.view.value("unit:u1", "open")
    with opened(browser, site.url, "/units", headers=headers) as page:
        figure = page.locator("[data-live='unit:u1 open']")
        expect(figure).to_have_text(str(before))
        page.locator("#freshness[data-heard]").wait_for()
        new = received("new-1", START, START + 40 * HOUR, "u1", "o1")
        site.deliver(new, site.later(1))
        expect(figure).to_have_text(str(before + 1))
        live = page.evaluate(COLOUR)
        assert freshness.advanced_at is not None
        freshness.advanced_at -= 70
        page.locator("html[data-verdict=stale][data-trusted=false]").wait_for(state="attached")
        assert page.evaluate(COLOUR) != live
        assert page.locator(".stale-line").is_visible()
        site.deliver(site.later(1))
        page.locator("html[data-verdict=live][data-trusted=true]").wait_for(state="attached")
        assert page.evaluate(COLOUR) == live
        assert not page.locator(".stale-line").is_visible()


def test_a_page_that_hears_nothing_says_so_and_comes_back(browser: Browser, site: Site) -> None:
    headers = site.guard.headers("leader")
    talking = True

    def relay(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()
        theirs.on_message(lambda message: ours.send(message) if talking else None)

    with opened(browser, site.url, "/health/live", headers=headers) as page:
        page.clock.install()
        page.route_web_socket("**/api/v1/figures*", relay)
        page.goto(site.url + "/units")
        page.locator("#freshness[data-heard]").wait_for()
        talking = False
        page.clock.run_for(17_000)
        page.locator("html[data-verdict=lost][data-trusted=false]").wait_for(state="attached")
        assert page.locator(".lost-line").is_visible()
        talking = True
        site.fresh()
        page.clock.run_for(40_000)  # the pauses between its attempts
        page.clock.resume()
        page.locator("html[data-verdict=live]").wait_for(state="attached")


def test_a_page_leads_on_without_a_reload_and_back(browser: Browser, site: Site) -> None:
    headers = site.guard.headers("leader")
    with opened(browser, site.url, "/", headers=headers) as page:
        page.evaluate("window.stayed = true")
        page.evaluate(NOTE_SWAP)
        page.locator(".main-nav a[href='/units']").click()
        page.wait_for_url("**/units")
        assert page.evaluate("window.swapped") == "units.css", "styles first, then the page"
        page.get_by_role("link", name="Phường Một").click()
        page.wait_for_url("**/units/u1")
        expect(page.locator("main h1")).to_have_text("Phường Một")
        expect(page.locator("main h1")).to_be_focused()
        assert page.title().startswith("Phường Một")
        assert page.evaluate("window.stayed")
        page.locator(".freshness.live").wait_for()
        page.go_back()
        expect(page.locator("main h1")).not_to_have_text("Phường Một")
        page.wait_for_url("**/units")


def test_without_scripts_everything_is_there(browser: Browser, site: Site) -> None:
    headers = site.guard.headers("admin")
    with opened(browser, site.url, "/design", headers=headers, scripts=False) as page:
        page.locator(".sheet.light .help summary").nth(3).click()
        assert page.locator(".sheet.light .help-body").nth(3).is_visible()
        page.locator(".menu summary").click()
        page.get_by_role("button", name="Tối").click()
        page.wait_for_url("**/design")
        assert page.locator("html[data-theme=dark]").count() == 1
        page.locator(".menu summary").click()
        page.select_option("#unit-switch", "u1")
        page.locator(".switch button").click()
        page.wait_for_url("**/u1")


def test_by_keyboard_from_the_sign_in_to_an_explanation(browser: Browser, site: Site) -> None:
    with opened(browser, site.url, "/enter") as page:
        tab_to(page, "#token")
        page.keyboard.type(ADMIN_TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.url}/")
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        page.keyboard.type("over-1")
        page.keyboard.press("Enter")
        page.wait_for_url("**/dossiers/over-1*")
        expect(page.locator("main h1")).to_have_text("over-1")
        expect(page.locator("main h1")).to_be_focused()
        tab_to(page, "#events summary")
        expect(page.locator("#events table")).not_to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("#events table")).to_be_visible()
        expect(page.locator("#events")).to_contain_text("thẩm định")
        page.keyboard.press("/")
        page.keyboard.type("phuong mto")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Phường Một").last).to_be_visible()


def test_help_opens_and_closes_by_keyboard(browser: Browser, site: Site) -> None:
    with opened(browser, site.url, "/design", headers=site.guard.headers("admin")) as page:
        summary = page.locator(".sheet.light .help summary").nth(3)
        summary.focus()
        page.keyboard.press("Enter")
        body = page.locator(".sheet.light .help-body").nth(3)
        expect(body).to_be_visible()
        assert faults(page, allowed=("landmark-unique",)) == {}
        page.keyboard.press("Escape")
        expect(body).not_to_be_visible()
        expect(summary).to_be_focused()


def test_the_inbox_is_worked_by_keyboard_and_nothing_moves_in_it(
    browser: Browser, site: Site
) -> None:
    headers = site.guard.headers("supervisor")
    with opened(browser, site.url, "/alerts", headers=headers) as page:
        page.locator("#freshness[data-heard]").wait_for()
        rows = page.locator(".row-link")
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(rows.nth(1)).to_be_focused()
        page.keyboard.press("k")
        expect(rows.first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".inbox-detail h1")).to_be_focused()
        assert page.locator(".inbox-list").is_visible()
        assert page.locator(".alert-row.opened").count() == 1
        badge = page.locator(".unread-count")
        before, told = rows.all_inner_texts(), badge.inner_text()
        page.locator("#freshness[data-heard]").wait_for()
        site.deliver(site.later(1))  # something has become overdue, or due soon
        site.deliver(received("new-2", START, START + 5 * HOUR, "u1", "o1"), site.later(1))
        expect(page.locator(".inbox-news p")).to_be_visible()
        expect(badge).not_to_have_text(told)
        assert page.title().startswith("(")
        assert rows.all_inner_texts() == before, "new rows wait until the reader wants them"


def test_an_alert_is_a_page_of_its_own_on_a_phone_without_a_script(
    browser: Browser, site: Site
) -> None:
    headers = site.guard.headers("supervisor")
    view = View(width=390)
    with opened(browser, site.url, "/alerts", view, headers=headers, scripts=False) as page:
        page.locator(".row-link").first.click()
        page.wait_for_load_state("load")
        assert page.locator(".inbox-detail").is_visible()
        assert not page.locator(".inbox-list").is_visible()
        page.locator(".detail-close").click()
        page.wait_for_load_state("load")
        assert page.locator(".inbox-list").is_visible()
