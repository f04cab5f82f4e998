"""Pictures of pages, by `python -m tests.dashboards.pictures DIR --pages`: each page at every size,
in both languages and themes, and on paper. ``--url``: of a stack that runs, in place of the small
city of the tests; pages of its own are named as ``NAME=/path``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.core import Live
from api.feed.protocol import TransportProtocol
from dunghen.serving.store_query import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import City, a_morning
from tests.api.settings import config
from tests.dashboards.browser import launch
from tests.dashboards.pages import MATRIX, View, faults, opened
from tests.dashboards.serving import bound, serving

# Each room adds its pages.
PAGES: Mapping[str, str] = {
    "home": "/",
    "units": "/units",
    "unit": "/units/u1",
    "dossiers": "/dossiers",
    "dossier": "/dossiers/over-1",
    "officer": "/officers/o1",
    "data": "/data",
    "walls": "/walls",
    "search": "/search?q=phuong",
    "design": "/design",
    "nowhere": "/units/nowhere",
    "enter": "/enter",
}
PRINTED = ("unit", "dossier")


def take(folder: Path, names: Sequence[str], url: str = "") -> None:
    """All pages, or those named."""
    given = dict(name.split("=", 1) for name in names if "=" in name)
    wanted = {name: PAGES[name] for name in names if "=" not in name} | given
    folder.mkdir(parents=True, exist_ok=True)
    with (
        _running(url) as address,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        for name, path in (wanted or PAGES).items():
            for view in MATRIX:
                _picture(browser, address, path, view, folder / f"{name}-{view.name}.png")
            if name in PRINTED or name in given:
                _print(browser, address, path, folder / f"{name}-print.png")
            print(folder / name)


def _picture(browser: Browser, url: str, path: str, view: View, file: Path) -> None:
    with opened(browser, url, path, view) as page:
        for kind, problems in faults(page).items():
            print(f"{file.stem}: {kind}: {problems[:3]}")
        page.screenshot(path=file, full_page=True)


def _print(browser: Browser, url: str, path: str, file: Path) -> None:
    with opened(browser, url, path, View(theme="dark")) as page:  # paper is light all the same
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dpi
        page.screenshot(path=file, full_page=True)


@contextmanager
def _running(url: str) -> Iterator[str]:
    """``url``, or the address of the small city of the tests."""
    if url:
        yield url
        return
    city = City()
    for event in a_morning():
        city.publish(event)
    with tempfile.TemporaryDirectory() as engine, Store.embedded(engine) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
        app = create_app(config(), StoreQuery(store))
        live: Live = app.state.live
        live.deliver(city.records())
        live.loaded()
        with serving(app, bound(), ws=TransportProtocol) as address:
            yield address
