"""What was put aside stands on no dossier's page: it changed nothing."""

from __future__ import annotations

from typing import Any

import pytest

from sinks.store import Store
from tests.api.city import TIMELINE, City
from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def stored_city(own_city: tuple[City, Store]) -> tuple[City, Store]:
    """Tests write into it here."""
    return own_city


def put_aside(store: Store, number: int, offset: int, reason: str, event_id: str) -> None:
    """A record of madonvi B about dossier over-1 in the log, and the dead letter about it."""
    about = {"line": TIMELINE, "n": number, "at": offset, "reason": reason, "id": event_id}
    payload = f'{{"event_id":"{event_id}","madonvi":"B"}}' if reason != "replayed" else ""
    store.command(
        "INSERT INTO dead_letters (timeline, reason, topic, partition, offset, key, payload, "
        "dl_offset, detail) VALUES ({line:String}, {reason:String}, 'dossier-events', 0, "
        "{at:UInt64}, 'over-1', {payload:String}, {n:UInt64}, {detail:String})",
        {**about, "payload": payload, "detail": event_id},
    )
    if reason != "replayed":
        store.command(
            "INSERT INTO dossier_events (timeline, partition, offset, event_id, dossier_id, kind, "
            "occurred_at, source, madonvi) VALUES ({line:String}, 0, {at:UInt64}, {id:String}, "
            "'over-1', 'progressed', '2026-11-23 03:00:00.000', 'b', 'B')",
            about,
        )


@pytest.mark.parametrize("reason", ["not_yours", "too_many_facts", "archived"])
async def test_no_page_tells_what_was_put_aside(
    api: Running, stored_city: Any, reason: str
) -> None:
    _, store = stored_city
    name = f"put aside as {reason}"  # a block that was inserted once is not inserted again

    async def told() -> set[str]:
        answer = await api.http.get("/api/v1/dossiers/over-1")
        return {event["event_id"] for event in answer.json()["events"]}

    before = await told()
    assert before
    try:
        put_aside(store, 9_000, 90_000, reason, name)
        assert await told() == before
        put_aside(store, 9_001, 90_000, "replayed", name)
        assert await told() == before | {name}, "it was sent again, and taken"
        put_aside(store, 9_002, 90_001, reason, name)
        assert await told() == before, "it was refused again"
    finally:
        store.command("DELETE FROM dead_letters WHERE dl_offset >= 9000")
        store.command("DELETE FROM dossier_events WHERE offset >= 90000")
