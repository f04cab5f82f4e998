"""Every operation of the OpenAPI document, with requests that schemathesis makes up from it.

No request ends in a fault of the server; every status, media type, header and body that comes back
is one that the document names.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.access.config import AccessConfig
from api.app import create_app
from api.routes.ingest_schemas import DATE_FORMAT
from dossiers.events import decode_event
from dunghen.ingesting import PortalIngest
from dunghen.serving import StoreQuery
from sinks.store import Store
from tests.api.city import City
from tests.api.conftest import config
from tests.api.test_ingest import KEY, SENDERS, FakeKafka, NoStore

BASE = "http://127.0.0.1"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_DATES = st.datetimes(datetime(1999, 1, 1), datetime(2069, 1, 1))
schemathesis.openapi.format(
    DATE_FORMAT,
    st.sampled_from(["", "null", "0001-01-01T00:00:00", "00000000000000", "20260231000000"])
    | st.text(max_size=20)
    | st.builds(
        datetime.strftime,
        _DATES,
        st.sampled_from(["%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d/%m/%Y"]),
    ),
)


def _schema() -> Any:
    document = create_app(config(mode="live"), NoStore()).openapi()
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict({}))


SCHEMA = _schema()
OPERATIONS = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
}
# Requests that break the document's rules can be made only where it has rules to break.
CASES = [(label, GenerationMode.POSITIVE) for label in sorted(OPERATIONS)] + [
    (label, GenerationMode.NEGATIVE)
    for label, operation in sorted(OPERATIONS.items())
    if operation.query or operation.body
]


@pytest.fixture
def taken() -> FakeKafka:
    return FakeKafka()


@pytest_asyncio.fixture
async def http(
    stored_city: tuple[City, Store], taken: FakeKafka
) -> AsyncIterator[httpx.AsyncClient]:
    """A live time line with a morning in it, whose senders' records a double of Kafka takes."""
    city, store = stored_city
    query = StoreQuery(store)
    ingest = PortalIngest(taken, max_body=1_000_000)  # type: ignore[arg-type]
    app = create_app(
        config(mode="live", sink=tuple, access=AccessConfig(keys=SENDERS)), query, ingest=ingest
    )
    app.state.services.deliver(city.records())
    app.state.services.loaded()
    app.state.services.hub.publish()
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    query.close()


async def sent(http: httpx.AsyncClient, case: Any) -> httpx.Response:
    """The answer to the case's request, as it would go over the wire."""
    wire = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    return await http.request(
        str(wire.method), str(wire.url), headers=dict(wire.headers), content=wire.body
    )


def test_every_operation_is_tried() -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, item in SCHEMA.raw_schema["paths"].items()
        for method in item
    }
    assert set(OPERATIONS) == documented


def bounded(examples: int) -> settings:
    """Every example is a whole request, and some are slow to make up."""
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


async def check(http: httpx.AsyncClient, data: st.DataObject, label: str, mode: Any) -> None:
    case = data.draw(OPERATIONS[label].as_strategy(mode))
    case.headers = {**(case.headers or {})}
    case.headers.pop("Authorization", None)
    if label.startswith("POST"):
        case.headers["X-API-Key"] = KEY
    else:  # as from this machine
        case.headers.pop("X-API-Key", None)
    case.validate_response(await sent(http, case), checks=CHECKS)


@pytest.mark.asyncio
@pytest.mark.parametrize(("label", "mode"), [case for case in CASES if case[0].startswith("GET")])
@bounded(6)
@given(data=st.data())
async def test_questions_are_answered_as_documented(
    http: httpx.AsyncClient, label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    await check(http, data, label, mode)


@pytest.mark.asyncio
@pytest.mark.parametrize(("label", "mode"), [case for case in CASES if case[0].startswith("POST")])
@bounded(25)
@given(data=st.data())
async def test_what_is_posted_is_answered_as_documented_and_can_be_folded(
    http: httpx.AsyncClient,
    taken: FakeKafka,
    label: str,
    mode: GenerationMode,
    data: st.DataObject,
) -> None:
    taken.taken.clear()
    await check(http, data, label, mode)
    events = [decode_event(value) for _, value in taken.taken]
    if events:
        City().publish(*events)
