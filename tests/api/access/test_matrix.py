"""Every route and every role: what is expected stands here once more, letter by letter."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.access.principal import ROLES, Role
from api.access.rules import RULES, WEBSOCKET, leaves, rule_for, unruled
from api.app import create_app
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.access.serving import closed_with, listening
from tests.api.city import City
from tests.api.settings import config

_LETTERS: dict[str, Role] = {
    "p": "public", "w": "wall", "o": "officer", "s": "supervisor", "r": "reform_office",
    "l": "leader", "a": "admin", "m": "monitor", "x": "sender",
}  # fmt: skip
DESKS, ALL = "osrla", "pwosrlamx"
OPEN = "pwosrlam"  # everybody but a sender, whose key may only post

# Everything that is in the OpenAPI document.
DOCUMENT = {
    "GET /health/live": ALL,
    "GET /health/ready": ALL,
    "GET /metrics": "am",
    "GET /api/v1/me": ALL,
    "GET /api/v1/state": "wsrla",
    "GET /api/v1/walls": "sa",
    "GET /api/v1/walls/{name}": "sa",
    "PUT /api/v1/walls/{name}": "sa",
    "DELETE /api/v1/walls/{name}": "sa",
    "POST /api/v1/walls/{name}/claim": OPEN,
    "GET /api/v1/units": DESKS,
    "GET /api/v1/units/{unit}": DESKS,
    "GET /api/v1/officers": DESKS,
    "GET /api/v1/officers/{officer}": DESKS,
    "GET /api/v1/dossiers": DESKS,
    "GET /api/v1/dossiers/{dossier}": DESKS,
    "GET /api/v1/alerts": DESKS,
    "GET /api/v1/alerts/{alert_id}/actions": DESKS,
    "GET /api/v1/alerts/{alert_id}/deliveries": DESKS,
    "POST /api/v1/alerts/{alert_id}/actions": DESKS,
    "POST /api/v1/alerts/actions": DESKS,
    "GET /api/v1/roster/{officer}": DESKS,
    "PUT /api/v1/roster/{officer}": DESKS,
    "GET /api/v1/publications": DESKS,
    "POST /api/v1/publications": "r",
    "POST /api/v1/publications/files": "os",
    "GET /api/v1/publications/files/{sha256}": DESKS,
    "GET /api/v1/publications/together": DESKS,
    "GET /api/v1/publications/{list}": DESKS,
    "GET /api/v1/publications/{list}/cases": DESKS,
    "GET /api/v1/publications/{list}/draft": DESKS,
    "GET /api/v1/publications/{list}/drafts/{kind}": "rla",
    "POST /api/v1/publications/{list}/effect": "r",
    "POST /api/v1/publications/{list}/explain": "os",
    "POST /api/v1/publications/{list}/reply": "os",
    "POST /api/v1/publications/{list}/ask": "r",
    "POST /api/v1/publications/{list}/decide": "r",
    "POST /api/v1/publications/{list}/submit": "r",
    "POST /api/v1/publications/{list}/return": "rl",
    "POST /api/v1/publications/{list}/approve": "rl",
    "POST /api/v1/publications/{list}/publish": "rl",
    "POST /api/v1/publications/{list}/correct": "r",
    "POST /api/v1/publications/{list}/reduce": "r",
    "POST /api/v1/publications/{list}/sign": "rl",
    "GET /publications": DESKS,
    "GET /publications/mine": DESKS,
    "GET /publications/{list}": DESKS,
    "GET /publications/{list}/dossiers": DESKS,
    "GET /publications/{list}/steps": DESKS,
    "GET /me": DESKS,
    "GET /me/{officer}": DESKS,
    "GET /api/v1/late-lists": OPEN,
    "GET /api/v1/late-lists/{list}": OPEN,
    "GET /late-lists/{list}/{edition}/{file}": OPEN,
    "GET /api/v1/tallies": DESKS,
    "GET /api/v1/counts": DESKS,
    "GET /api/v1/coverage": "rla",
    "GET /api/v1/reference/missing": "ra",
    "GET /api/v1/sink": "a",
    "GET /api/v1/dead-letters": "a",
    "GET /api/v1/dead-letters/{number}": "a",
    "POST /api/v1/dead-letters/{number}/replay": "a",
    "POST /api/v1/dead-letters/{number}/drop": "a",
    "GET /walls": "sa",
    "GET /walls/{name}": "sa",
    "GET /units.csv": DESKS,
    "GET /units.xlsx": DESKS,
    "GET /units/{unit}.csv": DESKS,
    "GET /units/{unit}.xlsx": DESKS,
    "GET /units": DESKS,
    "GET /units/{unit}": DESKS,
    "GET /compare": DESKS,
    "GET /officers/{officer}": "osra",
    "GET /alerts": DESKS,
    "GET /alerts/quality": "srla",
    "GET /alerts/quality.csv": "srla",
    "GET /alerts/{alert}": DESKS,
    "GET /dossiers": DESKS,
    "GET /dossiers.csv": DESKS,
    "GET /dossiers.xlsx": DESKS,
    "GET /letters/control.pdf/{dossier}": DESKS,
    "GET /letters/control.docx/{dossier}": DESKS,
    "GET /letters/apology.pdf/{dossier}": DESKS,
    "GET /letters/apology.docx/{dossier}": DESKS,
    "GET /dossiers/{dossier}": DESKS,
    "POST /api/v1/portal/DongBoHoSoMC": "x",
    "POST /api/v1/portal/CapNhatTienDoHoSoMC": "x",
    "POST /api/v1/portal": "x",
    "POST /api/v1/events": "x",
    "POST /api/v1/sync-errors": "x",
}
# And everything that is not.
BESIDE = {
    "GET /late-lists": OPEN,
    "GET /late-lists/feed.atom": OPEN,
    "GET /late-lists/verify": OPEN,
    "GET /late-lists/{list}": OPEN,
    "GET /robots.txt": OPEN,
    "GET /overdue": DESKS,
    "GET /overdue.csv": DESKS,
    "GET /overdue/{unit}.csv": DESKS,
    "GET /overdue/{unit}": DESKS,
    "POST /walls/{name}": "sa",
    "POST /alerts/read": DESKS,
    "POST /me/{officer}": DESKS,
    "POST /publications": "r",
    "POST /publications/{list}/preview": DESKS,
    "POST /publications/{list}/{act}": DESKS,
    "GET /": OPEN,
    "GET /wall": OPEN,
    "GET /wall/{name:wall}": OPEN,
    "GET /wall/{path:path}": OPEN,
    "GET /assets/npm/{path:path}": OPEN,
    "GET /assets/pages/{path:path}": OPEN,
    "GET /assets/tokens.css": OPEN,
    "GET /openapi.json": OPEN,
    "GET /enter": OPEN,
    "POST /enter": OPEN,
    "GET /sign-in": OPEN,
    "GET /sign-in/callback": OPEN,
    "POST /sign-out": OPEN,
    "GET /act-as": OPEN,
    "GET /alerts/act/{token}": OPEN,
    "POST /alerts/act/{token}": OPEN,
    "POST /alerts/actions": DESKS,
    "POST /alerts/{alert_id}/actions": DESKS,
    "GET /search": DESKS,
    "POST /act-as": OPEN,
    "POST /preferences": OPEN,
    "GET /unit": DESKS,
    "GET /design": "a",
    "GET /data": "ra",
    "GET /data/sources": "ra",
    "GET /data/coverage": "ra",
    "GET /data/missing": "ra",
    "GET /data/errors": "ra",
    "GET /data/reported": "ra",
    "GET /data/rewritten": "ra",
    "GET /data/names": "ra",
    "GET /data/names/dossiers": "ra",
    "GET /data/texts": "ra",
    "GET /data/procedures": "ra",
    "GET /data/steps": "ra",
    "GET /data/steps/dossiers": "ra",
    "GET /data/nights": "ra",
    "GET /data/nights/{night}/{occasion}": "ra",
    "GET /data/letters": "ra",
    "GET /data/{part}.csv": "ra",
    "GET /data/replay": "a",
    "POST /data/replay": "a",
    "GET /data/letters/{number}": "a",
    "POST /data/letters/{number}/replay": "a",
    "POST /data/letters/{number}/drop": "a",
}
SAMPLES = {
    "{edition}": "1", "{file}": "kiem-chung-2026-10.json",
    "{token}": "none", "{alert_id}": "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11",
    "{unit}": "u1", "{officer}": "o1", "{dossier}": "over-1", "{unit:path}": "u1",
    "{alert}": "none", "{list}": "2026-10", "{sha256}": "0" * 64, "{kind}": "pdf",
    "{name}": "hall", "{name:wall}": "hall", "{number}": "0",
    "{part}": "names", "{night}": "2026-11-23", "{occasion}": "hand",
    "{path:path}": "none.js",
    "{officer:path}": "o1", "{dossier:path}": "over-1",
}  # fmt: skip
INNER = ("query", "sink", "ingest", "queues", "caught-up", "committed-ends", "reached")


def filled(path: str) -> str:
    for name, sample in SAMPLES.items():
        path = path.replace(name, sample)
    return path


def plain(path: str) -> str:
    """As the OpenAPI document writes it."""
    return path.replace(":path}", "}") if "{path:path}" not in path else path


def expected(letters: str) -> set[Role]:
    return {_LETTERS[letter] for letter in letters}


@pytest.mark.asyncio
async def test_every_route_of_the_document_is_expected(guard: Guarded) -> None:
    document = guard.app.openapi()
    found = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert found == set(DOCUMENT)


@pytest.mark.asyncio
async def test_every_other_route_is_expected_too(guard: Guarded) -> None:
    found = {f"{method} {plain(path)}" for method, path in leaves(guard.app.routes)}
    inner = {f"POST /internal/{name}" for name in INNER}
    assert found == {
        *DOCUMENT,
        *BESIDE,
        *inner,
        f"{WEBSOCKET} /api/v1/feed",
        f"{WEBSOCKET} /api/v1/figures",
    }
    assert {(rule.method, plain(rule.path)) for rule in RULES} == {
        tuple(entry.split(" ", 1)) for entry in found
    }


@pytest.mark.asyncio
async def test_a_route_without_a_rule_makes_no_application() -> None:
    router = APIRouter()
    router.add_api_route("/api/v1/new", lambda: {}, methods=["GET"])
    outer = APIRouter()
    outer.include_router(router)
    with pytest.raises(ValueError, match="GET /api/v1/new"):
        create_app(config(), None, [outer])  # type: ignore[arg-type]
    # A method more on a path that has a rule is a route of its own.
    other = APIRouter()
    other.add_api_route("/api/v1/units", lambda: {}, methods=["DELETE"])
    with pytest.raises(ValueError, match="DELETE /api/v1/units"):
        create_app(config(), None, [other])  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_what_is_added_behind_the_table_is_not_answered(
    stored_city: tuple[City, Store], query: StoreQuery
) -> None:
    guard = guarded(stored_city[0], query)
    guard.app.add_route("/later", lambda _: PlainTextResponse("secret"))
    assert unruled(guard.app.routes)
    async with guard.client("admin") as http:
        assert (await http.get("/later")).status_code == 404


@pytest.mark.asyncio
@pytest.mark.parametrize("entry", [*DOCUMENT, *BESIDE])
async def test_each_role_gets_what_is_expected_and_no_more(guard: Guarded, entry: str) -> None:
    method, path = entry.split(" ", 1)
    allowed = expected({**DOCUMENT, **BESIDE}[entry])
    rule, _, _ = rule_for(method, filled(path))
    assert rule is not None
    for role in ROLES:
        if role == "sender" and not rule.asked and rule.open:
            continue  # files that anybody has: nobody asks whose key comes with them
        async with guard.client(role) as http:
            answer = await http.request(method, filled(path))
        if role in allowed:
            # A wrong token in the form of /enter is refused by the page, not by the gate; so is
            # whoever is not at the machine of a simulation.
            refused = (401, 405) if path in ("/enter", "/act-as") else (401, 403, 405)
            assert answer.status_code not in refused, (role, answer.text)
        else:
            assert answer.status_code == (401 if role == "public" else 403), (role, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.asyncio
@pytest.mark.parametrize("name", INNER)
async def test_inner_routes_ask_for_their_own_token(guard: Guarded, name: str) -> None:
    for role in ROLES:
        async with guard.client(role) as http:
            assert (await http.post(f"/internal/{name}")).status_code == 403
    async with guard.client(Authorization="Bearer the-inner-token") as http:
        assert (await http.post("/internal/caught-up")).status_code == 200


@pytest.mark.asyncio
async def test_the_feed_is_for_those_who_may_see_the_wall(guard: Guarded) -> None:
    async with listening(guard.app) as server:
        for role in ROLES:
            code = await closed_with(server, guard.headers(role))
            assert (code is None) == (role in expected("wsrla")), (role, code)
            assert code in (None, 4401)
