"""Too often, too much, too slowly: what one caller cannot do to the others."""

from __future__ import annotations

import pytest

from api.access.limits import TokenBuckets
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, guarded
from tests.api.city import City

pytestmark = pytest.mark.asyncio


async def test_a_bucket_fills_again() -> None:
    now = 0.0
    buckets = TokenBuckets(burst=2.0, clock=lambda: now)
    assert [buckets.take("a", 5.0) for _ in range(10)] == [0.0] * 10
    assert buckets.take("a", 5.0) == pytest.approx(0.2)
    assert buckets.take("b", 5.0) == 0.0, "each caller has its own"
    now = 0.2
    assert buckets.take("a", 5.0) == 0.0
    assert buckets.take("a", 5.0) > 0
    now = 1_000.0
    assert sum(buckets.take("a", 5.0) == 0 for _ in range(50)) == 10


async def test_who_asks_too_often_is_told_when_to_come_again(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    async with guard.client("leader") as http, guard.client("admin") as other:
        answers = [await http.get("/api/v1/units") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert (await other.get("/api/v1/units")).status_code == 200
        assert (await http.get("/wall")).status_code == 200, "files are not counted"


@pytest.mark.parametrize("who", ["wall", "wall-u1", "monitor", "sender", "officer", "token"])
async def test_each_key_and_person_has_a_limit_of_its_own(
    stored_city: tuple[City, Store], query: StoreQuery, who: str
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, sender_rate=0.5, burst=6.0)
    own = {"token": {"Authorization": f"Bearer {ADMIN_TOKEN}"}}.get(who) or guard.headers(who)
    async with guard.client("public", **own) as http, guard.client("supervisor") as other:
        statuses = [(await http.get("/api/v1/me")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await http.get("/api/v1/state")).status_code == 429, "whatever it asks for"
        assert (await other.get("/api/v1/me")).status_code == 200


async def test_guessing_is_slowed_down_by_address(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query, rate=0.5, burst=6.0)
    statuses = []
    for number in range(5):
        async with guard.client(Authorization=f"Bearer guess-{number}") as http:
            statuses.append((await http.get("/api/v1/units")).status_code)
    assert statuses == [401, 401, 401, 429, 429]
    async with guard.client("wall") as http:
        assert (await http.get("/api/v1/state")).status_code == 200
