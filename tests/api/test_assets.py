"""Static files: what the pages load is there, and nothing else that lies beside it."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api import assets

DASHBOARDS = Path(assets.__file__).parents[1] / "dashboards"
PACKAGES = DASHBOARDS / "node_modules"
pytestmark = pytest.mark.asyncio


@pytest.fixture
def http() -> httpx.AsyncClient:
    app = FastAPI()
    assets.install(app, DASHBOARDS)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_what_the_wall_and_the_pages_load_is_there(http: httpx.AsyncClient) -> None:
    found = set()
    pages = DASHBOARDS / "pages"
    places = (DASHBOARDS / "wall").iterdir(), pages.rglob("*"), (DASHBOARDS / "tokens.css",)
    for file in (each for place in places for each in place):
        if file.suffix in (".html", ".css", ".js"):
            found |= set(re.findall(r"/assets/npm/[\w@./-]+\w", file.read_text("utf-8")))
    found |= {f"/wall/{file.name}" for file in (DASHBOARDS / "wall").iterdir() if file.is_file()}
    found.add("/assets/npm/lit-html/directives/repeat.js")
    loaded = [each for room in ("styles", "modules", "app") for each in (pages / room).iterdir()]
    found |= {f"/assets/pages/{file.parent.name}/{file.name}" for file in loaded}
    found.add("/assets/tokens.css")
    assert len(found) > 20
    for path in sorted(found - {"/assets/npm/lit-html"}):
        assert (await http.get(path)).status_code == 200, path


async def test_the_application_can_be_installed(http: httpx.AsyncClient) -> None:
    """What browsers ask for: a name, where it starts, how it stands, icons of two sizes."""
    manifest = (await http.get("/assets/pages/app/manifest.json")).json()
    assert manifest["name"]
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        picture = (await http.get(icon["src"])).content
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == icon["sizes"]


async def test_modules_find_what_they_import(http: httpx.AsyncClient) -> None:
    """From each module that the wall names on to those that these name."""
    left = ["lit-html/lit-html.js", "lit-html/directives/repeat.js", "uplot/dist/uPlot.esm.js"]
    seen = set()
    while left:
        path = left.pop()
        if path not in seen:
            seen.add(path)
            answer = await http.get(f"/assets/npm/{path}")
            assert answer.status_code == 200, path
            for name in re.findall(r'from\s*"(\.[^"]+)"', answer.text):
                left.append(str(Path("/", path).parent.joinpath(name).resolve())[1:])
    assert len(seen) >= 4


@pytest.mark.parametrize(
    "path",
    [
        "/assets/npm/.package-lock.json", "/assets/npm/%2epackage-lock.json", "/assets/npm/",
        "/assets/npm/lit-html/package.json", "/assets/npm/lit-html/README.md",
        "/assets/npm/lit-html/lit-html.js.map", "/assets/npm/lit-html/lit-html.d.ts",
        "/assets/npm/lit-html/development/lit-html.js", "/assets/npm/lit-html/node/lit-html.js",
        "/assets/npm/uplot/package.json", "/assets/npm/uplot/dist/uPlot.iife.js",
        "/assets/npm/lit-html/../.package-lock.json",
        "/assets/npm/lit-html/%2e%2e/.package-lock.json",
        "/assets/npm/lit-html%2f..%2f..%2fpackage.json", "/assets/npm/../package.json",
        "/assets/npm/../wall/index.html", "/wall/../.npmrc", "/wall/%2e%2e/.npmrc", "/wall/.npmrc",
        "/wall/..%2f.npmrc", "/assets/pages/%2e%2e/tokens.css", "/assets/pages/.",
        "/assets/pages/templates/base.html", "/assets/pages/messages/frame.vi.json",
        "/assets/pages/modules/../templates/base.html", "/assets/npm/htmx.org/dist/htmx.js",
    ],
)  # fmt: skip
async def test_nothing_else_is(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code in (307, 404), path


async def test_hidden_and_odd_files_of_the_wall_are_not_served(tmp_path: Path) -> None:
    wall = tmp_path / "wall"
    wall.mkdir()
    (wall / "index.html").write_text("<html>", "utf-8")
    for name in (".env", ".hidden.js", "main.js~", "main.js.swp", "main.py", "main.js"):
        (wall / name).write_text("x", "utf-8")
    (wall / "link.js").symlink_to("/etc/hostname")
    app = FastAPI()
    assets.install(app, tmp_path)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        said = {file.name: (await http.get(f"/wall/{file.name}")).status_code
                for file in wall.iterdir()}  # fmt: skip
    assert {name for name, status in said.items() if status == 200} == {"main.js", "index.html"}
