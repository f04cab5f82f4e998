"""Posted bodies: none breaks the server, and nothing personal in them gets anywhere."""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.routes.ingest_examples import DOSSIERS, EVENTS
from broker.kafka import Kafka
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Described, decode_event
from dossiers.wire.topics import EVENTS as TOPIC
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import AcknowledgedSender
from tests.api.posting import PATH, client
from tests.sources.portal.payloads import (
    DOSSIER,
    MAIL,
    MARKS,
    NUMBER,
    envelope,
    everywhere,
    planted,
)
from tests.support.kafka import TestKafka


@pytest.mark.asyncio
async def test_a_payload_that_is_too_large_or_none_is_refused(http: httpx.AsyncClient) -> None:
    large = await http.post(PATH, content=b" " * 100_001)
    none = await http.post(PATH, content=b"{")
    assert (large.status_code, none.status_code) == (413, 400)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
_bodies = (
    st.binary(max_size=40)
    | _json.map(msgspec.json.encode)
    | st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(DOSSIER, _json)), max_size=3).map(
        lambda records: msgspec.json.encode(envelope(*records))
    )
    | st.lists(_json, max_size=3).map(lambda found: msgspec.json.encode({"events": found}))
)


@pytest.mark.asyncio
@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=_bodies, path=st.sampled_from([PATH, "/api/v1/portal", "/api/v1/events"]))
async def test_no_body_breaks_the_server(http: httpx.AsyncClient, body: bytes, path: str) -> None:
    answer = await http.post(path, content=body)
    said = answer.json()
    assert said["error_code"] in ("0", "1", "400")
    if said["error_code"] == "400":
        assert answer.status_code == 400
    else:
        nothing = not said["accepted"] and path.endswith("/events")
        assert answer.status_code == (422 if nothing else 200)


@pytest.mark.asyncio
async def test_what_was_posted_stands_in_kafka_and_nothing_personal_anywhere(
    kafka: TestKafka, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    topic = kafka.unique(TOPIC)
    kafka.create_topics(topic, partitions=3)
    ingest = PortalIngest(
        AcknowledgedSender(Kafka(kafka.bootstrap), topic=topic), max_body=4_000_000
    )
    said = []
    accepted = 0
    async with client(ingest) as http:
        for mark in (NUMBER, MAIL):
            records = [*everywhere(DOSSIER, mark), planted({**DOSSIER, "MaHoSo": mark}, mark)]
            for path, payload in (
                (PATH, envelope(*records, session=mark)),
                ("/api/v1/events", {"events": [*records, *EVENTS["events"]]}),
                (PATH, [mark]),
                (PATH, {mark: mark, "data": mark}),
            ):
                answer = await http.post(path, json=payload)
                said.append(answer.text)
                accepted += answer.json().get("accepted", 0)
    ingest.close()
    messages = kafka.read_all(topic)
    events = [decode_event(message.value() or b"") for message in messages]
    described = [event for event in events if isinstance(event, Described)]
    changes = [event for event in events if not isinstance(event, Described)]
    assert len(changes) == accepted > 10
    # What a dossier is like stands beside the change that the same record told of, counted once.
    assert 0 < len(described) < accepted
    assert {(e.dossier_id, e.occurred_at) for e in described} <= {
        (e.dossier_id, e.occurred_at) for e in changes if isinstance(e, DossierEvent)
    }
    said += [(m.value() or b"").decode() + (m.key() or b"").decode() for m in messages]
    said += [caplog.text, *capfd.readouterr()]
    # A dossier's id is no citizen's data: a number there is taken for one.
    ids = json.dumps(NUMBER)
    for text in said:
        for mark in MARKS:
            assert mark not in text.replace(ids, "").removesuffix(NUMBER), text[:300]


@pytest.mark.asyncio
@pytest.mark.parametrize(("path", "payload"), [(PATH, DOSSIERS), ("/api/v1/events", EVENTS)])
async def test_a_mark_before_the_json_is_passed_over_and_a_packed_body_named(
    http: httpx.AsyncClient, path: str, payload: Any
) -> None:
    body = json.dumps(payload).encode()
    assert (await http.post(path, content=b"\xef\xbb\xbf" + body)).json()["error_code"] == "0"
    packed = gzip.compress(body)
    for headers in ({}, {"Content-Encoding": "gzip"}):
        answer = await http.post(path, content=packed, headers=headers)
        assert answer.status_code == 400
        assert "gzip" in answer.json()["detail"]
        assert answer.json()["error_code"] == "400"
    wide = await http.post(path, content=body.decode().encode("utf-16"))
    assert "UTF-16" in wide.json()["detail"]
    plain = await http.post(path, content=body, headers={"Content-Encoding": "identity"})
    assert plain.status_code == 200
