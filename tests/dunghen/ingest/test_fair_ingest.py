"""What waits for Kafka: no key has more than half of it while others send."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from api.ports import IngestError, Sender
from broker.kafka import Kafka
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import AcknowledgedSender
from sources.spool import Spool
from sources.spooled import SpooledSender
from tests.api.posting import FakeKafka
from tests.sources.portal.payloads import DOSSIER, envelope

pytestmark = pytest.mark.asyncio
GREEDY, MODEST = Sender("greedy"), Sender("modest")


async def post(ingest: PortalIngest, sender: Sender, first: int, count: int = 1) -> str:
    """Where the records are, or the status with which they were refused."""
    bare = {name: DOSSIER[name] for name in DOSSIER if name.startswith(("Ngay", "TrangThai"))}
    records = [{**bare, "MaHoSo": f"{sender.name}-{first + n}"} for n in range(count)]
    try:
        taken = await ingest.portal(sender, None, json.dumps(envelope(*records)).encode())
    except IngestError as error:
        return str(error.status)
    return taken.stored


async def test_the_spool_is_not_filled_by_one_key(tmp_path: Path) -> None:
    def nobody() -> AcknowledgedSender:
        return AcknowledgedSender(Kafka("127.0.0.1:1", {"log_level": 0}), timeout=0)

    spool = Spool(tmp_path / "spool.sqlite", "line", 40_000)
    kafka = SpooledSender(nobody, spool, ready=lambda: False)
    ingest = PortalIngest(kafka, max_body=100_000, timeout=60)
    assert await post(ingest, MODEST, 0) == "spool"
    said = [await post(ingest, GREEDY, n) for n in range(200)]
    assert said[0] == "spool"
    assert said[-1] == "503"
    assert spool.bytes < 30_000
    assert [await post(ingest, MODEST, 1 + n) for n in range(10)] == ["spool"] * 10
    ingest.close()


async def test_what_is_on_the_way_is_not_filled_by_one_key() -> None:
    kafka = FakeKafka()  # takes 100 at a time, and answers nothing
    kafka.silent = True
    ingest = PortalIngest(kafka, max_body=100_000, timeout=0.05)  # type: ignore[arg-type]
    assert await post(ingest, MODEST, 0) == "503"
    assert await post(ingest, GREEDY, 0, 50) == "503", "it is on the way, and nothing answers"
    assert await post(ingest, GREEDY, 50, 1) == "429"
    kafka.silent = False
    assert await post(ingest, MODEST, 1, 40) == "kafka"
    await asyncio.sleep(0)
    assert await post(ingest, GREEDY, 51, 1) == "429", "its own are still on the way"
