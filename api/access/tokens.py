"""Signed tokens (JWT) of the provider: is it one of its own, for us, now, and of whom?"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from api.access.config import Provider
from api.access.principal import PEOPLE, NotAccepted, Principal, Role
from api.access.provider import ProviderFiles
from dossiers.reference.context import UNKNOWN
from dossiers.text.identity import identity

MOST_BYTES = 16_384
_WRONG = "The token is not accepted: sign in again, or get a new one from the provider."


class TokenReader:
    """Checks signature, issuer, audience and times. ``clock``: s since 1970."""

    def __init__(
        self, provider: Provider, files: ProviderFiles, clock: Callable[[], float] = time.time
    ) -> None:
        self._provider = provider
        self._files = files
        self._clock = clock

    async def bearer(self, token: str) -> Principal:
        """Who a bearer token is about. Raises NotAccepted, ProviderAway."""
        claims = await self.claims(token, self._provider.audience)
        if claims.get("typ") in ("ID", "Refresh", "Logout"):
            raise NotAccepted(_WRONG)
        who = self.principal(claims)
        return Principal(
            who.subject, who.roles, "token", who.units, who.officer, until=float(claims["exp"])
        )

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token that is in order. Raises NotAccepted for every other."""
        header = _header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        # What signs is ours to choose, not the token's: "none" and shared secrets are never asked.
        if algorithm not in self._provider.algorithms or not isinstance(kid, str) or not audience:
            raise NotAccepted(_WRONG)
        key = await self._files.key(kid)
        if key is None:
            raise NotAccepted(_WRONG)
        try:
            signed = jws.deserialize_compact(token, key, list(self._provider.algorithms))
            claims = json.loads(signed.payload)
        except (JoseError, ValueError, TypeError, RecursionError):
            raise NotAccepted(_WRONG) from None
        good = isinstance(claims, dict) and self._current(claims) and self._for(claims, audience)
        if not good:
            raise NotAccepted(_WRONG)
        return dict(claims)

    def _current(self, claims: Mapping[str, Any]) -> bool:
        now, leeway = self._clock(), self._provider.leeway
        ends, begins, made = (_time(claims.get(n)) for n in ("exp", "nbf", "iat"))
        return (
            ends is not None
            and now < ends + leeway
            and ("nbf" not in claims or (begins is not None and begins - leeway <= now))
            and ("iat" not in claims or (made is not None and made - leeway <= now))
        )

    def _for(self, claims: Mapping[str, Any], audience: str) -> bool:
        given = claims.get("aud")
        audiences = given if isinstance(given, list) else [given]
        return claims.get("iss") == self._provider.issuer and audience in audiences

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        """Roles, units and officer as the claims have them; what is not understood is nothing."""
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise NotAccepted(_WRONG)
        prefix = self._provider.role_prefix
        named = {name.removeprefix(prefix) for name in _texts(
            nested(claims, self._provider.roles_claim)) if name.startswith(prefix)}  # fmt: skip
        roles: set[Role] = {role for role in PEOPLE if role in named}
        officer = nested(claims, self._provider.officer_claim)
        known = isinstance(officer, str) and officer != UNKNOWN
        return Principal(
            subject=subject,
            roles=frozenset(roles) or frozenset({"public"}),
            means="session",
            units=tuple(sorted(map(identity, _texts(nested(claims, self._provider.units_claim))))),
            officer=identity(officer) if known and isinstance(officer, str) else "",
        )


def _header(token: str) -> dict[str, Any]:
    """What a token says of its key and algorithm, unverified. Raises NotAccepted."""
    try:
        if len(token) > MOST_BYTES or token.count(".") != 2:
            raise ValueError
        text = token.partition(".")[0]
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(found, dict):
            raise ValueError
    except (binascii.Error, ValueError, RecursionError):
        raise NotAccepted(_WRONG) from None
    return found


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def nested(claims: Mapping[str, Any], path: str) -> Any:
    """The value at a path with dots; a name that has dots itself is found first."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [part for part in value.replace(",", " ").split() if part]
    return [v for v in value if isinstance(v, str) and v] if isinstance(value, list) else []
