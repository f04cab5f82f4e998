"""SQL in every parameter of every route, and in every field of what is posted: it stays a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest

from api.app import create_app
from api.paging import encode_cursor
from api.ports import Sender
from api.routes.ingest_examples import EVENTS
from dossiers.wire.events import decode_event
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import City
from tests.api.posting import FakeKafka, NoStore
from tests.api.settings import config
from tests.sources.portal.payloads import DOSSIER, PROGRESS, envelope

pytestmark = pytest.mark.asyncio
MARK = "inj7f3"
SQL = [
    f"{MARK}' OR 1=1 -- ",
    f"{MARK}') OR ('1'='1",
    f'{MARK}" OR ""="',
    f"{MARK}\\' OR 1=1; DROP TABLE dossiers; --",
    f"{MARK}' UNION ALL SELECT * FROM system.tables --\t\\N",  # noqa: S608
    f"{MARK}`{{timeline:String}}`/**/\x00",
]
TABLES = ("dossiers", "dossier_events", "alerts", "tallies")


class Watched:
    """A store's query that keeps what was asked."""

    def __init__(self, query: StoreQuery) -> None:
        self._query = query
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.asked.append((sql, parameters))
        return await self._query.rows(sql, parameters)


@pytest.fixture(scope="module")
def stored_city(own_city: tuple[City, Store]) -> tuple[City, Store]:
    """Tests write into it here."""
    return own_city


@pytest.fixture(scope="module")
def watched(query: StoreQuery) -> Watched:
    return Watched(query)


@pytest.fixture(scope="module")
def app(stored_city: tuple[City, Store], watched: Watched) -> Guarded:
    return guarded(stored_city[0], watched)


def _targets() -> Iterator[tuple[str, str]]:
    """(path template, parameter) of everything that can be asked."""
    document = create_app(config(), NoStore()).openapi()
    for path, item in document["paths"].items():
        for parameter in item.get("get", {}).get("parameters", []):
            yield path, parameter["name"]


TARGETS = sorted(_targets())


def counts(store: Store) -> list[int]:
    return [int(store.query(f"SELECT count() AS n FROM {t}")[0]["n"]) for t in TABLES]  # noqa: S608


async def test_a_value_is_bound_as_it_is(query: StoreQuery) -> None:
    for value in SQL:
        rows = await query.rows(
            "SELECT {a:String} AS a, {b:Array(String)} AS b", {"a": value, "b": [value, ""]}
        )
        assert rows == [{"a": value, "b": [value, ""]}]


@pytest.mark.parametrize(("path", "name"), TARGETS)
async def test_sql_in_a_parameter_is_nothing_but_a_value(
    app: Guarded, watched: Watched, stored_city: tuple[City, Store], path: str, name: str
) -> None:
    before = counts(stored_city[1])
    values = [encode_cursor(0, text) for text in SQL] if name == "cursor" else SQL
    async with app.client("admin") as http:
        for value in values:
            watched.asked.clear()
            filled = path.replace(f"{{{name}}}", quote(value, safe=""))
            query = {} if filled != path else {name: value}
            answer = await http.get(filled, params=query)
            assert answer.status_code in (200, 404, 422), answer.text
            assert all(MARK not in sql for sql, _ in watched.asked)
            if answer.status_code == 200 and name in ("unit", "officer", "dossier"):
                assert "over-1" not in answer.text, "nothing has such an id"
    assert counts(stored_city[1]) == before


async def test_parameters_that_reach_the_store_were_tried(watched: Watched, app: Guarded) -> None:
    bound = set()
    async with app.client("admin") as http:
        for path, name in TARGETS:
            watched.asked.clear()
            value = encode_cursor(0, SQL[0]) if name == "cursor" else SQL[0]
            filled = path.replace(f"{{{name}}}", quote(value, safe=""))
            await http.get(filled, params={} if filled != path else {name: value})
            if any(MARK in str(parameters) for _, parameters in watched.asked):
                bound.add(name)
    assert {"unit", "officer", "dossier", "scope", "cursor"} <= bound


@pytest.mark.parametrize(
    "place", [[10**30, "a"], [2**63, "a"], [-(2**63), "a"], [0, "a" * 400], [1.5, "a"], ["a", 1]]
)
async def test_numbers_that_no_column_holds_are_no_cursor(app: Guarded, place: list[Any]) -> None:
    cursor = encode_cursor(*place)
    paths = [path for path, name in TARGETS if name == "cursor"]
    assert len(paths) >= 5
    async with app.client("admin") as http:
        for path in paths:
            asked = path.replace("{unit}", "u1")
            answer = await http.get(asked, params={"cursor": cursor})
            assert answer.status_code in (200, 422), (asked, answer.text)


@pytest.mark.parametrize("kind", ["dossiers", "progress", "events"])
async def test_sql_in_what_is_posted_is_stored_as_text(
    app: Guarded, stored_city: tuple[City, Store], kind: str
) -> None:
    kafka, sender = FakeKafka(), Sender("a")
    ingest = PortalIngest(kafka, max_body=1_000_000)  # type: ignore[arg-type]
    sample = {"dossiers": DOSSIER, "progress": PROGRESS, "events": EVENTS["events"][0]}[kind]
    sample = {**sample, "MaHoSo" if "MaHoSo" in sample else "dossier_id": kind}
    fields = [name for name, value in sample.items() if isinstance(value, str)]
    tried = [
        {**sample, field: kind + text.replace(" ", "")}
        for field, text in product(fields, (*SQL[:3], SQL[5]))
    ]
    if kind == "events":
        taken = await ingest.events(sender, msgspec.json.encode({"events": tried}))
    else:
        service = {"dossiers": "DongBoHoSoMC", "progress": "CapNhatTienDoHoSoMC"}[kind]
        body = msgspec.json.encode(envelope(*tried, service=service))
        taken = await ingest.portal(sender, service, body)
    assert taken.accepted >= 8
    assert MARK not in str([refused.reason for refused in taken.refused])
    events = [decode_event(value) for _, value in kafka.taken]
    city, store = City(timeline=str(uuid5(NAMESPACE_URL, kind))), stored_city[1]
    city.publish(*events)
    before = counts(store)
    city.insert(store, batch=sum(kind.encode()))
    rows = store.query(
        "SELECT dossier_id AS id FROM dossiers FINAL WHERE timeline = {t:String}",
        {"t": city.timeline},
    )
    assert {row["id"] for row in rows} == {key.decode() for key, _ in kafka.taken}
    assert len(rows) > 3, "ids that are SQL among them"
    assert counts(store)[0] > before[0]
