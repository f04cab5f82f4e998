"""The pages of walls, as a browser without a script uses them: links and forms."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from api.walls.handing_out import HandingOut
from dossiers.wire.walls import NamedWall, WallView
from dunghen.access.key_file import KeyFile, read_keys
from dunghen.access.wall_keys import DisplayKeys
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import City

pytestmark = pytest.mark.asyncio
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def own(stored_city: tuple[City, Store], file: Path) -> Guarded:
    found = guarded(stored_city[0], StoreQuery(stored_city[1]), keys=KeyFile(file))
    found.live.handing = HandingOut(found.live.wall_desk, DisplayKeys(file))
    return found


async def sent(http: httpx.AsyncClient, path: str, *fields: tuple[str, str]) -> httpx.Response:
    return await http.post(path, content=urlencode(fields), headers=FORM)


async def version(http: httpx.AsyncClient) -> tuple[str, str]:
    found = re.search(r'name="version" value="(\w+)"', (await http.get("/walls/hall")).text)
    assert found
    return "version", found[1]


async def made(http: httpx.AsyncClient, *more: tuple[str, str]) -> httpx.Response:
    return await sent(http, "/walls/new", ("act", "save"), ("name", "hall"), *more)


async def test_a_wall_is_made_changed_and_removed_by_forms(own: Guarded) -> None:
    async with own.client("admin") as http:
        assert "Chưa có màn hình nào" in (await http.get("/walls")).text
        answer = await made(
            http, ("title", "Sảnh"), ("units", "u1"), ("units", "u/2"), ("target", "95,5"),
            ("part0", "u1"), ("seconds0", "30"), ("part2", "u/2"), ("part_title2", "Sở"),
        )  # fmt: skip
        assert (answer.status_code, answer.headers["location"]) == (303, "/walls/hall?done=saved")
        assert ("change", "hall") in [(each.kind, each.target) for each in own.trail.entries]
        wall = own.live.walls.walls["hall"]
        assert (wall.title, wall.units, wall.target) == ("Sảnh", ("u1", "u/2"), 95.5)
        assert wall.views == (
            WallView(units=("u1",), seconds=30), WallView(units=("u/2",), title="Sở"),
        )  # fmt: skip
        page = (await http.get("/walls/hall?done=saved&lang=en")).text
        assert "Open walls follow within seconds" in page
        assert re.search(r'value="u1" checked', page)
        assert '<iframe src="/wall/hall?preview"' in page
        seen = await version(http)
        changed = await sent(http, "/walls/hall", ("act", "save"), seen, ("language", "en"))
        assert changed.status_code == 303
        # What somebody else has changed meanwhile stays, and what was typed is not lost.
        late = await sent(http, "/walls/hall", ("act", "save"), seen, ("title", "Mới gõ"))
        assert late.status_code == 412
        assert "Mới gõ" in late.text
        assert "Someone" not in own.live.walls.walls["hall"].title
        assert "hall" in (await http.get("/walls")).text
        gone = await sent(http, "/walls/hall", ("act", "remove"), await version(http))
        assert gone.headers["location"] == "/walls?done=removed"
        assert (await http.get("/walls/hall")).status_code == 404
    assert not own.live.walls.walls


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ([("name", "Hall 3")], 422, "chữ thường không dấu"),
        ([("name", "new")], 422, "chữ thường không dấu"),
        ([("name", "hall"), ("target", "x")], 422, "không đọc được"),
        ([("name", "hall"), ("panel_seconds", "inf")], 422, "không đọc được"),
        ([("name", "hall"), ("part0", "u1"), ("seconds0", "nan")], 422, "không đọc được"),
        ([("name", "hall"), ("target", "200")], 422, "Có ô sai"),
        ([("name", "hall"), ("units", "none")], 422, "không tồn tại"),
        ([("name", "hall"), ("units", "u1"), ("part0", "u/2")], 422, "nằm ngoài"),
    ],
)
async def test_what_cannot_be_is_said_on_the_page(
    own: Guarded, fields: list[tuple[str, str]], status: int, words: str
) -> None:
    async with own.client("admin") as http:
        answer = await sent(http, "/walls/new", ("act", "save"), *fields, ("title", "Giữ lại"))
        assert answer.status_code == status
        assert words in answer.text
        assert (await sent(http, "/walls/new", ("act", "x"))).status_code == 422
    assert not own.live.walls.walls


async def test_a_key_is_handed_out_extended_and_revoked(own: Guarded, file: Path) -> None:
    async with own.client("admin") as http:
        await made(http)
        answer = await sent(http, "/walls/hall", ("act", "hand"), ("days", "90"))
        code = re.search(r'class="code">([\w-]+)<', answer.text)
        assert code
        assert answer.status_code == 200, "a code has no place in an address"
        assert f"http://127.0.0.1/wall/hall#code={code[1]}" in answer.text
        assert code[1] not in (await http.get("/walls/hall")).text, "it is shown once"
        claim = await http.post("/api/v1/walls/hall/claim", json={"code": code[1]})
        assert claim.status_code == 200
        (key,) = read_keys(file)
        page = (await http.get("/walls/hall")).text
        assert key.name in page
        assert claim.json()["key"] not in page
        at = ("key", key.id)
        assert (await sent(http, "/walls/hall", ("act", "extend"), at)).status_code == 303
        assert (await sent(http, "/walls/hall", ("act", "end"), at)).status_code == 303
        assert read_keys(file)[0].revoked_at is not None
        again = await sent(http, "/walls/hall", ("act", "extend"), at)
        assert (again.status_code, "trao khóa mới" in again.text) == (409, True)
    kinds = [entry.kind for entry in own.trail.entries if entry.kind.startswith("key")]
    assert kinds == ["key_added", "key_extended", "key_revoked"]


async def test_a_supervisor_sees_and_makes_walls_of_own_units_only(own: Guarded) -> None:
    async with own.client("admin") as admin, own.client("supervisor") as http:
        await sent(admin, "/walls/new", ("act", "save"), ("name", "all"), ("title", "Bí mật"))
        assert "Bí mật" not in (await http.get("/walls")).text
        assert (await http.get("/walls/all")).status_code == 404
        form = (await http.get("/walls/new")).text
        assert "Phường Một" in form
        assert "Sở Hai" not in form
        answer = await sent(http, "/walls/new", ("act", "save"), ("name", "mine"), ("units", "u/2"))
        assert answer.status_code == 403
        assert "của bạn" in answer.text
        mine = await sent(http, "/walls/new", ("act", "save"), ("name", "mine"), ("units", "u1"))
        assert mine.status_code == 303
    assert own.live.walls.walls["mine"].units == ("u1",)
    assert isinstance(own.live.walls.walls["all"], NamedWall)
