"""Takes pictures of the wall with an invented city: `python -m tests.dashboards.pictures DIR`.

Sizes, scenes and themes that people hang up; look at them after every change of the wall.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.dashboards.browser import launch
from tests.dashboards.city import NOON, make_state
from tests.dashboards.fake_api import FakeApi

SHOTS = (
    ("dense", 1920, 1080, "", {}),
    ("dense-4k", 3840, 2160, "", {}),
    ("dense-light", 1920, 1080, "theme=light", {}),
    ("dense-demo", 1920, 1080, "", {"mode": "simulation", "wards": 30, "departments": 6, "clock_speed": 60.0}),
    ("dense-near", 1920, 1080, "distance=1.6&height=0.68", {}),
    ("provinces", 1920, 1080, "distance=1.6&height=0.68", {"wards": 34, "departments": 0}),
    ("sparse", 1920, 1080, "distance=5&height=0.68", {}),
    ("sparse-6m", 1920, 1080, "distance=6&height=0.68", {"mode": "simulation", "clock_speed": 60.0}),
    ("sparse-4k-light", 3840, 2160, "distance=5&height=0.68&theme=light", {}),
    ("middle", 1920, 1080, "distance=2.5&height=0.68", {}),
    ("far", 1920, 1080, "distance=8&height=0.68", {}),
    ("laptop", 1366, 768, "lang=en", {"mode": "simulation", "wards": 30, "departments": 6}),
    ("stale", 1920, 1080, "", {"age": 200_000}),
    ("stale-6m", 1920, 1080, "distance=6&height=0.68", {"age": 200_000, "mode": "simulation"}),
    ("delayed", 1920, 1080, "", {"age": 24_000}),
    ("lost", 1920, 1080, "theme=light", {"age": None}),
    ("phone", 390, 844, "", {"wards": 30}),
)


def main(folder: Path, names: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, launch(playwright) as browser:
        for name, width, height, query, settings in SHOTS:
            if names and name not in names:
                continue
            age = settings.pop("age", 400)
            with FakeApi(make_state(**settings)) as api:
                page = browser.new_page(viewport={"width": width, "height": height})
                page.on("console", lambda message: print(message.type, message.text))
                page.on("pageerror", lambda error: print("ERROR", error))
                page.clock.install(time=NOON / 1000)
                page.goto(f"{api.url}/wall?{query}")
                page.wait_for_selector(".figure .value", state="attached")
                api.heartbeat(age or 400)
                if age is None:
                    api.stop()
                page.clock.run_for(3000 if age else 17_000)
                page.screenshot(path=folder / f"{name}.png", full_page=name == "phone")
                page.close()
            print(folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
