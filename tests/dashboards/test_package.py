"""What the wall is made of and what it costs: packages, words, bytes, hosts, memory."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import urlsplit

from tests.dashboards.conftest import OpenWall
from tests.dashboards.fake_api import DASHBOARDS, WALL, FakeApi

BUDGET = 300_000
MODULES = sorted(WALL.glob("*.js"))


def test_the_lock_file_names_no_host() -> None:
    text = (DASHBOARDS / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    lock = json.loads(text)
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages)


def test_both_languages_have_the_same_words() -> None:
    vi, en = (
        json.loads((WALL / f"messages.{lang}.json").read_text("utf-8")) for lang in ("vi", "en")
    )
    assert vi.keys() == en.keys()
    for key in vi:
        holes = [sorted(re.findall(r"\{\w+\}", words[key])) for words in (vi, en)]
        assert holes[0] == holes[1], key


def test_no_word_stands_in_the_code() -> None:
    letters = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    for module in MODULES:
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", module.read_text("utf-8"), flags=re.DOTALL)
        code = re.sub(r"const (RANKS|SHORT_RANK|PLACE|UNLISTED|UNLISTED_WORDS) = .*", "", code)
        code = re.sub(r'"aạĐ0"', "", code)
        assert not letters.search(code), f"{module.name} holds Vietnamese words"


def test_every_message_is_used() -> None:
    code = "".join(module.read_text("utf-8") for module in MODULES)
    words = json.loads((WALL / "messages.vi.json").read_text("utf-8"))
    built = {"simulation_clock", "replay_clock", "simulation", "replay"}  # from the mode
    built |= {"live", "delayed", "stale", "lost", "empty"}  # from the verdict
    notice = (WALL / "notice.js").read_text("utf-8")
    [known] = re.findall(r"const KNOWN = \[(.*?)\]", notice, re.DOTALL)
    said = {
        f"{reason}_{part}"
        for reason in re.findall(r'"(\w+)"', known)
        for part in re.findall(r"`\$\{reason\}_(\w+)`", notice)
    }
    assert said <= words.keys(), "every reason has its words"
    unused = {key for key in words if f'"{key}"' not in code} - built - said
    assert unused <= {"open", "late_receptions"}, unused


def test_first_load_and_hosts(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    hosts = {urlsplit(url).netloc for url in wall.requests}
    assert hosts == {urlsplit(api.url).netloc}
    paths = {urlsplit(url).path for url in wall.requests} - {"/api/v1/feed", "/wall"}
    assert any("vietnamese" in path for path in paths)
    files = [
        DASHBOARDS / "node_modules" / path.removeprefix("/assets/npm/")
        if path.startswith("/assets/npm/")
        else DASHBOARDS / path.removeprefix("/assets").lstrip("/")
        for path in paths
    ]
    sizes = {
        file.name: file.stat().st_size
        if file.suffix == ".woff2"
        else len(gzip.compress(file.read_bytes(), 6))
        for file in [*files, WALL / "index.html"]
    }
    assert sum(sizes.values()) <= BUDGET, sizes
    assert wall.errors == []


def test_memory_and_nodes_stay_flat(api: FakeApi, open_wall: OpenWall) -> None:
    wall = open_wall(api)
    devtools = wall.page.context.new_cdp_session(wall.page)

    def measure() -> tuple[float, int]:
        devtools.send("HeapProfiler.collectGarbage")
        heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
        return heap, wall.page.evaluate("document.querySelectorAll('*').length")

    def run(rounds: int) -> None:
        for n in range(rounds):
            value = n % 90 + 10
            api.delta(
                {
                    "watermark": api.state["watermark"] + api.seq * 1000,
                    "tick_age_ms": 100,
                    "figures": {
                        "overdue": {"value": value, "spark": list(range(value, value + 48))}
                    },
                    "units": {"H29.001": {"overdue": value}, "H29.002": {"rate": 80 + n % 20}},
                    "trend": {"overdue": list(range(n, n + 48))},
                }
            )
            wall.pass_time(2000)

    run(25)  # both turns of the side panel: 50 s
    heap, nodes = measure()
    run(50)
    heap_after, nodes_after = measure()
    assert heap_after - heap < 400_000
    assert abs(nodes_after - nodes) <= 12, "more than shapes that come and go with the figures"
