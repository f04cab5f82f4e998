"""The feed of pages: the scopes that a page shows, and never one outside its reader's reach."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from api.access.reach import EVERYTHING
from api.feed import figures as figures_module
from api.feed.figures import MOST_SCOPES, subscribed
from dossiers.wire.events import Tick
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import KEYS, guarded
from tests.api.access.serving import Listening, closed_with, listening, wall_of
from tests.api.city import HOUR, START, City, received
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio
SCOPES = ("all", "unit:u1", "unit:u/2", "unit:city", "officer:o1", "officer:o2", "unit:nowhere")
SEEN = {
    "officer": {"all", "unit:u1", "officer:o1"},
    "supervisor": {"all", "unit:u1", "officer:o1"},
    "leader": set(SCOPES) - {"unit:nowhere"},
    "reform_office": set(SCOPES) - {"unit:nowhere"},
    "admin": set(SCOPES) - {"unit:nowhere"},
}


class Pages(Listening):
    """The same server; ``feed`` is that of a page."""

    asked: str = ""

    @property
    def feed(self) -> str:
        return f"ws://{self.host}:{self.port}/api/v1/figures?{self.asked}"


def of_page(server: Listening, *scopes: str, fields: str = "open,overdue,on_time_rate") -> Pages:
    page = Pages(server.host, server.port, server.state)
    query = urlencode({"scopes": "\n".join(scopes), "fields": fields})
    object.__setattr__(page, "asked", query)
    return page


async def test_each_role_hears_its_reach_and_no_more(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query)
    value = guard.live.view.value
    async with listening(guard.app) as server:
        page = of_page(server, *SCOPES)
        for role, seen in SEEN.items():
            async with wall_of(page, guard.headers(role)) as wall:
                assert (await wall.next())["type"] == "snapshot"
                figures = wall.state["figures"]
                assert set(figures) == seen, role
                for scope in seen - {"all"}:
                    assert figures[scope]["overdue"] == value(scope, "overdue"), (role, scope)
                whole = {"officer": "officer:o1", "supervisor": "unit:u1"}.get(role, "all")
                assert figures["all"]["open"] == value(whole, "open"), role
                assert wall.state.keys() <= {
                    "timeline", "release", "watermark", "mode", "clock_speed", "figures",
                    "tick_age_ms",
                }  # fmt: skip
        for role in ("public", "wall", "monitor", "sender"):
            assert await closed_with(page, guard.headers(role)) == 4401, role
        key = json.dumps({"type": "hello", "token": KEYS["wall"]})
        assert await closed_with(page, {}, key) == 4401, "a wall's key opens the feed of walls"


async def test_what_changes_later_is_of_the_same_scopes(
    query: StoreQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_module, "CONFLATE", 0.01)
    city = City()
    city.publish(Tick(START))
    guard = guarded(city, query)
    async with listening(guard.app) as server:
        page = of_page(server, "unit:u1", "unit:u/2", fields="open")
        async with wall_of(page, guard.headers("supervisor")) as wall:
            await wall.next()
            for name, unit in (("theirs", "u/2"), ("ours", "u1")):
                new = received(name, START, START + HOUR, unit, "o1")
                guard.live.deliver(city.publish(new, Tick(START + HOUR)))
            await wall.until(lambda m: m["type"] == "delta" and "u1" in json.dumps(m))
            assert wall.state["figures"] == {"unit:u1": {"open": 1}}


async def test_nobody_asks_for_more_than_a_page_shows(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query)
    async with listening(guard.app) as server:
        many = of_page(server, *(f"unit:{n}" for n in range(MOST_SCOPES + 1)))
        assert await closed_with(many, guard.headers("leader")) == 4400
        assert await closed_with(of_page(server), guard.headers("leader")) == 4400
        odd = of_page(server, "unit:u1", fields="overdue,password,")
        async with wall_of(odd, guard.headers("leader")) as wall:
            await wall.next()
            assert wall.state["figures"]["unit:u1"].keys() == {"overdue"}


async def test_whoever_has_enough_pages_makes_no_more_hubs(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, feeds_per_key=1)
    async with listening(guard.app) as server:
        async with wall_of(of_page(server, "unit:u1"), guard.headers("leader")) as wall:
            await wall.next()
            other = of_page(server, "unit:u/2")
            assert await closed_with(other, guard.headers("leader")) == 4429
        assert len(guard.live.figures._channels) == 1


async def test_pages_that_show_the_same_share_a_hub() -> None:
    first = subscribed(EVERYTHING, "unit:b\nunit:a\nunit:a", "open,overdue")
    assert first == subscribed(EVERYTHING, "unit:a\nunit:b", "overdue,open,open")
    with pytest.raises(ValueError, match="too"):
        subscribed(EVERYTHING, "x" * 201, "open")


async def test_figures_that_nobody_looks_at_are_given_up(
    stored_city: tuple[City, Store], query: StoreQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = guarded(stored_city[0], query)
    channels = guard.live.figures
    monkeypatch.setattr(channels, "_idle_s", -1.0)
    look = guard.app.state.admission.connections.look
    async with listening(guard.app) as server:
        page = of_page(server, "all")
        async with wall_of(page, guard.headers("leader")) as wall:
            await wall.next()
            look()
            assert len(list(channels.hubs())) == 1
        await wait_for_async(lambda: not any(hub.clients for hub in channels.hubs()))
        look()
        assert not list(channels.hubs())
