"""The feed: who hears which part, and that nobody hears it longer than they may."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from api.access.keys import FixedKeys, Key
from api.access.sessions import Session
from api.feed import channels as channels_module
from api.feed import route as route_module
from dossiers.wire.events import Tick
from dossiers.wire.keys import ALL, unit_scope
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import KEYS, Guarded, guarded, keys, person
from tests.api.access.serving import closed_with, listening, wall_of
from tests.api.city import HOUR, START, City, finished, received
from tests.api.feed_server import Wall
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio
OTHERS = ("over-2", "wait-1", "Đ.V.A.", "u/2", "o2")


@pytest.fixture
def alone(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    """An application of its own, for tests that change something."""
    return guarded(stored_city[0], query)


def hello(name: str) -> str:
    return json.dumps({"type": "hello", "token": KEYS[name]})


async def first(wall: Wall) -> dict[str, Any]:
    assert (await wall.next())["type"] == "snapshot"
    return wall.state


async def ended(wall: Wall) -> int:
    async with asyncio.timeout(20):
        try:
            while True:
                await wall.connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


async def test_a_key_for_one_unit_gets_the_figures_of_that_unit_only(alone: Guarded) -> None:
    view = alone.live.view
    async with listening(alone.app) as server, wall_of(server, {}, hello("wall-u1")) as wall:
        state = await first(wall)
        for other in OTHERS:
            assert other not in json.dumps(state, ensure_ascii=False)
        assert list(state["units"]) == ["u1"]
        assert state["figures"]["overdue"]["value"] == view.value(unit_scope("u1"), "overdue") == 2
        assert view.value(ALL, "overdue") == 3
        assert {b["dossier_id"] for b in state["act"]["breaches"]} == {
            "over-1", "=cmd|' /C calc'!A0",
        }  # fmt: skip
        async with wall_of(server, {}, hello("wall")) as whole:
            assert set((await first(whole))["units"]) == {"u1", "u/2"}
    async with alone.client("wall-u1") as http:
        assert (await http.get("/api/v1/state")).json()["state"]["units"].keys() == {"u1"}


async def test_every_later_message_is_narrowed_too(
    query: StoreQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels_module, "CONFLATE", 0.01)
    city = City()
    city.publish(Tick(START))
    guard = guarded(city, query)
    live = guard.live
    async with listening(guard.app) as server, wall_of(server, {}, hello("wall-u1")) as wall:
        await first(wall)
        live.deliver(
            city.publish(
                received("new-u2", START, START + HOUR // 2, "u/2", "o2"), Tick(START + HOUR)
            )
        )
        live.deliver(
            city.publish(
                received("new-u1", START + HOUR, START + 2 * HOUR, "u1", "o1"),
                Tick(START + 3 * HOUR),
            )
        )
        seen = await wall.until(lambda m: m["type"] == "delta" and "new-u1" in json.dumps(m))
        text = json.dumps(seen, ensure_ascii=False)
        for other in (*OTHERS, "new-u2"):
            assert other not in text
        live.deliver(city.publish(finished("new-u1", START + 3 * HOUR)))
        await wall.until(lambda m: m["type"] == "delta" and wall.state["act"]["breaches"] == [])
        assert wall.state["figures"]["overdue"]["value"] == 0


async def test_a_missed_delta_of_another_part_cannot_be_asked_for(alone: Guarded) -> None:
    whole = alone.live.hub
    async with listening(alone.app) as server:
        resume = json.dumps(
            {"type": "hello", "token": KEYS["wall-u1"], "epoch": whole.epoch, "seq": 0}
        )
        async with wall_of(server, {}, resume) as wall:
            assert list((await first(wall))["units"]) == ["u1"]


async def test_keys_that_are_wrong_revoked_or_over_hear_nothing(alone: Guarded) -> None:
    async with listening(alone.app) as server:
        for name in ("revoked", "over", "sender", "monitor"):
            assert await closed_with(server, {}, hello(name)) == 4401, name
        for token in ("wrong", "", None, "a.b.c", "x" * 300):
            text = json.dumps({"type": "hello", "token": token})
            assert await closed_with(server, {}, text) == 4401, token
        assert await closed_with(server, alone.headers("supervisor"), hello("revoked")) == 4401
        assert await closed_with(server, alone.headers("officer")) == 4401
        assert await closed_with(server, alone.headers("supervisor")) is None


async def test_a_supervisor_without_units_sees_an_empty_wall(alone: Guarded) -> None:
    headers = alone.headers(person("supervisor"))
    async with listening(alone.app) as server, wall_of(server, headers) as wall:
        state = await first(wall)
    assert state["units"] == {}
    assert state["figures"]["open"]["value"] == 0


async def test_a_key_that_is_revoked_is_cut_off(
    alone: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    admission = alone.app.state.admission
    async with (
        listening(alone.app) as server,
        wall_of(server, {}, hello("wall-u1")) as wall,
        wall_of(server, {}, hello("wall")) as other,
    ):
        await first(wall)
        await first(other)
        admission.connections.sweep()
        book = keys()
        good = [k for k in (book.by_id(f"id-{n}") for n in KEYS) if k is not None]
        gone = [k if k.name != "wall-u1" else _revoked(k) for k in good]
        monkeypatch.setattr(alone.authenticator.config.keys, "_ids", FixedKeys(gone)._ids)
        admission.connections.sweep()
        assert await ended(wall) == 4401
        alone.live.hub.touch()
        assert len(admission.connections) >= 1
        await other.connection.ping()


def _revoked(key: Key) -> Key:
    return Key(id=key.id, name=key.name, role=key.role, sha256=key.sha256, revoked_at=1)


async def test_a_session_that_ends_ends_its_walls(alone: Guarded) -> None:
    headers = alone.headers("leader")
    session = alone.authenticator.cookies.session(headers["Cookie"].partition("=")[2])
    assert isinstance(session, Session)
    async with listening(alone.app) as server, wall_of(server, headers) as wall:
        await first(wall)
        alone.authenticator.cookies.end(session.id, session.until)
        alone.app.state.admission.connections.sweep()
        assert await ended(wall) == 4401


async def test_a_client_that_says_too_much_is_cut_off(
    alone: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_module, "MOST_WORDS", 5)
    async with listening(alone.app) as server, wall_of(server, {}, hello("wall")) as wall:
        await first(wall)
        for _ in range(6):
            await wall.connection.send("x")
        assert await ended(wall) == 4429


async def test_one_key_opens_so_many_walls_and_no_more(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, feeds_per_key=2)
    async with (
        listening(guard.app) as server,
        wall_of(server, {}, hello("wall")) as one,
        wall_of(server, {}, hello("wall")) as two,
    ):
        await first(one)
        await first(two)
        assert await closed_with(server, {}, hello("wall")) == 4429
        assert await closed_with(server, {}, hello("wall-u1")) is None


async def test_parts_that_nobody_looks_at_are_given_up(
    alone: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = alone.live.channels
    monkeypatch.setattr(channels, "_idle_s", -1.0)
    async with listening(alone.app) as server:
        async with wall_of(server, {}, hello("wall-u1")) as wall:
            await first(wall)
            channels.leave_idle()
            assert len(list(channels.hubs())) == 2
        await wait_for_async(lambda: not channels.clients)
        channels.leave_idle()
        assert list(channels.hubs()) == [alone.live.hub]


async def test_there_are_only_so_many_parts(
    alone: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone.live.channels, "_most", 0)
    async with listening(alone.app) as server:
        assert await closed_with(server, {}, hello("wall-u1")) == 4429
        assert await closed_with(server, {}, hello("wall")) is None
