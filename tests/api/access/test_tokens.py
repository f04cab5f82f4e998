"""Bearer tokens: who they are about, and every way in which one can be false."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from api.access.config import Provider
from api.access.provider import PAUSE, ProviderFiles
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.access.provider import (
    AUDIENCE,
    CLIENT,
    ISSUER,
    OpenIdProvider,
    claims_of,
)
from tests.api.city import City

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def issuing() -> OpenIdProvider:
    return OpenIdProvider()


@pytest.fixture
def guard(stored_city: tuple[City, Store], query: StoreQuery, issuing: OpenIdProvider) -> Guarded:
    provider = Provider(issuer=ISSUER, client_id=CLIENT, audience=AUDIENCE)
    return guarded(stored_city[0], query, provider=provider, http=issuing.http)


async def status(guard: Guarded, token: str, path: str = "/api/v1/units") -> int:
    async with guard.client(Authorization=f"Bearer {token}") as http:
        answer = await http.get(path)
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
            assert token not in answer.text
        return answer.status_code


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


async def test_a_token_says_who_one_is(guard: Guarded, issuing: OpenIdProvider) -> None:
    token = issuing.token(claims_of("supervisor", units=["u1"]))
    async with guard.client(Authorization=f"Bearer {token}") as http:
        me = (await http.get("/api/v1/me")).json()
        units = (await http.get("/api/v1/units")).json()["units"]
    assert (me["subject"], me["roles"], me["means"]) == ("a supervisor", ["supervisor"], "token")
    assert [unit["id"] for unit in units] == ["u1"]


async def test_roles_of_others_count_for_nothing(guard: Guarded, issuing: OpenIdProvider) -> None:
    for roles in (["admin"], ["dunghen-"], ["dunghen-sender"], ["dunghen-wall"], "x", [1], None):
        token = issuing.token({"sub": "n", "realm_access": {"roles": roles}})
        assert await status(guard, token) == 403
        assert await status(guard, token, "/metrics") == 403


@dataclass(frozen=True)
class after:
    """So many seconds after the test has begun: its name is the same in every run."""

    seconds: int


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": after(-60)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": after(600)},
        {"nbf": "soon"},
        {"iat": after(600)},
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT]},
        {"aud": {"a": AUDIENCE}},
        {"iss": "https://id.example.vn/realms/other"},
        {"iss": None},
        {"iss": ISSUER + "/"},
        {"sub": None},
        {"sub": ""},
        {"typ": "ID"},
        {"typ": "Refresh"},
    ],
    ids=str,
)
async def test_claims_that_are_not_in_order(
    guard: Guarded, issuing: OpenIdProvider, changes: dict[str, Any]
) -> None:
    good = claims_of("admin")
    assert await status(guard, issuing.token(good)) == 200
    now = int(time.time())
    changed = {
        name: now + value.seconds if isinstance(value, after) else value
        for name, value in changes.items()
    }
    assert await status(guard, issuing.token({**good, **changed})) == 401


async def test_a_token_for_several_is_for_us_too(guard: Guarded, issuing: OpenIdProvider) -> None:
    token = issuing.token(claims_of("admin", aud=["account", AUDIENCE]))
    assert await status(guard, token) == 200


async def test_no_signature_is_no_token(guard: Guarded, issuing: OpenIdProvider) -> None:
    body = issuing.token(claims_of("admin")).split(".")[1]
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        for kid in ("k-1", None):
            head = part({"alg": algorithm, "kid": kid, "typ": "JWT"})
            assert await status(guard, f"{head}.{body}.") == 401
            assert await status(guard, f"{head}.{body}.{'A' * 342}") == 401


@pytest.mark.parametrize("form", ["pem", "der", "n"])
async def test_the_public_key_is_no_shared_secret(
    guard: Guarded, issuing: OpenIdProvider, form: str
) -> None:
    public: bytes = {
        "pem": issuing.key.as_pem(private=False),
        "der": issuing.key.as_der(private=False),
        "n": json.dumps(issuing.key.as_dict(private=False)).encode(),
    }[form]
    body = issuing.token(claims_of("admin")).split(".")[1]
    signed = f"{part({'alg': 'HS256', 'kid': 'k-1', 'typ': 'JWT'})}.{body}"
    mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    forged = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    assert await status(guard, forged) == 401


async def test_a_shared_secret_in_the_key_set_is_not_believed(
    guard: Guarded, issuing: OpenIdProvider
) -> None:
    secret = b"0123456789abcdef0123456789abcdef"
    entry = {"kty": "oct", "kid": "oct-1", "k": base64.urlsafe_b64encode(secret).decode()}
    issuing.more_keys.append(entry)
    try:
        body = issuing.token(claims_of("admin")).split(".")[1]
        signed = f"{part({'alg': 'HS256', 'kid': 'oct-1'})}.{body}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        text = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        assert await status(guard, text) == 401
        provider = Provider(issuer=ISSUER, client_id=CLIENT, audience=AUDIENCE)
        assert await ProviderFiles(provider, issuing.http).key("oct-1") is None
    finally:
        issuing.more_keys.clear()


async def test_keys_of_others_sign_nothing(guard: Guarded, issuing: OpenIdProvider) -> None:
    claims = jwt.decode(issuing.token(claims_of("admin")), issuing.key).claims
    other = RSAKey.generate_key(2048, {"kid": "k-1"})
    stranger = jwt.encode({"alg": "RS256", "kid": "k-1"}, claims, other)
    unknown = jwt.encode({"alg": "RS256", "kid": "k-2"}, claims, other)
    nameless = jwt.encode({"alg": "RS256"}, claims, issuing.key)
    brought = jwt.encode(
        {"alg": "RS256", "kid": "k-1", "jwk": other.as_dict(private=False)}, claims, other
    )
    curve = jwt.encode(
        {"alg": "ES256", "kid": "k-1"}, claims, ECKey.generate_key("P-256", {"kid": "k-1"})
    )
    for token in (stranger, unknown, nameless, brought, curve):
        assert await status(guard, token) == 401


async def test_an_algorithm_that_is_not_on_the_list_is_refused(
    guard: Guarded, issuing: OpenIdProvider
) -> None:
    claims = jwt.decode(issuing.token(claims_of("admin")), issuing.key).claims
    token = jwt.encode({"alg": "RS512", "kid": "k-1"}, claims, issuing.key, algorithms=["RS512"])
    assert await status(guard, token) == 401


async def test_every_changed_letter_is_noticed(guard: Guarded, issuing: OpenIdProvider) -> None:
    head, body, mac = issuing.token(claims_of("officer", officer="o1")).split(".")
    richer = part({**json.loads(base64.urlsafe_b64decode(body + "==")), "sub": "somebody else"})
    assert await status(guard, f"{head}.{richer}.{mac}") == 401
    assert await status(guard, f"{head}.{body}.{mac[:-4]}AAAA") == 401
    for text in ("", ".", "..", "a.b.c", f"{head}.{body}", f"{head}.{body}.{mac}.x", "é.é.é"):
        async with guard.client() as http:
            answer = await http.get(
                "/api/v1/units", headers={b"Authorization": f"Bearer {text}".encode()}
            )
        assert answer.status_code == 401, text
    assert await status(guard, f"{'A' * 20_000}.{body}.{mac}") == 401


async def test_forged_tokens_do_not_make_us_ask_the_provider_again_and_again(
    issuing: OpenIdProvider,
) -> None:
    now = 1_000.0
    provider = Provider(issuer=ISSUER, client_id=CLIENT, audience=AUDIENCE)
    files = ProviderFiles(provider, issuing.http, lambda: now)
    issuing.asked.clear()
    assert await files.key("k-1") is not None
    for number in range(50):
        assert await files.key(f"forged-{number}") is None
    assert issuing.asked == ["discovery", "keys"]
    now += PAUSE + 1
    assert await files.key("forged") is None
    assert await files.key("k-1") is not None
    assert issuing.asked == ["discovery", "keys", "keys"]


async def test_a_provider_that_is_away_is_no_way_in(
    stored_city: tuple[City, Store], query: StoreQuery, issuing: OpenIdProvider
) -> None:
    elsewhere = OpenIdProvider(issuer="https://id.example.vn/realms/none")
    provider = Provider(issuer=ISSUER, client_id=CLIENT, audience=AUDIENCE)
    guard = guarded(stored_city[0], query, provider=provider, http=elsewhere.http)
    assert await status(guard, issuing.token(claims_of("admin"))) == 503
