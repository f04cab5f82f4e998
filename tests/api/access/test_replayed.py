"""A request that was overheard and is sent again, by us or to us, changes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from api.routes.ingest_examples import EVENTS
from dossiers.wire.alerts import Alert
from dossiers.wire.events import Tick, decode_event
from dossiers.wire.topics import ALERTS, DOSSIERS, TALLIES
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.store_query import StoreQuery
from sinks.config import NotifierConfig, WebhookConfig
from sinks.notifier.channels import WebhookChannel
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import City
from tests.api.posting import FakeKafka
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, envelope

pytestmark = pytest.mark.asyncio
HOUR = 3_600_000
SENT = "20261003080000"
FIRST = {**DOSSIER, "TrangThaiHoSo": "4", "DanhSachHoSoBoSung": []}
ENDED = {**FIRST, "TrangThaiHoSo": "9", "NgayKetThucXuLy": "20261003090000"}
PATHS = {
    "DongBoHoSoMC": "/api/v1/portal/DongBoHoSoMC",
    "CapNhatTienDoHoSoMC": "/api/v1/portal/CapNhatTienDoHoSoMC",
    "events": "/api/v1/events",
}
# What was sent, and which of it (by place) comes once more after all of it.
STORIES: dict[str, tuple[list[tuple[str, Any]], list[int]]] = {
    "events": ([("events", {"events": EVENTS["events"][:1]})], [0, 0]),
    "progress": (
        [("CapNhatTienDoHoSoMC", envelope(PROGRESS, service="CapNhatTienDoHoSoMC"))], [0, 0],
    ),
    "the last dossier": ([("DongBoHoSoMC", envelope(FIRST))], [0, 0]),
    "an older dossier with its time": (
        [
            ("DongBoHoSoMC", envelope({**FIRST, "ThoiDiemDongBo": SENT})),
            ("DongBoHoSoMC", envelope({**ENDED, "ThoiDiemDongBo": "20261003093000"})),
        ],
        [0, 1, 0],
    ),
    "an older envelope with its time": (
        [
            ("DongBoHoSoMC", envelope(FIRST, ThoiDiemDongBo=SENT)),
            ("DongBoHoSoMC", envelope(ENDED, ThoiDiemDongBo="20261003093000")),
        ],
        [0, 1, 0],
    ),
}  # fmt: skip

_OF_THE_LOG = ("offset", "epoch", "as_of", "facts", "versions", "now")


def told(city: City) -> dict[tuple[str, bytes], Any]:
    """What everybody sees: states, figures and alerts, but for where in the log they come from. The
    place of a repeat is kept among the facts, and makes them longer, not more."""
    found: dict[tuple[str, bytes], Any] = {}
    for topic, key, value in city.log:
        if topic in (DOSSIERS, TALLIES, ALERTS) and value is not None:
            record = json.loads(value)
            for name in _OF_THE_LOG:
                record.pop(name, None)
            found[topic, key] = record
    return found


@pytest.mark.parametrize("story", STORIES)
async def test_what_was_posted_and_comes_again_changes_nothing(
    stored_city: tuple[City, Store], query: StoreQuery, story: str
) -> None:
    kafka, clock, city = FakeKafka(), iter(range(NOW, NOW + 99 * HOUR, HOUR)), City()
    guard = guarded(stored_city[0], query)
    guard.live.ingest = PortalIngest(
        kafka,  # type: ignore[arg-type]
        max_body=1_000_000,
        clock=lambda: next(clock),
    )
    sent, again = STORIES[story]
    async with guard.client("sender") as http:

        async def post(number: int) -> None:
            kafka.taken.clear()
            service, payload = sent[number]
            answer = await http.post(PATHS[service], json=payload)
            assert answer.json()["error_code"] == "0", answer.text
            city.publish(*(decode_event(value) for _, value in kafka.taken))

        city.publish(Tick(NOW))
        for number in range(len(sent)):
            await post(number)
        known = told(city)
        assert known
        for number in again:
            await post(number)
    assert told(city) == known


SECRET = "a shared secret of a test"


ALERT = Alert(
    timeline="t", alert_id="a1", sequence=1, kind="overdue", transition="raised", dossier_id="d1",
    unit="u1", officer="o1", step="", procedure="", due_at=NOW, detected_at=NOW, level=0,
    occurred_at=NOW, received_at=NOW,
)  # fmt: skip


class Receiver:
    """A receiver of webhooks as docs/notifications.md tells to write one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: set[str] = set()
        self.heard: list[httpx.Request] = []

    def take(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        return httpx.Response(204 if self.judge(request.headers, request.content) else 403)

    def judge(self, headers: Any, body: bytes) -> bool:
        """Whether it is news."""
        timestamp = headers["X-DungHen-Timestamp"]
        signed = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
        fresh = abs(self._clock() - int(timestamp)) <= 300
        genuine = hmac.compare_digest(f"v1={signed.hexdigest()}", headers["X-DungHen-Signature"])
        if not (fresh and genuine):
            return False
        key = json.loads(body)["idempotency_key"]
        new = key not in self._seen
        self._seen.add(key)
        return new


async def test_a_receiver_of_webhooks_can_tell_a_replay() -> None:
    now = 1_800_000_000.0
    receiver = Receiver(lambda: now)
    config = NotifierConfig(bootstrap="", timeline="t", base_url="http://127.0.0.1", kind="live")
    async with httpx.AsyncClient(transport=httpx.MockTransport(receiver.take)) as client:
        channel = WebhookChannel(
            WebhookConfig("http://hook.example/", SECRET), config, client, lambda: now
        )
        await channel.deliver([ALERT, msgspec.structs.replace(ALERT, sequence=2)])
    one, two = receiver.heard
    assert one.headers["Idempotency-Key"] != two.headers["Idempotency-Key"]
    assert not receiver.judge(one.headers, one.content), "the same once more"
    forged = {**one.headers, "idempotency-key": "another"}
    assert not receiver.judge(httpx.Headers(forged), one.content), "the header is not signed"
    fresh = Receiver(lambda: now)
    later = httpx.Headers({**one.headers, "x-dunghen-timestamp": str(int(now) + 1)})
    assert not fresh.judge(later, one.content), "a time that was changed"
    assert not fresh.judge(one.headers, one.content.replace(b"d1", b"d2")), "or a body"
    now += 301
    assert not fresh.judge(one.headers, one.content), "one that is old"


async def test_guards_are_asked_before_anything_is_read(guard: Guarded) -> None:
    """A payload that was overheard is of no use without its key."""
    for headers in ({}, {"X-API-Key": "another"}):
        async with guard.client(**headers) as http:
            for path in PATHS.values():
                assert (await http.post(path, json=EVENTS)).status_code == 401
