"""Whoever has an id finds its dossier, though only its hash is kept; and what was typed is not."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from msgspec.structs import replace

from api.app import create_app
from dossiers.text.kept_ids import KeptIds
from dossiers.text.keyed import KEY_BYTES, Keyed
from dunghen.serving.store_query import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.access.callers import Entries
from tests.api.city import START, City, a_morning, received
from tests.api.settings import config

pytestmark = pytest.mark.asyncio
IDS = KeptIds(Keyed(bytes(KEY_BYTES)))
GIVEN = ["0912345678", "0912 345 678", "+84 (0)912/345 678", "Nguyễn Văn An", "a@b.vn", "x?y#z%"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Store]]:
    made = City()
    for event in a_morning():
        made.publish(event)
    for id_ in GIVEN:
        arrived = received(IDS.kept(id_), START - 86_400_000, START - 5)
        made.publish(replace(arrived, event_id=IDS.made("event", id_)))
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        made.insert(store)
        yield made, store


@pytest.mark.parametrize("path", ["/api/v1/dossiers/", "/dossiers/"])
async def test_the_original_id_finds_it_and_is_noted_nowhere(
    city: tuple[City, Store], path: str
) -> None:
    query = StoreQuery(city[1])
    trail = Entries([])
    app = create_app(config(sought=IDS.sought), query, trail=trail)
    app.state.live.deliver(city[0].records())
    app.state.live.loaded()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for id_ in GIVEN:
            for asked in (id_, f" {id_}\u200b", IDS.kept(id_)):
                answer = await http.get(path + quote(asked, safe=""))
                assert answer.status_code == 200, asked
                assert IDS.kept(id_) in answer.text
                assert trail.entries[-1].target == IDS.kept(id_)
                assert id_ not in answer.text + str(trail.entries)
        assert (await http.get(f"{path}over-1")).status_code == 200
        for nobodys in ("0987654321", "0987654321\n", "\x000987654321", "0987654321" * 30):
            unknown = await http.get(path + quote(nobodys, safe=""))
            assert unknown.status_code == 404
            assert "0987654321" not in unknown.text + str(trail.entries)
    query.close()
