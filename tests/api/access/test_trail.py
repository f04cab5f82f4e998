"""The audit trail: who looked at whom, who came and went, who was refused; and who was not."""

from __future__ import annotations

import time

import pytest

from api.access.audit import AuditLog
from api.access.principal import Principal
from broker.kafka import Kafka
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import ADMIN_TOKEN, HERE, KEYS, Entries, Guarded, guarded
from tests.api.city import TIMELINE, City

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("path", "kind", "target", "route", "status"),
    [
        ("/api/v1/officers/o1", "officer", "o1", "/api/v1/officers/{officer:path}", 200),
        ("/api/v1/officers/o2", "officer", "o2", "/api/v1/officers/{officer:path}", 404),
        ("/api/v1/officers?unit=u1", "list", "unit:u1", "/api/v1/officers", 200),
        ("/api/v1/dossiers/over-1", "dossier", "over-1", "/api/v1/dossiers/{dossier:path}", 200),
        ("/dossiers/over-1?lang=en", "dossier", "over-1", "/dossiers/{dossier:path}", 200),
        ("/units/u1", "list", "u1", "/units/{unit:path}", 200),
        ("/units/u1.csv", "list", "u1", "/units/{unit:path}.csv", 200),
        ("/api/v1/dossiers?officer=o1", "list", "officer:o1", "/api/v1/dossiers", 200),
        ("/api/v1/alerts", "list", "", "/api/v1/alerts", 200),
        ("/api/v1/coverage", "refused", "", "/api/v1/coverage", 403),
        ("/metrics", "refused", "", "/metrics", 403),
    ],
)
async def test_looking_at_officers_and_dossiers_is_noted(
    guard: Guarded, path: str, kind: str, target: str, route: str, status: int
) -> None:
    before = time.time_ns() // 1_000_000
    async with guard.client("supervisor") as http:
        assert (await http.get(path)).status_code == status
    (entry,) = guard.trail.entries
    assert before <= entry.at <= time.time_ns() // 1_000_000
    assert (entry.kind, entry.target, entry.route, entry.status) == (kind, target, route, status)
    assert (entry.timeline, entry.subject, entry.means) == (TIMELINE, "a supervisor", "session")
    assert entry.roles == ("supervisor",)


async def test_figures_files_and_strangers_are_not(guard: Guarded) -> None:
    for who in ("public", "leader", "wall", "monitor"):
        async with guard.client(who) as http:
            for path in ("/wall", "/health/ready", "/api/v1/me", "/openapi.json"):
                await http.get(path)
    async with guard.client("leader") as http:
        for path in ("/api/v1/units", "/api/v1/state", "/api/v1/counts", "/units"):
            assert (await http.get(path)).status_code == 200
    async with guard.client() as http:
        assert (await http.get("/api/v1/officers/o1")).status_code == 401
    assert guard.trail.entries == []


async def test_no_secret_gets_into_the_trail(guard: Guarded) -> None:
    async with guard.client("wall") as http:
        await http.get(f"/api/v1/officers/{ADMIN_TOKEN}?unit={KEYS['sender']}")
        await http.post("/enter", data={"token": "a wrong one"}, headers={"Origin": HERE})
    text = str(guard.trail.entries)
    assert KEYS["wall"] not in text
    assert "a wrong one" not in text
    assert [entry.kind for entry in guard.trail.entries] == ["refused", "sign_in_refused"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/officers/Nguyễn Văn A 0912345678", "/api/v1/officers/{officer:path}"),
        ("/api/v1/dossiers/Nguyễn Văn A", "/api/v1/dossiers/{dossier:path}"),
        ("/dossiers/Nguyễn Văn A", "/dossiers/{dossier:path}"),
        ("/units/Nguyễn Văn A", "/units/{unit:path}"),
        ("/units/Nguyễn Văn A.csv", "/units/{unit:path}.csv"),
        ("/api/v1/dossiers?unit=Nguyễn Văn A", "/api/v1/dossiers"),
        ("/api/v1/officers?officer=o1&officer=Nguyễn&q=Nguyễn", "/api/v1/officers"),
        ("/api/v1/alerts?unit=Nguyễn%0a%1b[31m", "/api/v1/alerts"),
        (f"/api/v1/officers/{'Nguyễn' * 1_000}", "/api/v1/officers/{officer:path}"),
        ("/api/v1/dead-letters/Nguyễn", "/api/v1/dead-letters/{number}"),
        ("/nothing/Nguyễn?q=Nguyễn", None),
        ("/internal/Nguyễn", None),
    ],
)
async def test_what_was_merely_typed_is_not_kept(
    guard: Guarded, path: str, route: str | None
) -> None:
    async with guard.client("admin") as http:
        await http.get(path)
    assert [entry.route for entry in guard.trail.entries] == ([] if route is None else [route])
    assert "Nguy" not in str(guard.trail.entries)
    assert "0912" not in str(guard.trail.entries)


async def test_who_looks_beyond_the_own_reach_is_noted_with_whom(guard: Guarded) -> None:
    async with guard.client("officer") as http:
        assert (await http.get("/api/v1/officers/o2")).status_code == 404
        assert (await http.get("/units/u1")).status_code in (200, 404)
        assert (await http.get("/api/v1/dead-letters/17")).status_code == 403
    assert [entry.target for entry in guard.trail.entries] == ["o2", "u1", "17"]


async def test_every_text_of_an_entry_is_short_and_printable() -> None:
    trail = Entries([])
    subject = "a\x1b[31m\n" + "x" * 5_000
    who = Principal(subject, frozenset({"admin"}), "token")
    AuditLog("line", trail).record(who, "list", "\u202eb" + "y" * 5_000, "/api/v1/alerts", 200)
    (entry,) = trail.entries
    for text in (entry.subject, entry.target, entry.route):
        assert len(text) <= 200
        assert text.isprintable()


async def test_a_trail_that_cannot_be_written_stops_nobody(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    from dunghen.access.audit_trail import KafkaTrail

    guard = guarded(stored_city[0], query)
    trail = KafkaTrail(Kafka("127.0.0.1:1", {"log_level": "0"}))
    guard.app.state.sign_in_flow.audit._trail = trail
    async with guard.client("admin") as http:
        began = time.monotonic()
        for _ in range(20):
            assert (await http.get("/api/v1/officers/o1")).status_code == 200
        assert time.monotonic() - began < 10
    assert trail._sender is not None
    assert trail._sender.on_the_way == 20
    trail._sender._producer.purge()
    trail.close()
    assert trail.lost == 20
