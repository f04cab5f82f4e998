"""Posting dossiers: who may, what comes back, and that nothing personal gets anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.metrics import _WAITING
from api.routes.ingest_examples import DOSSIERS, EVENTS, PROGRESS
from broker.kafka import Kafka
from dossiers.wire.events import Described, Progressed, Received, Snapshot, decode_event
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import AcknowledgedSender, Busy, NotTaken
from sources.spool import Spool
from sources.spooled import SpooledSender
from tests.api.posting import BOUND, PATH, FakeKafka, client
from tests.sources.portal.payloads import (
    DOSSIER,
    envelope,
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
    kinds = [type(decode_event(value)) for _, value in kafka_double.taken]
    assert kinds == [Snapshot, Snapshot, Described, Described], "and what it says beside its course"
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
        assert spool.records == 2 * answer["accepted"], "a record and its traits"
        statuses = [(await http.post(PATH, json=DOSSIERS)).status_code for _ in range(10)]
        full = await http.post(PATH, json=DOSSIERS)
    assert statuses == sorted(statuses)
    assert (full.status_code, full.headers["retry-after"]) == (503, "30")
    assert "no more records may wait" in full.json()["detail"]
    assert set(ingest.figures()) == set(_WAITING)
    ingest.close()


@pytest.mark.asyncio
async def test_a_simulation_takes_no_real_dossiers() -> None:
    async with client(None) as http:
        answer = await http.post(PATH, json=DOSSIERS)
    assert answer.status_code == 409


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
async def test_a_broker_that_is_away_is_told_in_time() -> None:
    kafka = AcknowledgedSender(Kafka("127.0.0.1:1", {"log_level": 0}), timeout=0.5, most=1)
    ingest = PortalIngest(kafka, max_body=4_000_000, timeout=5)
    async with client(ingest) as http:
        first = await http.post(PATH, json=DOSSIERS)
    assert first.status_code == 503
    kafka.close()
