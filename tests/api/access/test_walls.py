"""Walls by name: who may change which, that nobody overwrites what they have not seen, and that a
record of topic settings changes how a wall looks and nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.reach import EVERYTHING, Reach, within
from api.walls.book import MOST_WALLS, WallBook
from api.walls.scope import narrowed_reach
from dossiers.wire.keys import wall_key
from dossiers.wire.reference import Reference, Unit
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import MOST_BYTES, NamedWall
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded, person
from tests.api.city import City
from tests.support import junk

URL = "/api/v1/walls/hall"
GOOD = b'{"changed_at":1}'
NEW = {"If-None-Match": "*"}
U1 = {"units": ["u1"]}


@pytest.fixture
def own(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    """An application of its own, for tests that change something."""
    return guarded(stored_city[0], query)


async def made(http: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await http.put(URL, json=more, headers=NEW)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.asyncio
async def test_a_wall_is_made_changed_and_removed(own: Guarded) -> None:
    async with own.client("admin") as http:
        first = await made(http, units=["u1"], title="Sảnh", target=95, distance=6)
        shown = await http.get(URL)
        assert shown.json() == first
        assert shown.headers["ETag"] == f'"{first["version"]}"'
        assert (first["title"], first["target"], first["language"]) == ("Sảnh", 95, "vi")
        match = {"If-Match": shown.headers["ETag"]}
        second = (await http.put(URL, json={"language": "en"}, headers=match)).json()
        assert (second["units"], second["language"], second["changed_by"]) == ([], "en", "a admin")
        assert [w["name"] for w in (await http.get("/api/v1/walls")).json()["walls"]] == ["hall"]
        gone = await http.delete(URL, headers={"If-Match": f'"{second["version"]}"'})
        assert gone.json() == second
        assert (await http.get(URL)).status_code == 404
    assert own.settings.written[-1] == (b"wall:hall", None)
    changes = [entry for entry in own.trail.entries if entry.kind == "change"]
    assert [(entry.target, entry.status) for entry in changes] == [
        ("hall", 200), ("hall", 200), ("hall", 200),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_nobody_overwrites_what_they_have_not_seen(own: Guarded) -> None:
    async with own.client("admin") as http:
        first = await made(http, title="one")
        assert (await http.put(URL, json={}, headers=NEW)).status_code == 412, "the name is taken"
        assert (await http.put(URL, json={})).status_code == 428
        match = {"If-Match": first["version"]}
        assert (await http.put(URL, json={"title": "two"}, headers=match)).status_code == 200
        assert (await http.put(URL, json={"title": "x"}, headers=match)).status_code == 412
        assert (await http.delete(URL, headers=match)).status_code == 412
        # Made anew as it was once: still another wall than the one that was seen.
        seen = (await http.get(URL)).json()
        await http.delete(URL, headers={"If-Match": seen["version"]})
        await made(http, title="one")
        assert (await http.put(URL, json={}, headers=match)).status_code == 412
        assert (await http.get(URL)).json()["title"] == "one"


@pytest.mark.asyncio
async def test_a_supervisor_keeps_walls_of_the_own_subtree_only(own: Guarded) -> None:
    async with own.client("admin") as admin, own.client("supervisor") as http:
        other = (await admin.put("/api/v1/walls/all", json={}, headers=NEW)).json()
        await admin.put("/api/v1/walls/other", json={"units": ["u/2"]}, headers=NEW)
        assert (await http.get("/api/v1/walls")).json() == {"walls": []}
        for name in ("all", "other"):
            assert (await http.get(f"/api/v1/walls/{name}")).status_code == 404
            match = {"If-Match": other["version"]}
            answer = await http.put(f"/api/v1/walls/{name}", json=U1, headers=match)
            assert answer.status_code == 404
            assert (await http.delete(f"/api/v1/walls/{name}", headers=match)).status_code == 404
        for body in ({}, {"units": ["u/2"]}, {"units": ["u1", "u/2"]}, {"units": ["city"]}):
            assert (await http.put(URL, json=body, headers=NEW)).status_code == 403
        mine = await made(http, **U1)
        match = {"If-Match": mine["version"]}
        assert (await http.put(URL, json={"units": ["u/2"]}, headers=match)).status_code == 403
        assert (await http.put(URL, json={**U1, "theme": "light"}, headers=match)).is_success
    city = person("supervisor", units=("city",))
    async with own.client(city) as http:
        names = [wall["name"] for wall in (await http.get("/api/v1/walls")).json()["walls"]]
        assert names == ["hall", "other"], "of units below, not of all"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        {"units": ["nobody"]},
        {"units": ["u1"], "views": [{"units": ["u/2"]}]},
        {"views": [{"units": []}]},
        {"officer_names": "full"},
        {"target": 101},
        {"target": "NaN"},
        {"title": "x" * 121},
        {"units": ["u1"] * 51},
        {"views": [{"units": ["u1"], "seconds": 1}]},
        {"distance": 0},
        {"colour": "red"},
    ],
)
async def test_settings_that_make_no_sense_are_refused(guard: Guarded, body: Any) -> None:
    async with guard.client("admin") as http:
        assert (await http.put(URL, json=body, headers=NEW)).status_code == 422


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["Hall", "main.js", "-x", "x" * 41, "a%20b"])
async def test_a_name_fits_into_an_address(guard: Guarded, name: str) -> None:
    async with guard.client("admin") as http:
        answer = await http.put(f"/api/v1/walls/{name}", json={}, headers=NEW)
        assert answer.status_code == 422


@pytest.mark.asyncio
async def test_while_kafka_is_away_nothing_is_changed(own: Guarded) -> None:
    own.settings.away = True
    async with own.client("admin") as http:
        answer = await http.put(URL, json={}, headers=NEW)
        assert (answer.status_code, answer.json()["detail"]) == (503, "Kafka is away.")
        assert (await http.get(URL)).status_code == 404


RECORDS = [
    *((wall_key("hall"), value) for value in junk.ANYWHERE if value is not None),
    (wall_key("hall"), b'{"changed_at":1,"target":1000}'),
    (wall_key("hall"), b'{"changed_at":1,"by":"' + b"x" * MOST_BYTES + b'"}'),
    (wall_key("hall"), b'{"changed_at":1,"views":[{"units":[]}]}'),
    (b"wall:", GOOD),
    (b"wall:../x", GOOD),
    (b"\xff", GOOD),
    (b"", GOOD),
    (b"hall", GOOD),
]


@pytest.mark.parametrize(("key", "value"), RECORDS)
def test_junk_is_ignored_and_counted(key: bytes, value: bytes) -> None:
    book = WallBook()
    book.apply([(SETTINGS, wall_key("hall"), b'{"changed_at":1,"title":"mine"}')])
    book.apply([(SETTINGS, key, value)])
    assert (book.refused, dict(book.walls)) == (
        1,
        {"hall": NamedWall(changed_at=1, title="mine")},
    )


def test_more_walls_than_there_may_be_are_not_kept() -> None:
    book = WallBook()
    book.apply((SETTINGS, wall_key(f"w{n}"), GOOD) for n in range(MOST_WALLS + 5))
    assert (len(book.walls), book.refused) == (MOST_WALLS, 5)
    book.apply([(SETTINGS, wall_key("w0"), None), (SETTINGS, wall_key("new"), GOOD)])
    assert "new" in book.walls


@pytest.mark.asyncio
async def test_no_figure_depends_on_settings(own: Guarded) -> None:
    live = own.live
    paths = ("/api/v1/state", "/api/v1/units", "/api/v1/counts", "/api/v1/dossiers")
    async with own.client("admin") as http:
        before = [(await http.get(path)).json() for path in paths]
        odd = NamedWall(changed_at=1, title="x", units=("u1",), target=1.0, officer_names="off")
        live.deliver([(SETTINGS, wall_key("hall"), msgspec.json.encode(odd))])
        live.deliver([(SETTINGS, *record) for record in RECORDS])
        live.hub.publish()
        after = [(await http.get(path)).json() for path in paths]
        metrics = (await http.get("/metrics")).text
    for answer in (before[0], after[0]):
        answer["state"].pop("tick_age_ms")
    assert after == before
    assert f"dunghen_settings_refused_total {float(len(RECORDS))}" in metrics


TREE = Reference(
    units=(
        Unit(id="city", name="", kind="province"),
        *(Unit(id=f"d{n}", name="", parent="city") for n in range(3)),
        *(Unit(id=f"d{n}.{m}", name="", parent=f"d{n}") for n in range(3) for m in range(3)),
        *(Unit(id=f"d0.0.{m}", name="", parent="d0.0") for m in range(2)),
    )
)
UNITS = st.frozensets(st.sampled_from([*(unit.id for unit in TREE.units), "unknown"]), max_size=4)


@given(key=UNITS, wall=UNITS)
def test_a_display_shows_what_both_its_key_and_its_wall_show(
    key: frozenset[str], wall: frozenset[str]
) -> None:
    """The units of the intersection are exactly those that lie in both."""
    reach = Reach(units=key) if key else EVERYTHING
    shown = narrowed_reach(reach, wall, TREE)
    everything = frozenset(unit.id for unit in TREE.units) | {"unknown"}

    def units(of: Reach) -> frozenset[str]:
        return everything if of.whole else within(of, TREE).counted

    settings = within(Reach(units=wall), TREE).counted if wall else everything
    assert units(shown) == units(reach) & settings
    assert not shown.whole or (reach.whole and not wall)
