"""The odd city behind an application, and people who ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from api.access.config import AccessConfig
from api.app import create_app
from api.core import Live
from api.ports import DeadLetterError, Refusals, RefusedLately, UnlistedName
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.topics import DEAD_LETTERS
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.migrate import migrate
from sinks.store import Store
from tests.api.city import START, TIMELINE, City
from tests.api.data.odd_city import HEALTH, QUIET, odd_city
from tests.api.posting import FakeKafka
from tests.api.settings import config

_LETTER = (
    "INSERT INTO dead_letters (timeline, reason, detail, source, topic, partition, offset, key, "
    "detected_at, payload, dl_offset) VALUES ({line:String}, {reason:String}, 'what was wrong', "
    "{source:String}, 'dossier-events', 0, {number:Int64}, {key:String}, "
    "fromUnixTimestamp64Milli({at:Int64}, 'UTC'), '{{\"kind\": 1}}', {number:UInt64})"
)


class FakeDesk:
    """Decides on dead letters 0 and 1; takes no other."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int, str]] = []

    def replay(self, number: int, owner: str = "", *, take_back: bool = False) -> tuple[str, int]:
        if number == 1:
            raise DeadLetterError(409, "It would be refused again: <too late>.")
        self.done.append(("replay", number, owner))
        return "future-0", 0

    def drop(self, number: int, why: str) -> str:
        self.done.append(("drop", number, why))
        return "future-0"


class NamingIngest(PortalIngest):
    """Has refused something, and seen names that the reference data lacks."""

    def missing(self) -> list[UnlistedName]:
        return [UnlistedName("unit", "Phòng <b>Lạ</b>", 48_213, START, START, 37, "~abc")]

    def refusals(self) -> Refusals:
        return Refusals(START, [RefusedLately(QUIET, "MaHoSo is missing", 4)])


@dataclass
class DataPage:
    """The application, and what was decided on dead letters."""

    app: FastAPI
    city: City
    store: Store
    desk: FakeDesk = field(default_factory=FakeDesk)

    def client(self, role: str = "admin") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataPage]:
    city = odd_city()
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        store.ensure_database()
        migrate(store)
        city.insert(store)
        for number, reason in enumerate(("from_the_future", "from_the_future", "not_yours")):
            letter = DeadLetter(
                timeline=TIMELINE, reason=reason, detail="", source=QUIET, topic="dossier-events",
                partition=0, offset=number, detected_at=START,
            )  # fmt: skip
            city.add(DEAD_LETTERS, b"", msgspec.json.encode(letter))
            store.command(
                _LETTER,
                {"line": TIMELINE, "reason": reason, "source": QUIET, "number": number,
                 "key": f"future-{number}", "at": START - number},
            )  # fmt: skip
        store.command(
            "INSERT INTO sync_errors (timeline, error_id, system, dossier_id, code, at, "
            "received_at, source, madonvi, offset) VALUES ({line:String}, 'e1', 'VBDLIS', 'h-0', "
            "'E17', fromUnixTimestamp64Milli({at:Int64}, 'UTC'), now64(3), 'key of syt', "
            "{code:String}, 1)",
            {"line": TIMELINE, "at": START, "code": HEALTH},
        )
        query = StoreQuery(store)
        desk = FakeDesk()
        ingest = NamingIngest(FakeKafka(), max_body=1)  # type: ignore[arg-type]
        app = create_app(
            config(mode="live", access=AccessConfig()), query, ingest=ingest, desk=desk
        )
        live: Live = app.state.live
        live.deliver(city.records())
        live.loaded()
        live.hub.publish()
        yield DataPage(app, city, store, desk)
        query.close()
