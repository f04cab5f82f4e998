"""How callers are told apart; the composition root fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import httpx

from api.access.keys import KeyBook, NoKeys
from api.access.principal import Role


def http_client() -> httpx.AsyncClient:
    """For the provider: it answers soon or not at all, and never leads elsewhere."""
    return httpx.AsyncClient(timeout=5.0, follow_redirects=False)


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider and what its tokens must say. ``roles_claim``, ``units_claim``,
    ``officer_claim``: where they stand, with dots for nested ones. A role counts if its name begins
    with ``role_prefix``. ``audience``: of bearer tokens; those of a sign-in are for ``client_id``.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    audience: str = ""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    scope: str = "openid profile"
    roles_claim: str = "realm_access.roles"
    role_prefix: str = "dunghen-"
    units_claim: str = "units"
    officer_claim: str = "officer"
    leeway: int = 30  # s that the clocks may differ


@dataclass(frozen=True)
class AccessConfig:
    """``loopback``: the role of callers on this machine, if the API listens on loopback only.
    ``local``: it does. ``public_url``: as browsers see the API, "" as the request says.
    ``rate``, ``sender_rate``: requests a second of one caller, ``burst`` times as many at once.
    """

    loopback: Role | Literal["none"] = "admin"
    local: bool = True
    admin_token: str = field(default="", repr=False)
    session_secret: bytes = field(default=b"", repr=False)  # empty: random, until the process ends
    session_hours: float = 8.0
    public_url: str = ""
    provider: Provider | None = None
    keys: KeyBook = field(default_factory=NoKeys, repr=False)
    http: Callable[[], httpx.AsyncClient] = http_client
    rate: float = 50.0
    sender_rate: float = 2_000.0
    burst: float = 4.0
    feeds_per_key: int = 200
