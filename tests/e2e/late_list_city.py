"""A small simulated city on a whole stack, and the people who work on its late list."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.product import PATIENCE, ROOT, Serving, serving
from tests.support import wait_for

Json = dict[str, Any]
API = "/api/v1/publications"
# As the demo's city, but small, and long enough for the month before this one.
SMALLER = {"dossiers_per_day": 45, "history_days": 48, "communes": 6}
SETTINGS = """
[demo]
city = "{city}"
speed = 1
[late_list]
place = "Minh Hòa"
signer = "Lê Văn Tám"
[verify]
nightly = false
"""


def city_file(path: Path) -> Path:
    text = (ROOT / "sources" / "simulator" / "city.toml").read_text("utf-8")
    for name, value in SMALLER.items():
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert count == 1, name
    path.write_text(text, "utf-8")
    return path


@dataclass
class Someone:
    """A person of the city, over REST."""

    http: httpx.Client

    def get(self, path: str = "", **parameters: Any) -> Json:
        answer = self.http.get(API + path, params=parameters)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def shown(self, list_: str) -> Json:
        return self.get(f"/{list_}")

    def cases(self, list_: str, show: str = "all") -> list[Json]:
        found: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(f"/{list_}/cases", show=show, limit=200, **cursor)
            found += page["cases"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    def post(self, path: str, body: Json) -> httpx.Response:
        """Sent again, as the same request, while it is being done."""

        answers: list[httpx.Response] = []

        def done() -> bool:
            answers.append(self.http.post(API + path, json=body))
            return answers[-1].status_code not in (202, 503)

        wait_for(done, PATIENCE, every=0.3, what=path)
        return answers[-1]

    def ask(self, list_: str, step: str, **body: Any) -> httpx.Response:
        seen = body.pop("seen", None)
        if seen is None:
            seen = self.shown(list_)["number"]
        return self.post(f"/{list_}/{step}", {"request": uuid.uuid4().hex, "seen": seen, **body})

    def step(self, list_: str, step: str, **body: Any) -> Json:
        answer = self.ask(list_, step, **body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


class LateCity:
    """``at``: its state folder as a flag."""

    def __init__(self, stack: Serving, api: str, config: Path, doors: ExitStack) -> None:
        self.stack = stack
        self.api = api
        self.at = ("--state", str(stack.state))
        self.config = ("--config", str(config))
        self._doors = doors
        self._people: dict[str, Someone] = {}

    def person(self, name: str) -> Someone:
        """``name``: as /act-as takes it."""
        found = self._people.get(name)
        if found is None:
            http = self._doors.enter_context(
                httpx.Client(base_url=self.api, headers={"Origin": self.api}, timeout=60)
            )
            answer = http.post("/act-as", data={"person": name})
            assert answer.headers.get("location") == "/", (name, answer.status_code)
            found = self._people[name] = Someone(http)
        return found

    def anybody(self) -> httpx.Client:
        """Who has not signed in."""
        return self.person("public").http

    def frozen(self) -> Json:
        """The last month, once it is frozen by itself."""
        office = self.person("reform_office")

        def found() -> list[Json]:
            try:
                answer = office.http.get(API)
            except httpx.TransportError:  # it is being started again
                return []
            return answer.json()["lists"] if answer.status_code == 200 else []

        return wait_for(found, PATIENCE, every=0.5, what="the month is frozen")[-1]


@contextmanager
def late_city(folder: Path) -> Iterator[LateCity]:
    state, config = folder / "state", folder / "dunghen.toml"
    config.write_text(SETTINGS.format(city=city_file(folder / "city.toml")), "utf-8")
    arguments = ("--config", str(config), "demo", "--state", str(state), "--port", "0")
    with ExitStack() as doors:
        stack = doors.enter_context(serving(state, *arguments, DUNGHEN_KAFKA_PARTITIONS="2"))
        stack.line()
        ends = json.loads((state / "run" / "endpoints.json").read_bytes())
        yield LateCity(stack, ends["api"], config, doors)
