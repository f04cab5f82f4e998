"""A real OpenID Connect provider in this process: discovery, keys, codes with PKCE, signed tokens.

It shares no code with what it tests, and refuses what a provider must refuse.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER = "https://id.example.vn/realms/tinh"
CLIENT, CLIENT_SECRET = "dunghen", "a secret: with %/+ in it"
AUDIENCE = "dunghen-api"


@dataclass
class Grant:
    """What stands behind a code."""

    query: dict[str, str]
    claims: dict[str, Any]
    until: float


@dataclass
class OpenIdProvider:
    """``person``: the claims of who is sitting at the browser. ``redirects``: registered ones."""

    redirects: tuple[str, ...] = ("http://127.0.0.1/sign-in/callback",)
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "nva"})
    issuer: str = ISSUER
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k-1"}))
    more_keys: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    id_token_changes: dict[str, Any] = field(default_factory=dict)
    _grants: dict[str, Grant] = field(default_factory=dict)

    def app(self) -> Starlette:
        base = urlsplit(self.issuer).path
        return Starlette(
            routes=[
                Route(f"{base}/.well-known/openid-configuration", self._discovery),
                Route(f"{base}/keys", self._keys),
                Route(f"{base}/authorize", self._authorize),
                Route(f"{base}/token", self._token, methods=["POST"]),
            ]
        )

    def http(self) -> httpx.AsyncClient:
        """How the application under test reaches it."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app()))

    async def _discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        own = {**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}
        return JSONResponse({"keys": [own, *self.more_keys]})

    async def _authorize(self, request: Request) -> Response:
        """Somebody is signed in here already and agrees."""
        query = dict(request.query_params)
        if query.get("client_id") != CLIENT or query.get("redirect_uri") not in self.redirects:
            return JSONResponse({"error": "unauthorized_client"}, 400)
        wrong = (
            query.get("response_type") != "code"
            or query.get("code_challenge_method") != "S256"
            or len(query.get("code_challenge", "")) != 43
            or "openid" not in query.get("scope", "").split()
            or not query.get("state")
        )
        back = {"state": query.get("state", ""), "iss": self.issuer}
        if wrong:
            back["error"] = "invalid_request"
        else:
            code = back["code"] = secrets.token_urlsafe(16)
            self._grants[code] = Grant(query, dict(self.person), time.time() + 60)
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 303)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":") if given else ("", "", "")
        if kind != "Basic" or (unquote(name), unquote(secret)) != (CLIENT, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = self._grants.pop(form.get("code", ""), None)  # a code is good once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            form.get("grant_type") != "authorization_code"
            or grant is None
            or grant.until < time.time()
            or grant.query["redirect_uri"] != form.get("redirect_uri")
            or grant.query["code_challenge"] != challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "aud": CLIENT, "nonce": grant.query.get("nonce"), "typ": "ID", **grant.claims,
            **self.id_token_changes,
        }  # fmt: skip
        return JSONResponse(
            {
                "access_token": self.token(grant.claims),
                "token_type": "Bearer",
                "id_token": self.token(claims),
            }
        )

    def token(self, claims: dict[str, Any], **header: Any) -> str:
        """A token signed with the provider's key; ``claims`` outrank what it usually says."""
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 300, **claims}
        head = {"alg": "RS256", "kid": "k-1", "typ": "JWT", **header}
        return jwt.encode(head, {k: v for k, v in whole.items() if v is not None}, self.key)


def claims_of(role: str, **more: Any) -> dict[str, Any]:
    return {"sub": f"a {role}", "realm_access": {"roles": ["offline", f"dunghen-{role}"]}, **more}


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
