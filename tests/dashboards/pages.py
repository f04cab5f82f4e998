"""Opens pages as readers do, and says what is wrong with one.

For tests of any page: ``with opened(browser, url, path, view) as page: assert faults(page) == {}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from api.asked import LANG_COOKIE, THEME_COOKIE, Language

HERE = Path(__file__).parent
INSPECT = (HERE / "inspect_text.js").read_text("utf-8")
AXE = HERE.parents[1] / "dashboards" / "node_modules" / "axe-core" / "axe.min.js"
HEIGHTS = {390: 844, 768: 1024, 1440: 900, 1920: 1080}
# A desk's window at twice the size of everything.
TWICE: ViewportSize = {"width": 720, "height": 450}


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    width: int = 1440
    lang: Language = "vi"
    theme: Literal["light", "dark"] = "light"

    @property
    def name(self) -> str:
        return f"{self.width}-{self.lang}-{self.theme}"


# Language and theme in turn, at a desk and on a phone: what a test of each page looks at.
IN_TURN = (View(390, "vi", "light"), View(1440, "en", "dark"), View(390, "en", "dark"),
           View(1440, "vi", "light"))  # fmt: skip
# And all there is, for pictures.
MATRIX = tuple(
    View(width, lang, theme)
    for width in HEIGHTS
    for lang in ("vi", "en")
    for theme in ("light", "dark")
)  # fmt: skip


@contextmanager
def opened(
    browser: Browser,
    url: str,
    path: str,
    view: View = View(),
    *,
    headers: Mapping[str, str] | None = None,
    scripts: bool = True,
) -> Iterator[Page]:
    """``path`` at ``url`` in a browser of its own. ``headers``: who asks, as
    ``Guarded.headers(role)`` gives them. What the page complains of is an AssertionError at the
    end."""
    context = browser.new_context(
        viewport={"width": view.width, "height": HEIGHTS[view.width]},
        color_scheme=view.theme,
        java_script_enabled=scripts,
        extra_http_headers={k: v for k, v in (headers or {}).items() if k == "Authorization"},
    )
    context.add_cookies(list(_cookies(url, view, headers or {})))
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if _counts(m) else None)
    try:
        page.goto(url + path)
        page.wait_for_load_state("load")
        yield page
        assert complaints == []
    finally:
        context.close()


@dataclass(frozen=True)
class Reader:
    """One browser tab for many pages, each as somebody else and with another view: what all pages
    share is loaded once."""

    url: str
    page: Page
    _heard: list[str]

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, url: str) -> Iterator[Reader]:
        page = browser.new_page()
        heard: list[str] = []
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("console", lambda m: heard.append(m.text) if _counts(m) else None)
        yield cls(url, page, heard)
        page.context.close()

    def look(self, path: str, view: View, headers: Mapping[str, str]) -> Page:
        """``headers``: as for ``opened``; nobody else is signed in any more."""
        self.page.context.clear_cookies()
        self.page.context.add_cookies(list(_cookies(self.url, view, headers)))
        self.page.set_viewport_size({"width": view.width, "height": HEIGHTS[view.width]})
        self.page.emulate_media(color_scheme=view.theme)
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("load")
        return self.page

    def complaints(self) -> list[str]:
        """What the pages complained of since this was asked last."""
        found = list(self._heard)
        self._heard.clear()
        return found


def _counts(message: ConsoleMessage) -> bool:
    """A page of an error has a status that says so, which the browser calls an error too."""
    return message.type == "error" and "the server responded with a status of" not in message.text


def _cookies(url: str, view: View, headers: Mapping[str, str]) -> Iterator[Any]:
    own = dict(part.split("=", 1) for part in headers.get("Cookie", "").split("; ") if part)
    for name, value in {LANG_COOKIE: view.lang, THEME_COOKIE: view.theme, **own}.items():
        yield {"name": name, "value": value, "url": f"http://{urlsplit(url).netloc}"}


def faults(page: Page, *, axe: bool = True, allowed: Sequence[str] = ()) -> dict[str, list[str]]:
    """What is wrong with a page: text that scrolls, is cut, collides or is too small, and whatever
    axe-core finds. ``allowed``: ids of rules of axe that do not count here."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    found: dict[str, list[str]] = page.evaluate(INSPECT)
    found["axe"] = _axe(page, allowed) if axe else []
    return {kind: problems for kind, problems in found.items() if problems}


def _axe(page: Page, allowed: Sequence[str]) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))  # by the debugger: the page's policy would refuse it
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in result["violations"]
        if rule["id"] not in allowed
        for node in rule["nodes"][:3]
    ]


def tab_to(page: Page, selector: str) -> None:
    """Goes on by Tab until the element has the focus."""
    wanted = page.locator(selector)
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("(e) => e === document.activeElement"):
            return
    raise AssertionError(f"nobody comes to {selector} by keyboard")
