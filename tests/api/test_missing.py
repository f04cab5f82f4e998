"""The list of missing names over HTTP, and how unknown names are shown everywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.core import Live
from broker.kafka import Kafka
from dossiers.reference.unlisted import number_of
from dossiers.text.keyed import Keyed
from dunghen.ingest.missing_names import MissingNamesList
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from sources.acknowledged import AcknowledgedSender
from sources.portal.name_admission import NameAdmission
from tests.api.city import City
from tests.api.conftest import Running
from tests.api.settings import config
from tests.support import wait_for_async

KEYED = Keyed(bytes(32))
NAME = "Phòng Quản lý đô thị"


@pytest_asyncio.fixture
async def live(stored_city: tuple[City, Store]) -> AsyncIterator[tuple[Running, NameAdmission]]:
    city, store = stored_city
    query = StoreQuery(store)
    missing = MissingNamesList(None, lambda: 1_795_406_400_000)
    names = NameAdmission(KEYED, None, missing)
    sender = AcknowledgedSender(Kafka("127.0.0.1:1", {"log_level": "0"}), most=1)
    ingest = PortalIngest(sender, max_body=1_000, names=names, missing=missing)
    app = create_app(config(mode="live"), query, ingest=ingest)
    live: Live = app.state.live
    live.deliver(city.records())
    live.loaded()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Running(app, city, http), names
    ingest.close()
    query.close()


@pytest.mark.asyncio
async def test_names_and_codes_that_came_are_listed_with_what_screens_show(
    live: tuple[Running, NameAdmission],
) -> None:
    api, names = live
    for _ in range(3):
        hashed = names.passed("unit", NAME)
    names.passed("step", "H29-x")
    found = (await api.http.get("/api/v1/reference/missing")).json()
    (name,), (code,) = found["names"], found["codes"]
    number = number_of(hashed)
    assert (name["text"], name["records"], name["kind"]) == (NAME, 3, "unit")
    assert name["shown"] == f"chưa có trong danh mục ({number})"
    assert (code["text"], code["shown"], code["kind"]) == ("H29-x", "H29-x", "step")
    metrics = (await api.http.get("/metrics")).text
    samples = {
        s.labels["what"]: s.value
        for family in text_string_to_metric_families(metrics)
        for s in family.samples
        if s.name == "dunghen_reference_missing"
    }
    assert samples == {"names": 1, "codes": 1}


@pytest.mark.asyncio
async def test_the_door_knows_the_reference_data_of_the_live_view(
    live: tuple[Running, NameAdmission],
) -> None:
    api, names = live
    unit = api.live.view.reference.units[0]
    # It learns them beside the loop.
    await wait_for_async(lambda: names.look("unit", unit.id).known)
    assert names.passed("unit", unit.name.upper()) == unit.name


@pytest.mark.asyncio
async def test_a_timeline_that_is_not_live_has_no_such_list(api: Running) -> None:
    assert (await api.http.get("/api/v1/reference/missing")).status_code == 409
