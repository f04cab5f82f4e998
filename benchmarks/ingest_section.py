"""Section ingest: payloads of the national portal posted to the running API, as senders do it.

Each request carries ten dossiers and is answered when Kafka has all of them on every replica. The
limit beside it is the plain publisher: the same snapshots, read already, in one stream and without
waiting for an answer.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import msgspec

from api.access.keys import key_hash
from benchmarks import stack
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Row, Section
from benchmarks.stack import Stack
from sources.portal.dates import ZONE
from sources.portal.envelope import DOSSIERS, read_envelope

BATCH = 10  # records of one payload: as senders chunk them
CLIENTS = 8  # requests on the way at a time
_PATH = f"/api/v1/portal/{DOSSIERS}"


def run(options: Options) -> Section:
    """Post for ``options.seconds`` in each round, then publish as many snapshots plainly."""
    requests = Row(name="ingest-requests", label="  POST of 10 dossiers", role="part", unit="/s")
    records = Row(name="ingest-records", label="dossiers posted", role="ours", unit="/s")
    limit = Row(name="ingest-limit", label="plain publisher", role="limit", unit="/s")
    p99 = Row(name="ingest-p99", label="  p99 of a POST", role="part", unit="ms")
    key = secrets.token_urlsafe(32)
    senders = msgspec.json.encode({"bench": {"key_sha256": key_hash(key)}}).decode()
    numbers = itertools.count()
    with stack.running(options, "ingest", {"DUNGHEN_API_SENDERS": senders}) as ours:
        for round_ in range(options.rounds):
            options.say(f"ingest: round {round_ + 1} of {options.rounds}")
            waits, seconds = asyncio.run(_post(ours, key, options.seconds, numbers))
            requests.values.append(len(waits) / seconds)
            records.values.append(len(waits) * BATCH / seconds)
            p99.values.append(percentile(waits, 99))
            limit.values.append(_publish(ours, len(waits), numbers))
    return Section(
        name="ingest",
        title="Dossiers posted to the running API",
        how=f"{CLIENTS} clients, {BATCH} dossiers a request, acknowledged by all replicas",
        higher=True,
        rows=[records, requests, p99, limit],
    )


def payload(numbers: Iterator[int]) -> bytes:
    """Ten dossiers that nobody has seen, received today and due in a week."""
    now = datetime.now(ZONE)
    due = now + timedelta(days=7)
    data = [
        {
            "MaHoSo": f"H29.{i % 40:02d}-{now:%y%m%d}-{i:08d}",
            "MaTTHC": f"P{i % 20:02d}",
            "KenhThucHien": "1",
            "NgayNopHoSo": f"{now:%Y%m%d%H%M%S}",
            "NgayTiepNhan": f"{now:%Y%m%d%H%M%S}",
            "NgayHenTra": f"{due:%Y%m%d}000000",
            "TrangThaiHoSo": "2",
            "NgayTra": "",
            "NgayKetThucXuLy": "",
            "DonViXuLy": f"U{i % 40:03d}",
            "DanhSachHoSoBoSung": [],
        }
        for i in itertools.islice(numbers, BATCH)
    ]
    return msgspec.json.encode({"madonvi": "H29", "service": DOSSIERS, "data": data})


async def _post(
    ours: Stack, key: str, seconds: int, numbers: Iterator[int]
) -> tuple[list[float], float]:
    """Waiting time (ms) of each request, and how long all of it took (s)."""
    waits: list[float] = []
    began = time.perf_counter()

    async def client(http: httpx.AsyncClient) -> None:
        while time.perf_counter() - began < seconds:
            body = payload(numbers)
            sent = time.perf_counter()
            answer = await http.post(_PATH, content=body)
            waits.append((time.perf_counter() - sent) * 1_000)
            if answer.status_code != 200 or answer.json()["accepted"] != BATCH:
                raise ValueError(f"the API answered {answer.status_code}: {answer.text[:200]}")

    headers = {"X-API-Key": key}
    async with httpx.AsyncClient(base_url=ours.api, headers=headers, timeout=30) as http:
        await asyncio.gather(*(client(http) for _ in range(CLIENTS)))
    return waits, time.perf_counter() - began


def _publish(ours: Stack, requests: int, numbers: Iterator[int]) -> float:
    """Records a second of a publisher that does nothing else."""
    now = time.time_ns() // 1_000_000
    counter = itertools.count()
    bodies = [payload(numbers) for _ in range(requests)]
    events = [e for body in bodies for e in read_envelope(body).read(now, counter).events]
    with ours.publisher() as publisher:
        began = time.perf_counter()
        for event in events:
            publisher.publish(event)
        publisher.flush()
        return len(events) / (time.perf_counter() - began)
