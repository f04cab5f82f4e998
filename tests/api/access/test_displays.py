"""Displays of named walls: what they show, that they follow changes on the open connection, and
what one that may not show anything is told."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from api.access.keys import FixedKeys, Key, key_hash
from dossiers.wire.keys import wall_key
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import NamedWall, WallView
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import KEYS, Guarded, guarded, keys
from tests.api.access.serving import listening, wall_of
from tests.api.city import City
from tests.api.feed_server import Wall

pytestmark = pytest.mark.asyncio
BOUND = "dhk_a-display-of-the-hall"


@pytest.fixture
def own(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    bound = Key(id="b", name="hall-tv", role="wall", sha256=key_hash(BOUND), wall="hall")
    book = keys()
    return guarded(stored_city[0], query, keys=FixedKeys([*book._ids.values(), bound]))


def settle(guard: Guarded, name: str = "hall", **wall: Any) -> None:
    """The settings arrive from their topic, and displays are brought up to them."""
    value = msgspec.json.encode(NamedWall(changed_at=1, **wall)) if "gone" not in wall else None
    guard.live.deliver([(SETTINGS, wall_key(name), value)])
    guard.app.state.admission.turn()


def hello(wall: str | None = "hall", token: str = KEYS["wall"], **more: Any) -> str:
    return json.dumps({"type": "hello", "token": token, "wall": wall, **more})


async def told(wall: Wall) -> dict[str, Any]:
    return (await wall.until(lambda message: message["type"] == "wall"))[-1]


async def ended(wall: Wall) -> tuple[int, str]:
    """The code and the reason with which the server ends it."""
    with pytest.raises(ConnectionClosed) as closed:
        await wall.until(lambda _: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def picture(wall: Wall) -> set[str]:
    """The units of the next snapshot."""
    while (await wall.next())["type"] != "snapshot":
        pass
    return set(wall.state["units"])


async def turned_away(guard: Guarded, first: str) -> tuple[int, str]:
    async with listening(guard.app) as server, wall_of(server, {}, first) as wall:
        return await ended(wall)


async def test_a_display_follows_its_wall_on_the_same_connection(own: Guarded) -> None:
    settle(own, title="Sảnh", theme="light")
    async with listening(own.app) as server, wall_of(server, {}, hello()) as wall:
        first = await told(wall)
        assert (first["name"], first["title"], first["theme"]) == ("hall", "Sảnh", "light")
        assert await picture(wall) == {"u1", "u/2"}
        settle(own, title="Sảnh", language="en", target=90.0)
        second = await told(wall)
        assert (second["language"], second["target"]) == ("en", 90)
        assert second["scope"] == first["scope"], "the picture goes on"
        settle(own, units=("u1",))
        assert (await told(wall))["scope"] != first["scope"]
        assert await picture(wall) == {"u1"}
        assert "over-2" not in json.dumps(wall.state)


async def test_officers_names_are_never_more_open_than_the_wall_says(own: Guarded) -> None:
    settle(own, officer_names="off")
    async with listening(own.app) as server, wall_of(server, {}, hello()) as wall:
        await told(wall)
        await picture(wall)
        assert wall.state["act"]["officers"] == []
        assert all(not breach["officer"] for breach in wall.state["act"]["breaches"])
        settle(own, officer_names="full")
        await told(wall)
        await picture(wall)
        labels = {officer["label"] for officer in wall.state["act"]["officers"]}
        assert labels >= {"N.T.H.", "Đ.V.A."}, "the installation shows initials"


async def test_parts_come_by_turns(own: Guarded) -> None:
    now = 0.0
    own.live.displays._clock = lambda: now
    views = (WallView(units=("u1",), seconds=30, title="Một"), WallView(units=("u/2",), seconds=10))
    settle(own, title="Sảnh", views=views)
    async with listening(own.app) as server, wall_of(server, {}, hello()) as wall:
        first = await told(wall)
        assert (first["title"], first["part"]) == ("Một", {"turn": 0, "of": 2})
        assert await picture(wall) == {"u1"}
        now = 30.0
        own.app.state.admission.turn()
        second = await told(wall)
        assert (second["title"], second["part"]) == ("Sở Hai", {"turn": 1, "of": 2})
        assert await picture(wall) == {"u/2"}
        now = 40.0
        own.app.state.admission.turn()
        assert (await told(wall))["scope"] == first["scope"]
        assert await picture(wall) == {"u1"}


async def test_no_wall_has_a_name_longer_than_a_reason(own: Guarded) -> None:
    assert await turned_away(own, hello("h" * 300)) == (4404, "wall_unknown")


async def test_a_removed_wall_says_so_and_comes_back(own: Guarded) -> None:
    settle(own)
    async with listening(own.app) as server, wall_of(server, {}, hello()) as wall:
        await picture(wall)
        own.live.deliver([(SETTINGS, wall_key("hall"), None)])
        own.app.state.admission.turn()
        assert await ended(wall) == (4404, "wall_unknown hall")
    assert await turned_away(own, hello()) == (4404, "wall_unknown hall")
    settle(own, title="again")
    async with listening(own.app) as server, wall_of(server, {}, hello()) as wall:
        assert (await told(wall))["title"] == "again"


async def test_before_the_topics_are_read_no_wall_is_called_unknown(own: Guarded) -> None:
    own.live.view.freshness.loaded = False
    assert (await turned_away(own, hello()))[0] == 4425


async def test_a_key_of_a_wall_opens_nothing_else(own: Guarded) -> None:
    settle(own, units=("u1",))
    settle(own, "other")
    for name in (None, "other"):
        assert await turned_away(own, hello(name, BOUND)) == (4401, "wall_elsewhere hall")
    async with listening(own.app) as server, wall_of(server, {}, hello("hall", BOUND)) as wall:
        assert await picture(wall) == {"u1"}
    async with own.client(Authorization=f"Bearer {BOUND}") as http:
        state = (await http.get("/api/v1/state")).json()["state"]
        assert state["units"].keys() == {"u1"}
        own.live.deliver([(SETTINGS, wall_key("hall"), None)])
        assert (await http.get("/api/v1/state")).status_code == 404
        assert (await http.get("/api/v1/units")).status_code == 403


async def test_a_key_and_a_wall_that_share_nothing(own: Guarded) -> None:
    settle(own, units=("u/2",))
    answer = await turned_away(own, hello(token=KEYS["wall-u1"]))
    assert answer == (4401, "out_of_scope hall")
    settle(own, units=("city",))
    async with (
        listening(own.app) as server,
        wall_of(server, {}, hello(token=KEYS["wall-u1"])) as wall,
    ):
        assert await picture(wall) == {"u1"}


async def test_parts_in_which_there_is_nothing_to_see_have_no_turn(own: Guarded) -> None:
    """Zeros of units that are out of reach, or are no more, would look like facts."""
    own.live.displays._clock = lambda: 0.0
    views = tuple(WallView(units=(unit,)) for unit in ("u/2", "gone", "u1"))
    settle(own, views=views)
    mine = hello(token=KEYS["wall-u1"])
    async with listening(own.app) as server, wall_of(server, {}, mine) as wall:
        assert (await told(wall))["part"] == {"turn": 2, "of": 3}
        assert await picture(wall) == {"u1"}
    settle(own, units=("gone",))
    assert await turned_away(own, hello()) == (4401, "out_of_scope hall")


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (KEYS["over"], "key_expired over 1"),
        (KEYS["revoked"], "key_revoked revoked 1"),
        (KEYS["suspended"], "key_suspended suspended"),
        ("dhk_nobody-has-it", "key_unknown"),
        ("", "sign_in"),
    ],
)
async def test_a_display_is_told_why_it_may_not_come_in(own: Guarded, token: str, why: str) -> None:
    settle(own)
    assert await turned_away(own, hello(token=token)) == (4401, why)


async def test_a_key_that_ends_meanwhile_says_when(own: Guarded) -> None:
    settle(own)
    book = own.live.config.access.keys
    assert isinstance(book, FixedKeys)
    key = book.find(key_hash(BOUND))
    assert key is not None
    async with listening(own.app) as server, wall_of(server, {}, hello("hall", BOUND)) as wall:
        await picture(wall)
        over = msgspec.structs.replace(key, expires_at=2)
        book.__init__([over])  # type: ignore[misc]
        own.app.state.admission.connections.sweep()
        assert await ended(wall) == (4401, "key_expired hall-tv 2")


async def test_who_knows_nothing_of_names_hears_the_feed_as_before(own: Guarded) -> None:
    settle(own, units=("u1",))
    async with listening(own.app) as server, wall_of(server, {}, hello(None)) as wall:
        assert (await wall.next())["type"] == "snapshot"
        assert set(wall.state["units"]) == {"u1", "u/2"}
