"""A key that came back with a restored backup opens nothing, says why, and is on record."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import ConnectionClosed

from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import KEYS, Guarded, guarded
from tests.api.access.serving import listening, wall_of
from tests.api.city import City

pytestmark = pytest.mark.asyncio


@pytest.fixture
def alone(stored_city: tuple[City, Store], query: StoreQuery) -> Guarded:
    return guarded(stored_city[0], query)


@pytest.mark.parametrize(
    ("key", "header", "method", "path"),
    [
        ("suspended", "Authorization", "GET", "/api/v1/state"),
        ("suspended", "X-API-Key", "GET", "/api/v1/state"),
        ("suspended-sender", "X-API-Key", "POST", "/api/v1/portal"),
        ("suspended-sender", "X-API-Key", "POST", "/api/v1/events"),
    ],
)
async def test_it_is_refused_with_the_reason(
    alone: Guarded, key: str, header: str, method: str, path: str
) -> None:
    text = f"Bearer {KEYS[key]}" if header == "Authorization" else KEYS[key]
    async with alone.client() as http:
        answers = [await http.request(method, path, headers={header: text}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {401}
    assert "suspended" in answers[0].text
    assert "dunghen keys confirm" in answers[0].text
    (entry,) = alone.trail.entries  # once a minute: a sender tries again and again
    assert (entry.kind, entry.subject, entry.means, entry.status) == ("refused", key, "key", 401)
    assert entry.target == "suspended key"


async def test_its_wall_is_told(alone: Guarded) -> None:
    hello = json.dumps({"type": "hello", "token": KEYS["suspended"]})
    async with listening(alone.app) as server, wall_of(server, {}, hello) as wall:
        with pytest.raises(ConnectionClosed) as closed:
            await wall.next()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        4401, "key_suspended suspended",
    )  # fmt: skip
    assert [entry.subject for entry in alone.trail.entries] == ["suspended"]


async def test_who_has_no_key_learns_nothing_of_it(alone: Guarded) -> None:
    async with alone.client() as http:
        answer = await http.get("/api/v1/state", headers={"X-API-Key": "dhk_a-guess"})
    assert answer.status_code == 401
    assert "suspended" not in answer.text
    assert alone.trail.entries == []
