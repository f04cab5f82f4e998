"""A browser for the room's tests, and a wall in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.dashboards.browser import launch
from tests.dashboards.city import NOON, make_state
from tests.dashboards.fake_api import FakeApi

WAIT_MS = 15_000

# Counts, over reloads, what every websocket of the page has brought to its listeners.
COUNT_MESSAGES = """
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", () =>
      sessionStorage.setItem("heard", Number(sessionStorage.getItem("heard")) + 1));
  }
};
"""
HEARD = "() => Number(sessionStorage.getItem('heard'))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: while it is open, Playwright's event loop counts as running in this thread,
    and tests with a loop of their own could not start theirs."""
    with sync_playwright() as playwright, launch(playwright) as chromium:
        yield chromium


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi(make_state(wards=24, departments=4)) as server:
        yield server


@dataclass
class Wall:
    """One open wall and all that it said and asked for."""

    page: Page
    api: FakeApi
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def expect(self, selector: str, text: str | re.Pattern[str]) -> None:
        """Wait until the element holds ``text``."""
        self.page.locator(selector, has_text=text).first.wait_for(timeout=WAIT_MS)

    def expect_verdict(self, verdict: str) -> None:
        locator = self.page.locator(f"html[data-verdict={verdict}]")
        locator.wait_for(state="attached", timeout=WAIT_MS)

    def heartbeat(self, tick_age_ms: int | None, watermark: int | None = None) -> None:
        """Have the server send one, and wait until the page has heard it."""
        before = self.page.evaluate(HEARD)
        self.api.heartbeat(tick_age_ms, watermark)
        self.page.wait_for_function(f"(before) => ({HEARD})() > before", arg=before)

    def pass_time(self, ms: int) -> None:
        """Let the page's clocks run on; every timer on the way fires."""
        self.page.clock.run_for(ms)


OpenWall = Callable[..., Wall]


@pytest.fixture
def open_wall(browser: Browser) -> Iterator[OpenWall]:
    """``open_wall(api, query, size, before)``: a wall with a clock that the test moves.

    ``before``: a script that runs in the page before its own; ``awaited``: what shows that the wall
    is there; ``clock_ahead_ms``: by how much the display's clock is wrong.
    """
    pages: list[Page] = []

    def open_(
        api: FakeApi,
        query: str = "",
        size: tuple[int, int] = (1920, 1080),
        before: str = "",
        path: str = "/wall",
        awaited: str = ".figure .value",
        clock_ahead_ms: int = 0,
    ) -> Wall:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        pages.append(page)
        wall = Wall(page, api)
        page.on("pageerror", lambda error: wall.errors.append(str(error)))
        page.on("console", lambda m: wall.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda request: wall.requests.append(request.url))
        page.on("websocket", lambda socket: wall.requests.append(socket.url))
        page.clock.install(time=(NOON + clock_ahead_ms) / 1000)
        page.add_init_script(COUNT_MESSAGES)
        if before:
            page.add_init_script(before)
        page.goto(f"{api.url}{path}?{query}")
        page.locator(awaited).first.wait_for(timeout=WAIT_MS)
        return wall

    yield open_
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with FakeApi(make_state(wards=4, departments=0)) as api:
        page = browser.new_page()
        page.goto(f"{api.url}/wall")
        page.locator(".figure .value").first.wait_for()
        yield page
        page.close()
