"""Every operation of the OpenAPI document as every role, with requests that schemathesis makes up.

No request ends in a fault of the server; every status, media type, header and body that comes back
is one that the document names; and nobody is let in whom ``x-roles`` does not name.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
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

from api.access.principal import ROLES
from api.access.rules import rule_for
from api.app import create_app
from api.ports import DeadLetterError
from api.routes.ingest_schemas import DATE_FORMAT
from dossiers.wire.events import decode_event
from dunghen.ingest.payloads import PortalIngest
from dunghen.ingest.sync_errors import SyncErrorDesk
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import HERE, Guarded, guarded
from tests.api.access.conftest import query as query  # noqa: PLC0414 (a fixture)
from tests.api.city import City
from tests.api.posting import FakeKafka, NoStore
from tests.api.settings import config

SIGNED = ("Authorization", "X-API-Key", "Cookie")  # who asks is not left to chance
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


_BYTES = "application/octet-stream"  # anything may be in it
SCHEMA = _schema()
OPERATIONS = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
}
# Requests that break the document's rules can be made only where it has rules to break.
CASES = [(label, GenerationMode.POSITIVE) for label in sorted(OPERATIONS)] + [
    (label, GenerationMode.NEGATIVE)
    for label, operation in sorted(OPERATIONS.items())
    if operation.query or any(body.media_type != _BYTES for body in operation.body)
]


# Pages that are shut to some of a role, too: to those who are neither the person nor above.
OF_A_PERSON = {"GET /officers/{officer}": {"officer", "supervisor"}}


class OddDesk:
    """Decides on dead letters in every way in which a decision can end."""

    def replay(self, number: int, owner: str = "", *, take_back: bool = False) -> tuple[str, int]:
        del owner
        return self.drop(number, ""), number

    def drop(self, number: int, _why: str) -> str:
        if number % 3:
            raise DeadLetterError((0, 404, 409)[number % 3], "It cannot be decided on.")
        return "d"


@pytest.fixture(scope="module")
def taken() -> FakeKafka:
    return FakeKafka()


@pytest.fixture(scope="module")
def guard(stored_city: tuple[City, Store], query: StoreQuery, taken: FakeKafka) -> Guarded:
    """A live timeline with a morning in it, whose senders' records a double of Kafka takes."""
    found = guarded(stored_city[0], query)
    found.live.config = replace(found.live.config, mode="live", sink=tuple)
    errors = SyncErrorDesk(FakeKafka(), timeout=0.2)  # type: ignore[arg-type]
    ingest = PortalIngest(taken, max_body=1_000_000, errors=errors)  # type: ignore[arg-type]
    found.live.ingest = ingest
    found.live.desk = OddDesk()
    return found


async def sent(http: httpx.AsyncClient, case: Any, headers: dict[str, str]) -> httpx.Response:
    """The answer to the case's request, as it would go over the wire."""
    wire = requests.Request(**case.as_transport_kwargs(base_url=HERE)).prepare()
    own = {name: value for name, value in wire.headers.items() if name not in SIGNED}
    return await http.request(
        str(wire.method), str(wire.url), headers={**own, **headers}, content=wire.body
    )


def test_every_operation_is_tried() -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, item in SCHEMA.raw_schema["paths"].items()
        for method in item
    }
    assert set(OPERATIONS) == documented


@pytest.mark.asyncio
@pytest.mark.parametrize(("label", "mode"), CASES)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_every_answer_to_every_role_is_as_documented(
    guard: Guarded, taken: FakeKafka, label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    operation = OPERATIONS[label]
    rule, _, _ = rule_for(*label.split(" ", 1))
    assert rule is not None
    # Making up a request takes longer than all answers to it.
    case = data.draw(operation.as_strategy(mode))
    assume("%0A" not in case.formatted_path)  # no id has a line break, and no route takes one
    browser = {"Accept": "text/html"} if data.draw(st.booleans()) else {}
    taken.taken.clear()
    transport = httpx.ASGITransport(guard.app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport) as http:
        for role in ROLES:
            answer = await sent(http, case, {**browser, **guard.headers(role)})
            case.validate_response(answer, checks=CHECKS)
            shut = 403
            if role == "public":
                shut = 303 if browser and rule.page else 401
            allowed = role in operation.definition.raw["x-roles"]
            if role in OF_A_PERSON.get(label, ()) and answer.status_code == 403:
                assert allowed
                assert answer.headers["content-type"].startswith("text/html"), "says for whom it is"
                continue
            assert (answer.status_code == shut) == (not allowed), (role, answer.text)
    events = [decode_event(value) for _, value in taken.taken]
    if events:
        City().publish(*events)
