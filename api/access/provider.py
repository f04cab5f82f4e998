"""What is known of the OpenID Connect provider: its addresses and its keys, fetched when needed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from joserfc.jwk import JWKRegistry, Key

from api.access.config import Provider
from api.access.principal import ProviderAway
from api.access.single_flight import FETCH_SECONDS, SingleFlight

T = TypeVar("T")
KEPT = 3600.0  # s that addresses and keys are believed
BELIEVED = 12 * 3600.0  # s that they are believed if the provider is away
WAIT = 1.0  # s that who has a known key waits for a newer set
PAUSE = 30.0  # s between two questions because of a key that is not known
MOST_KID = 200  # characters of a key's id
_MOST_KEYS = 100
_MOST_BYTES = 512 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}  # unpacked, it may be huge


class ProviderFiles:
    """Discovery document and key set. A forged token cannot make us ask more often than PAUSE, and
    nobody whose key is known waits for what others brought."""

    def __init__(
        self,
        provider: Provider,
        http: Callable[[], httpx.AsyncClient],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._http = http
        self._metadata = SingleFlight(self._discover, clock)
        self._keys = SingleFlight(self._ask_for_keys, clock)

    async def metadata(self) -> Mapping[str, Any]:
        """The discovery document. Raises ProviderAway."""
        return await _believed(self._metadata)

    async def key(self, kid: str) -> Key | None:
        """The public key with this id; asks again, now and then, for one that is not known. Raises
        ProviderAway if it cannot be known whether there is such a key."""
        if not 0 < len(kid) <= MOST_KID:
            return None
        known = self._keys.value
        if known is not None and kid in known:
            return (await _believed(self._keys)).get(kid)
        if known is not None and self._keys.age <= PAUSE:
            return None
        return (await self._keys.fresh()).get(kid)

    async def post(self, address: str, form: Mapping[str, str], auth: Any) -> dict[str, Any]:
        """The answer of the token endpoint. Raises ProviderAway; a refusal has "error" in it."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                status, content = await self._asked("POST", address, data=dict(form), auth=auth)
        except TimeoutError:
            raise ProviderAway(f"The provider at {address} does not answer.") from None
        if status >= 500:
            raise ProviderAway(f"The provider at {address} answers {status}.")
        return _object(content, address)

    async def _discover(self) -> dict[str, Any]:
        issuer = self._provider.issuer
        found = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderAway(f"The provider at {issuer} calls itself by another issuer.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not safe_address(found.get(name)):
                raise ProviderAway(f"The provider at {issuer} has no {name} over https.")
        return found

    async def _ask_for_keys(self) -> dict[str, Key]:
        metadata = await _believed(self._metadata)
        return _public_keys(await self._get(metadata["jwks_uri"]))

    async def _get(self, address: str) -> dict[str, Any]:
        status, content = await self._asked("GET", address)
        if status != 200:
            raise ProviderAway(f"The provider at {address} answers {status}.")
        return _object(content, address)

    async def _asked(self, method: str, address: str, **more: Any) -> tuple[int, bytes]:
        """Status and content; nothing of more than _MOST_BYTES is kept, packed or not."""
        content = bytearray()
        try:
            async with (
                self._http() as http,
                http.stream(method, address, headers=_PLAIN, **more) as answer,
            ):
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise ProviderAway(f"The provider at {address} packs its answer unasked.")
                async for part in answer.aiter_raw():
                    content += part
                    if len(content) > _MOST_BYTES:
                        raise ProviderAway(f"The provider at {address} answers without an end.")
                return answer.status_code, bytes(content)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise ProviderAway(f"The provider at {address} does not answer.") from error


async def _believed(kept: SingleFlight[T]) -> T:
    """What is known, made new when it is old; while the provider is away, what was known before."""
    if kept.value is None:
        return await kept.fresh()
    if kept.age <= KEPT:
        return kept.value
    try:
        return await kept.fresh(0.0 if kept.failing else WAIT)
    except ProviderAway:
        if kept.age > BELIEVED:
            raise
        return kept.value


def _object(content: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderAway(f"The provider at {address} answers with no JSON object.")
    return found


def safe_address(address: object) -> bool:
    """https, or http on this machine."""
    if not isinstance(address, str) or len(address) > 2_000:
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        )
    except ValueError:
        return False


def _public_keys(document: dict[str, Any]) -> dict[str, Key]:
    """By id, those that sign. Symmetric ones have no place in a public set."""
    found: dict[str, Key] = {}
    entries = document.get("keys")
    for entry in entries[:_MOST_KEYS] if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        kid = entry.get("kid")
        if not isinstance(kid, str) or entry.get("use", "sig") != "sig":
            continue
        try:
            found[kid] = JWKRegistry.import_key(entry)
        except Exception:  # noqa: S112 (whatever is wrong with one key, the others count)
            continue
    return found
