"""Posting dossiers: who may, what comes back, and that nothing personal gets anywhere."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.access.config import AccessConfig
from api.access.keys import FixedKeys, Key, key_hash
from api.app import create_app
from api.metrics import _WAITING
from api.routes.ingest_examples import DOSSIERS, EVENTS, PROGRESS
from broker.kafka import Kafka
from dossiers.wire.events import Progressed, Received, Snapshot, decode_event
from dossiers.wire.records import EVENTS as TOPIC
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import AcknowledgedSender, Busy, NotTaken
from sources.spool import Spool
from sources.spooled import SpooledSender
from tests.api.conftest import config
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

KEY, BOUND = "a-key-of-somebody", "a-key-for-one-unit"
SENDERS = FixedKeys(
    (
        Key(id="k1", name="all", role="sender", sha256=key_hash(KEY)),
        Key(id="k2", name="one", role="sender", sha256=key_hash(BOUND), units=("H29.19",)),
    )
)
PATH = "/api/v1/portal/DongBoHoSoMC"


class NoStore:
    async def rows(self, sql: str, parameters: Any) -> list[dict[str, Any]]:
        return []


class FakeKafka:
    """Takes everything, or fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, bytes]] = []
        self.error: Exception | None = None
        self.silent = False
        self.on_the_way = 0
        self.most = 100

    def send(self, records: Sequence[tuple[bytes, bytes]]) -> Future[None]:
        if isinstance(self.error, Busy):
            raise self.error
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # as the real one: who stops waiting cancels nothing
        if self.error is not None:
            done.set_exception(self.error)
        elif not self.silent:
            self.taken += records
            done.set_result(None)
        return done


@pytest.fixture
def kafka_double() -> FakeKafka:
    return FakeKafka()


@pytest_asyncio.fixture
async def http(kafka_double: FakeKafka) -> AsyncIterator[httpx.AsyncClient]:
    ingest = PortalIngest(kafka_double, max_body=100_000, timeout=0.2)  # type: ignore[arg-type]
    async with client(ingest) as found:
        yield found


def client(ingest: PortalIngest | None, key: str = KEY) -> httpx.AsyncClient:
    app = create_app(
        config(mode="live", access=AccessConfig(keys=SENDERS)), NoStore(), ingest=ingest
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"X-API-Key": key}
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "payload", "kind"),
    [
        (PATH, DOSSIERS, Snapshot),
        ("/api/v1/portal/CapNhatTienDoHoSoMC", PROGRESS, Progressed),
        ("/api/v1/portal", PROGRESS, Progressed),
        ("/api/v1/events", EVENTS, Received),
    ],
)
async def test_the_documented_examples_are_taken(
    http: httpx.AsyncClient, kafka_double: FakeKafka, path: str, payload: Any, kind: type
) -> None:
    answer = await http.post(path, json=payload)
    assert answer.status_code == 200
    assert answer.json()["error_code"] == "0"
    key, value = kafka_double.taken[0]
    event = decode_event(value)
    assert isinstance(event, kind)
    assert key.decode() == getattr(event, "dossier_id", "")


@pytest.mark.asyncio
async def test_a_batch_is_taken_in_part(http: httpx.AsyncClient, kafka_double: FakeKafka) -> None:
    wrong = {**DOSSIER, "NgayTiepNhan": "soon"}
    odd = {**DOSSIER, "TrangThaiHoSo": "77"}
    answer = (await http.post(PATH, json=envelope(DOSSIER, wrong, odd))).json()
    assert (answer["error_code"], answer["accepted"]) == ("1", 2)
    assert [(r["index"], r["MaHoSo"]) for r in answer["refused"]] == [(1, DOSSIER["MaHoSo"])]
    assert answer["refused"][0]["reason"].startswith("NgayTiepNhan is no date")
    assert [(u["index"], u["field"]) for u in answer["unread"]] == [(2, "TrangThaiHoSo")]
    assert len(kafka_double.taken) == 2
    keyless = httpx.AsyncClient(transport=http._transport, base_url=http.base_url)
    metrics = (await keyless.get("/metrics")).text
    assert 'dunghen_ingest_records_total{is="accepted",sender="all"} 2.0' in metrics


