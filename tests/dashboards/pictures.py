"""Takes pictures of the wall with an invented city: `python -m tests.dashboards.pictures DIR`.

Sizes, scenes and themes that people hang up; look at them after every change of the wall. With
``--pages`` those of pages (``tests.dashboards.page_pictures``).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.dashboards import page_pictures
from tests.dashboards.browser import launch
from tests.dashboards.city import NOON, make_state
from tests.dashboards.fake_api import FakeApi

DESK = "distance=1.6&height=0.68"
ROOM = "distance=6&height=0.68"
DEMO = {"mode": "simulation", "clock_speed": 60.0}
SMALL = {"wards": 30, "departments": 6}
# Name, width, height, query, and what differs from the city as it is. "age": ms since the last
# tick; None: the server has gone.
SHOTS: tuple[tuple[str, int, int, str, dict[str, Any]], ...] = (
    ("dense", 1920, 1080, "", {}),
    ("dense-4k", 3840, 2160, "", {}),
    ("dense-light", 1920, 1080, "theme=light", {}),
    ("dense-demo", 1920, 1080, "", DEMO | SMALL),
    ("dense-near", 1920, 1080, DESK, {}),
    ("provinces", 1920, 1080, DESK, {"wards": 34, "departments": 0}),
    ("middle", 1920, 1080, "distance=2.5&height=0.68", {}),
    ("sparse", 1920, 1080, "distance=5&height=0.68", {}),
    ("sparse-6m", 1920, 1080, ROOM, DEMO),
    ("sparse-4k-light", 3840, 2160, "distance=5&height=0.68&theme=light", {}),
    ("far", 1920, 1080, "distance=8&height=0.68", {}),
    ("laptop", 1366, 768, "lang=en", DEMO | SMALL),
    ("delayed", 1920, 1080, "", {"age": 24_000}),
    ("stale", 1920, 1080, "", {"age": 200_000}),
    ("stale-6m", 1920, 1080, ROOM, {"age": 200_000, **DEMO}),
    ("lost", 1920, 1080, "theme=light", {"age": None}),
    ("phone", 390, 844, "", {"wards": 30}),
)


def main(folder: Path, names: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, launch(playwright) as browser:
        for name, width, height, query, settings in SHOTS:
            if names and name not in names:
                continue
            changes = dict(settings)
            age = changes.pop("age", 400)
            with FakeApi(make_state(**changes)) as api:
                page = browser.new_page(viewport={"width": width, "height": height})
                page.on("console", lambda message: print(message.type, message.text))
                page.on("pageerror", lambda error: print("ERROR", error))
                page.clock.install(time=NOON / 1000)
                page.goto(f"{api.url}/wall?{query}")
                page.locator(".figure .value").first.wait_for()
                api.heartbeat(age or 400)
                if age is None:
                    api.stop()
                page.clock.run_for(3000 if age else 17_000)
                page.screenshot(path=folder / f"{name}.png", full_page=name == "phone")
                page.close()
            print(folder / f"{name}.png")


def of_what(arguments: list[str]) -> None:
    """DIR [NAME ...] for the wall; DIR --pages [--url URL] [NAME ...] for pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--url", default="")
    options = parser.parse_intermixed_args(arguments)  # names may follow --pages
    if options.pages:
        page_pictures.take(options.folder, options.names, options.url)
    else:
        main(options.folder, set(options.names))


if __name__ == "__main__":
    of_what(sys.argv[1:])
