"""What somebody has acknowledged is still open, wherever open alerts are listed."""

from __future__ import annotations

import msgspec
import pytest

from api.access.principal import Principal
from dossiers.wire.topics import ALERTS
from dunghen.serving.store_query import StoreQuery
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Record
from sinks.store import Store
from tests.api.access.callers import guarded
from tests.api.city import HOUR, City
from tests.api.desk.acting_city import NOW

pytestmark = pytest.mark.asyncio


async def test_an_acknowledged_alert_stays_in_every_list(
    own_city: tuple[City, Store],
) -> None:
    """Also once ClickHouse has it: over the API, and among what the wall calls overdue."""
    city, store = own_city
    query = StoreQuery(store)
    found = guarded(city, query)
    thread = found.live.book.thread("over-2")
    assert thread is not None
    alert = next(each for each in thread.alerts.values() if each.kind == "overdue")
    taken = msgspec.structs.replace(
        alert, sequence=2, transition="acknowledged", action="acknowledge", actor="chief",
        taken_by="chief", taken_until=NOW + 8 * HOUR,
    )  # fmt: skip
    value = msgspec.json.encode(taken)
    before = len(found.live.view.newest_breaches(50))
    found.live.deliver([(ALERTS, b"over-2", value)])
    assert len(found.live.view.newest_breaches(50)) == before
    rows = AlertDecoder().decode([Record(0, 10_000, b"over-2", value)]).rows
    assert rows is not None
    store.insert("alerts", rows, "an acknowledgement")
    async with found.client("leader") as http:
        answer = await http.get("/api/v1/alerts", params={"status": "acknowledged"})
        [listed] = answer.json()["alerts"]
        assert (listed["alert_id"], listed["taken_by"]) == (alert.alert_id, "chief")
        told = (await http.get("/api/v1/dossiers/over-2")).json()["alerts"]
        done = [(each["transition"], each["action"], each["actor"]) for each in told]
        assert ("acknowledged", "acknowledge", "chief") in done
    chief = Principal("a chief", frozenset({"officer"}), "session", (), "chief")
    async with found.client(chief) as http:
        mine = (await http.get("/api/v1/alerts")).json()["alerts"]
    assert [each["alert_id"] for each in mine] == [alert.alert_id]
    query.close()
