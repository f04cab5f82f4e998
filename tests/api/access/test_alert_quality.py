"""The page of the quality of alerting, from ClickHouse."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import msgspec
import pytest

from dossiers.wire.alerts import Alert
from dossiers.wire.events import Tick
from dossiers.wire.topics import ALERTS
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import HOUR, START, City
from tests.api.engines import fill
from tests.api.inbox.alerts import alert

pytestmark = pytest.mark.asyncio
NOW = START + 6 * HOUR
DELIVERED = """
INSERT INTO deliveries (timeline, alert_id, sequence, channel, receiver, unit, attempt, outcome,
  detail, at) VALUES
"""


def raised(id_: str, unit: str = "u1") -> Alert:
    return alert(id_, unit=unit, detected_at=START, due_at=START)


FIRST = "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"
OTHER = "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e12"  # of another unit
RECORDS = (
    raised(FIRST), alert(FIRST, sequence=2, transition="acknowledged", action="acknowledge",
                       actor="o1", detected_at=START + HOUR),
    raised("b"), alert("b", sequence=2, transition="retracted", detected_at=START + HOUR),
    raised(OTHER, "u/2"), alert(OTHER, sequence=2, unit="u/2", transition="resolved",
                              detected_at=START + 3 * HOUR),
)  # fmt: skip


@pytest.fixture(scope="module")
def alerted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Store]]:
    """Three alerts, and two mails to one receiver about two of them."""
    city = City()
    city.publish(Tick(NOW))
    for record in RECORDS:
        city.add(ALERTS, record.dossier_id.encode(), msgspec.json.encode(record))
    with Store.embedded(str(tmp_path_factory.mktemp("engine"))) as store:
        fill(store, city)
        sent = datetime(2026, 11, 23, 2)
        rows = (
            f"('{city.timeline}', '{id_}', 1, 'mail', 'c0ffee00', 'u1', 1, 'delivered', '', "
            f"'{sent + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S}')"
            for id_, minute in ((FIRST, 0), ("b", 5))
        )
        store.command(DELIVERED + ", ".join(rows))
        yield city, store


@pytest.fixture
def guard(alerted: tuple[City, Store]) -> Iterator[Guarded]:
    query = StoreQuery(alerted[1])
    yield guarded(alerted[0], query)
    query.close()


async def table(guard: Guarded, role: str) -> list[list[str]]:
    async with guard.client(role) as http:
        answer = await http.get("/alerts/quality.csv")
        assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_the_figures_are_those_of_what_the_reader_sees(guard: Guarded) -> None:
    whole = await table(guard, "leader")
    # Raised, answered in time, minutes to acknowledge and to resolve, retracted.
    assert whole[1][1:] == ["3", "100.0", "60", "180", "33.33"]
    own = await table(guard, "supervisor")
    assert own[1][1:] == ["2", "100.0", "60", "", "50.0"]
    assert own[-1][2:] == ["1", "2", "2", "2", "0"], "two mails on one working day"


async def test_metrics_say_what_the_page_says(guard: Guarded) -> None:
    await guard.live.quality.read()
    async with guard.client("monitor") as http:
        text = (await http.get("/metrics")).text
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(found["dunghen_alerting_in_time_percent"]) == 100
    assert float(found["dunghen_alerting_acknowledge_seconds"]) == 3600
    assert float(found["dunghen_alerting_groups"]) == 2
    assert found['dunghen_alerts_open{is="acknowledged",kind="overdue"}'] == "1.0"


async def test_the_page_says_it_in_words(guard: Guarded) -> None:
    async with guard.client("supervisor") as http:
        page = unescape((await http.get("/alerts/quality?window=7d")).text)
        assert "1 trong 1" in page
        assert "Hộp thư c0ffee00" in page
        assert "Chỉ tính cảnh báo của các đơn vị bạn phụ trách" in page
        assert 'href="/alerts/quality"' in (await http.get("/alerts")).text
        assert (await http.get("/alerts/quality?window=1h")).status_code == 422


async def test_who_was_told_is_told_to_those_who_see_the_alert(guard: Guarded) -> None:
    async with guard.client("supervisor") as http:
        found = (await http.get(f"/api/v1/alerts/{FIRST}/deliveries")).json()
        assert (await http.get(f"/api/v1/alerts/{OTHER}/deliveries")).status_code == 404
    assert [(each["receiver"], each["outcome"]) for each in found["deliveries"]] == [
        ("c0ffee00", "delivered")
    ]
