"""``POST /api/v1/sync-errors``: who may send for whom, and what the answer says."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from api.routes.ingest_examples import SYNC_ERRORS
from dossiers.wire.sync_errors import ReportedError
from dunghen.ingest.payloads import PortalIngest
from dunghen.ingest.sync_errors import SyncErrorDesk
from sources.acknowledged import NotTaken
from tests.api.posting import BOUND, KEY, FakeKafka, client

pytestmark = pytest.mark.asyncio
PATH = "/api/v1/sync-errors"


class Door:
    """The API before a Kafka that only notes what it is given."""

    def __init__(self) -> None:
        self.kafka, self.events = FakeKafka(), FakeKafka()
        desk = SyncErrorDesk(self.kafka, timeout=0.2)  # type: ignore[arg-type]
        ingest = PortalIngest(self.events, max_body=10_000, errors=desk)  # type: ignore[arg-type]
        self._http = client(ingest)

    async def post(self, body: Any, key: str = KEY) -> httpx.Response:
        return await self._http.post(PATH, json=body, headers={"X-API-Key": key})


async def test_errors_stand_in_their_own_topic_once_the_answer_says_so() -> None:
    door = Door()
    answer = await door.post(SYNC_ERRORS)
    assert (answer.status_code, answer.json()["error_code"]) == (200, "0")
    assert (answer.json()["accepted"], answer.json()["stored"]) == (1, "kafka")
    [(key, value)] = door.kafka.taken
    error = msgspec.json.decode(value, type=ReportedError)
    assert key == error.dossier_id.encode()
    assert (error.source, error.madonvi) == ("all", SYNC_ERRORS["madonvi"])
    assert door.events.taken == []


async def test_a_key_of_one_unit_sends_for_that_one_only() -> None:
    door = Door()
    assert (await door.post(SYNC_ERRORS, BOUND)).status_code == 403
    assert (await door.post({**SYNC_ERRORS, "madonvi": "H29.19"}, BOUND)).status_code == 200
    assert (await door.post({"errors": SYNC_ERRORS["errors"]}, BOUND)).status_code == 200
    found = {
        msgspec.json.decode(value, type=ReportedError).madonvi for _, value in door.kafka.taken
    }
    assert found == {"H29.19"}
    assert (await door.post(SYNC_ERRORS, "nobody's")).status_code == 401


async def test_what_is_no_code_is_refused_with_its_reason() -> None:
    door = Door()
    wrong = {**SYNC_ERRORS["errors"][0], "message": "Không tìm thấy Nguyễn Văn A"}
    some = await door.post({"errors": [*SYNC_ERRORS["errors"], wrong]})
    assert (some.status_code, some.json()["accepted"]) == (200, 1)
    [refused] = some.json()["refused"]
    assert refused["index"] == 1
    assert "Nguy" not in some.text
    assert (await door.post({"errors": [wrong]})).status_code == 422
    assert (await door.post({"errors": "no list"})).status_code == 400
    assert (await door.post({"errors": ["x" * 20_000]})).status_code == 413


async def test_while_kafka_is_away_the_sender_is_told_to_send_again() -> None:
    door = Door()
    door.kafka.error = NotTaken("away")
    answer = await door.post(SYNC_ERRORS)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