@pytest.mark.asyncio
async def test_only_senders_with_a_key_are_heard(http: httpx.AsyncClient) -> None:
    for headers in ({"X-API-Key": "wrong"}, {"X-API-Key": ""}):
        answer = await http.post(PATH, json=DOSSIERS, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["error_code"] == "401"


@pytest.mark.asyncio
async def test_a_key_for_one_unit_opens_no_other(http: httpx.AsyncClient) -> None:
    mine = await http.post(PATH, json=envelope(DOSSIER), headers={"X-API-Key": BOUND})
    other = await http.post(PATH, json=DOSSIERS, headers={"X-API-Key": BOUND})
    assert (mine.status_code, other.status_code) == (200, 403)
    events = (await http.post("/api/v1/events", json=EVENTS, headers={"X-API-Key": BOUND})).json()
    assert events["accepted"] == 1  # of the two, one names another unit
    assert "unit" in events["refused"][0]["reason"]


@pytest.mark.asyncio
async def test_what_kafka_does_not_have_is_not_acknowledged(
    http: httpx.AsyncClient, kafka_double: FakeKafka
) -> None:
    kafka_double.error = Busy()
    busy = await http.post(PATH, json=DOSSIERS)
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "1")
    kafka_double.error = NotTaken("timed out")
    failed = await http.post(PATH, json=DOSSIERS)
    assert (failed.status_code, failed.headers["retry-after"]) == (503, "5")
    kafka_double.error, kafka_double.silent = None, True
    silent = await http.post(PATH, json=DOSSIERS)
    assert silent.status_code == 503


@pytest.mark.asyncio
async def test_without_kafka_records_wait_on_disk_until_there_is_no_room(tmp_path: Path) -> None:
    def nobody() -> AcknowledgedSender:
        return AcknowledgedSender(Kafka("127.0.0.1:1", {"log_level": 0}), timeout=0)

    spool = Spool(tmp_path / "spool.sqlite", "line", 5_000)
    ingest = PortalIngest(SpooledSender(nobody, spool, patience=0.2), max_body=100_000, timeout=60)
    async with client(ingest) as http:
        taken = await http.post(PATH, json=DOSSIERS)
        answer = taken.json()
        assert (taken.status_code, answer["error_code"], answer["stored"]) == (202, "0", "spool")
        assert "wait on disk" in answer["message"]
        assert spool.records == answer["accepted"]
        statuses = [(await http.post(PATH, json=DOSSIERS)).status_code for _ in range(10)]
        full = await http.post(PATH, json=DOSSIERS)
    assert statuses == sorted(statuses)
    assert (full.status_code, full.headers["retry-after"]) == (503, "30")
    assert "no more records may wait" in full.json()["detail"]
    assert set(ingest.figures()) == set(_WAITING)
    ingest.close()


@pytest.mark.asyncio
async def test_a_payload_that_is_too_large_or_none_is_refused(http: httpx.AsyncClient) -> None:
    large = await http.post(PATH, content=b" " * 100_001)
    none = await http.post(PATH, content=b"{")
    assert (large.status_code, none.status_code) == (413, 400)


@pytest.mark.asyncio
async def test_a_simulation_takes_no_real_dossiers() -> None:
    async with client(None) as http:
        answer = await http.post(PATH, json=DOSSIERS)
    assert answer.status_code == 409


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
async def test_an_answer_in_which_all_was_refused_says_so(http: httpx.AsyncClient) -> None:
    """A portal's sender would send all of it again at any status but 200."""
    portal = await http.post(PATH, json=envelope({"MaHoSo": ""}))
    events = await http.post("/api/v1/events", json={"events": [{"kind": "received"}]})
    for answer, status in ((portal, 200), (events, 422)):
        said = answer.json()
        assert (answer.status_code, said["error_code"], said["accepted"]) == (status, "1", 0)
        assert len(said["refused"]) == 1
    assert events.headers["content-type"] == "application/json"


@pytest.mark.asyncio
async def test_who_sends_without_a_key_is_told_how_to_make_one(http: httpx.AsyncClient) -> None:
    """From this machine as well, to which everything else is open."""
    for path in (PATH, "/api/v1/events"):
        answer = await http.post(path, json=DOSSIERS, headers={"X-API-Key": ""})
        assert answer.status_code == 401
        assert "dunghen keys add" in answer.json()["message"]


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
    assert len(messages) == accepted > 10
    said += [(m.value() or b"").decode() + (m.key() or b"").decode() for m in messages]
    said += [caplog.text, *capfd.readouterr()]
    # A dossier's id is no citizen's data: a number there is taken for one.
    ids = json.dumps(NUMBER)
    for text in said:
        for mark in MARKS:
            assert mark not in text.replace(ids, "").removesuffix(NUMBER), text[:300]


@pytest.mark.asyncio
async def test_a_broker_that_is_away_is_told_in_time() -> None:
    kafka = AcknowledgedSender(Kafka("127.0.0.1:1", {"log_level": 0}), timeout=0.5, most=1)
    ingest = PortalIngest(kafka, max_body=4_000_000, timeout=5)
    async with client(ingest) as http:
        first = await http.post(PATH, json=DOSSIERS)
    assert first.status_code == 503
    kafka.close()


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
