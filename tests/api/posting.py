"""What tests post with: keys of senders, a client, and doubles of Kafka and ClickHouse."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import httpx

from api.access.config import AccessConfig
from api.access.keys import FixedKeys, Key, key_hash
from api.app import create_app
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import Busy
from tests.api.settings import config

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


def client(ingest: PortalIngest | None, key: str = KEY) -> httpx.AsyncClient:
    app = create_app(
        config(mode="live", access=AccessConfig(keys=SENDERS)), NoStore(), ingest=ingest
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"X-API-Key": key}
    )
