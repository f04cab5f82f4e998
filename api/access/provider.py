"""What is known of the OpenID Connect provider: its addresses and its keys, fetched when needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from api.access.config import Provider
from api.access.principal import ProviderAway

KEPT = 3600.0  # s that addresses and keys are believed
PAUSE = 30.0  # s between two questions because of a key that is not known
_MOST_BYTES = 512 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ProviderFiles:
    """Discovery document and key set. A forged token cannot make us ask more often than PAUSE."""

    def __init__(
        self,
        provider: Provider,
        http: Callable[[], httpx.AsyncClient],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Key]] | None = None

    async def metadata(self) -> Mapping[str, Any]:
        """The discovery document. Raises ProviderAway."""
        async with self._lock:
            return await self._discovered()

    async def _discovered(self) -> dict[str, Any]:
        if self._metadata is None or self._clock() - self._metadata[0] > KEPT:
            issuer = self._provider.issuer
            found = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise ProviderAway(f"The provider at {issuer} calls itself by another issuer.")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not safe_address(found.get(name)):
                    raise ProviderAway(f"The provider at {issuer} has no {name} over https.")
            self._metadata = (self._clock(), found)
        return self._metadata[1]

    async def key(self, kid: str) -> Key | None:
        """The public key with this id; asks again, now and then, for one that is not known."""
        async with self._lock:
            now = self._clock()
            known = self._keys
            if known is None or now - known[0] > KEPT or (
                kid not in known[1] and now - known[0] > PAUSE
            ):  # fmt: skip
                metadata = await self._discovered()
                known = (now, _public_keys(await self._get(metadata["jwks_uri"])))
                self._keys = known
            return known[1].get(kid)

    async def post(self, address: str, form: Mapping[str, str], auth: Any) -> dict[str, Any]:
        """The answer of the token endpoint. Raises ProviderAway; a refusal has "error" in it."""
        async with self._http() as http:
            try:
                answer = await http.post(
                    address, data=dict(form), auth=auth, headers={"Accept": "application/json"}
                )
            except httpx.HTTPError as error:
                raise ProviderAway(f"The provider at {address} does not answer.") from error
        if answer.status_code >= 500:
            raise ProviderAway(f"The provider at {address} answers {answer.status_code}.")
        return _object(answer, address)

    async def _get(self, address: str) -> dict[str, Any]:
        async with self._http() as http:
            try:
                answer = await http.get(address, headers={"Accept": "application/json"})
            except httpx.HTTPError as error:
                raise ProviderAway(f"The provider at {address} does not answer.") from error
        if answer.status_code != 200:
            raise ProviderAway(f"The provider at {address} answers {answer.status_code}.")
        return _object(answer, address)


def _object(answer: httpx.Response, address: str) -> dict[str, Any]:
    try:
        found = answer.json() if len(answer.content) <= _MOST_BYTES else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderAway(f"The provider at {address} answers with no JSON object.")
    return found


def safe_address(address: object) -> bool:
    """https, or http on this machine."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _public_keys(document: dict[str, Any]) -> dict[str, Key]:
    """By id, those that sign. Symmetric ones have no place in a public set."""
    found: dict[str, Key] = {}
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        kid = entry.get("kid")
        if not isinstance(kid, str) or entry.get("use", "sig") != "sig":
            continue
        try:
            found[kid] = JWKRegistry.import_key(entry)
        except (JoseError, ValueError, TypeError):
            continue
    return found
