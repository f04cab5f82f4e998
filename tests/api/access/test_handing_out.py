"""Keys of displays: handed out with a code that counts once, bound to a wall, ended, extended."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import msgspec
import pytest

from api.access.keys import key_hash
from api.access.reach import EVERYTHING, Access, Reach
from api.walls.book import version_of
from api.walls.desk import WallError
from api.walls.handing_out import HandingOut
from dossiers.wire.keys import wall_key
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import NamedWall
from dunghen.access.key_file import KeyFile, read_keys
from dunghen.access.wall_keys import DisplayKeys
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import PEOPLE, Guarded, guarded
from tests.api.access.serving import listening, wall_of
from tests.api.city import City

pytestmark = pytest.mark.asyncio
ADMIN = Access(PEOPLE["admin"], EVERYTHING)
HEAD = Access(PEOPLE["supervisor"], Reach(units=frozenset({"u1"}), named=frozenset({"u1"})))
CLAIM = "/api/v1/walls/hall/claim"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def own(stored_city: tuple[City, Store], query: StoreQuery, file: Path) -> Guarded:
    found = guarded(stored_city[0], query, keys=KeyFile(file))
    found.live.handing = HandingOut(found.live.wall_desk, DisplayKeys(file), lambda: now[0])
    now[0] = 1_000_000_000.0
    for name, units in (("hall", ("u1",)), ("other", ())):
        value = msgspec.json.encode(NamedWall(changed_at=1, units=units))
        found.live.deliver([(SETTINGS, wall_key(name), value)])
    return found


now = [0.0]  # s: what the codes take for the time


async def claimed(http: httpx.AsyncClient, code: str, url: str = CLAIM) -> str:
    answer = await http.post(url, json={"code": code})
    return str(answer.json()["key"]) if answer.is_success else f"{answer.status_code}"


async def test_a_code_becomes_the_key_of_one_wall_once(own: Guarded, file: Path) -> None:
    code = own.live.handing.code(ADMIN, "hall", None)
    async with own.client(Origin="http://127.0.0.1") as http:
        assert await claimed(http, code, "/api/v1/walls/other/claim") == "404", "another wall's"
        key = await claimed(http, f" {code.lower()} ")
        assert await claimed(http, code) == "404", "it counts once"
    assert key not in repr(read_keys(file))
    assert [(k.wall, k.role, k.sha256) for k in read_keys(file)] == [
        ("hall", "wall", key_hash(key))
    ]
    hello = json.dumps({"type": "hello", "token": key, "wall": "hall"})
    async with listening(own.app) as server, wall_of(server, {}, hello) as wall:
        assert (await wall.next())["name"] == "hall"
    entry = own.trail.entries[-1]
    assert (entry.kind, entry.target.split(":")[0]) == ("key_added", "wall")
    assert code not in repr(own.trail.entries)


async def test_a_code_does_not_last(own: Guarded) -> None:
    code = own.live.handing.code(ADMIN, "hall", None)
    now[0] += 901
    async with own.client(Origin="http://127.0.0.1") as http:
        assert await claimed(http, code) == "404"


async def test_a_wall_of_which_nobody_is_known_to_have_made_it_is_shown(own: Guarded) -> None:
    async with own.client("admin") as http:
        shown = await http.get("/api/v1/walls/hall")
    assert (shown.status_code, shown.json()["changed_by"]) == (200, "")


async def test_with_a_wall_that_is_removed_its_codes_are_over(own: Guarded, file: Path) -> None:
    handing = own.live.handing
    code = handing.code(ADMIN, "hall", None)
    await handing.removed(ADMIN, "hall", version_of(own.live.walls.walls["hall"]))
    value = msgspec.json.encode(NamedWall(changed_at=2))
    own.live.deliver([(SETTINGS, wall_key("hall"), value)])
    async with own.client(Origin="http://127.0.0.1") as http:
        assert await claimed(http, code) == "404", "it was of another wall of this name"
    assert not read_keys(file)


async def test_with_a_wall_that_is_removed_its_keys_end(own: Guarded, file: Path) -> None:
    handing = own.live.handing
    async with own.client(Origin="http://127.0.0.1") as http:
        await claimed(http, handing.code(ADMIN, "hall", None))
        await claimed(http, handing.code(ADMIN, "other", None), "/api/v1/walls/other/claim")
    await handing.removed(ADMIN, "hall", version_of(own.live.walls.walls["hall"]))
    now_ms = int(now[0] * 1000)
    assert {key.wall: key.lasts(now_ms) for key in read_keys(file)} == {
        "hall": False,
        "other": True,
    }


async def test_a_page_of_another_site_claims_nothing(own: Guarded) -> None:
    code = own.live.handing.code(ADMIN, "hall", None)
    async with own.client(Origin="https://elsewhere.example") as http:
        assert await claimed(http, code) == "403"
    async with own.client(Origin="http://127.0.0.1") as http:
        assert (await claimed(http, code)).startswith("dhk_")


async def test_a_supervisor_hands_out_what_they_see_of_their_own_walls(
    own: Guarded, file: Path
) -> None:
    handing = own.live.handing
    with pytest.raises(WallError, match="no wall other"):
        handing.code(HEAD, "other", None)
    code = handing.code(HEAD, "hall", 30)
    async with own.client(Origin="http://127.0.0.1") as http:
        await claimed(http, code)
    (key,) = read_keys(file)
    assert key.units == ("u1",), "also if the wall shows more one day"
    assert key.expires_at == int(now[0] * 1000) + 30 * 86_400_000


async def test_keys_end_and_last_longer(own: Guarded, file: Path) -> None:
    handing = own.live.handing
    async with own.client(Origin="http://127.0.0.1") as http:
        await claimed(http, handing.code(ADMIN, "hall", 1))
        await claimed(http, handing.code(ADMIN, "other", None), "/api/v1/walls/other/claim")
    first, other = read_keys(file)
    now[0] += 3 * 86_400
    assert not first.lasts(int(now[0] * 1000))
    assert (await handing.extend(ADMIN, "hall", first.id, 7)).lasts(int(now[0] * 1000))
    for act in (handing.end(HEAD, "hall", other.id), handing.extend(HEAD, "hall", other.id, 1)):
        with pytest.raises(WallError, match="no such key"):
            await act
    await handing.end(HEAD, "hall", first.id)
    with pytest.raises(WallError, match="revoked"):
        await handing.extend(ADMIN, "hall", first.id, 7)
    assert [key.id for key, _ in await handing.listed(ADMIN, "hall")] == [first.id]
    assert read_keys(file)[1] == other
