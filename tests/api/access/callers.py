"""One caller of each role, and an application that lets nobody in for being near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from anyio import from_thread
from fastapi import FastAPI

from api.access.authentication import Authenticator
from api.access.config import AccessConfig
from api.access.keys import FixedKeys, Key, key_hash
from api.access.principal import ROLES, Principal, Role
from api.acts import Acts
from api.app import create_app
from api.core import Live
from api.live.view import TopicRecord
from api.ports import SettingsAway
from api.publications.ports import LateLists
from dossiers.wire.audit import Audited
from dossiers.wire.topics import ROSTER, SETTINGS
from dunghen.serving.inner_routes import inner_routes
from tests.api.city import City
from tests.api.settings import config

SECRET = b"the secret of the sessions of this test"
ADMIN_TOKEN = "an-admin-token-of-a-test"
HERE = "http://127.0.0.1"
KEYS = {
    "wall": "dhk_a-wall-of-everything",
    "wall-u1": "dhk_a-wall-of-one-unit",
    "monitor": "dhk_somebody-who-measures",
    "sender": "dhk_somebody-who-posts",
    "revoked": "dhk_somebody-who-was-here",
    "over": "dhk_somebody-who-is-late",
    "suspended": "dhk_a-wall-that-was-restored",
    "suspended-sender": "dhk_a-sender-that-was-restored",
}


def keys() -> FixedKeys:
    def key(name: str, role: Any, **more: Any) -> Key:
        return Key(id=f"id-{name}", name=name, role=role, sha256=key_hash(KEYS[name]), **more)

    return FixedKeys(
        [
            key("wall", "wall"),
            key("wall-u1", "wall", units=("u1",)),
            key("monitor", "monitor"),
            key("sender", "sender"),
            key("revoked", "wall", revoked_at=1),
            key("over", "wall", expires_at=1),
            key("suspended", "wall", suspended_at=1),
            key("suspended-sender", "sender", suspended_at=1),
        ]
    )


@dataclass
class Entries:
    """An audit trail that a test can read."""

    entries: list[Audited]

    def write(self, entry: Audited) -> None:
        self.entries.append(entry)


def person(
    role: Role, *, units: tuple[str, ...] = (), officer: str = "", until: float | None = None
) -> Principal:
    return Principal(f"a {role}", frozenset({role}), "session", units, officer, until=until)


# Of each role one, with as little as the role may have.
PEOPLE: Mapping[str, Principal] = {
    "officer": person("officer", officer="o1"),
    "supervisor": person("supervisor", units=("u1",)),
    "reform_office": person("reform_office"),
    "leader": person("leader"),
    "admin": person("admin"),
}


class NoSink:
    def status(self) -> Any:
        return {}

    def caught_up(self) -> bool:
        return True

    def committed_ends(self) -> None:
        return None

    def reached(self, ends: Any) -> bool:
        return True


class EchoedSettings:
    """Topic settings, or another one, as a live view sees it, without a broker."""

    live: Live

    def __init__(self, topic: str = SETTINGS) -> None:
        self.topic = topic
        self.away = False
        self.written: list[tuple[bytes, bytes | None]] = []

    def write(self, key: bytes, value: bytes | None) -> None:
        if self.away:
            raise SettingsAway("Kafka is away.")
        self.written.append((key, value))
        records: list[TopicRecord] = [(self.topic, key, value)]
        from_thread.run_sync(self.live.deliver, records)


@dataclass
class Guarded:
    """An application over the small city, and callers of it."""

    app: FastAPI
    trail: Entries
    settings: EchoedSettings = field(default_factory=EchoedSettings)
    roster: EchoedSettings = field(default_factory=EchoedSettings)

    @property
    def live(self) -> Live:
        live: Live = self.app.state.live
        return live

    @property
    def authenticator(self) -> Authenticator:
        authenticator: Authenticator = self.app.state.sign_in_flow.authenticator
        return authenticator

    def headers(self, who: str | Principal) -> dict[str, str]:
        """What somebody sends: ``who`` is a role, the name of a key, or a person."""
        if who == "public":
            return {}
        if isinstance(who, str) and who in KEYS:
            return {"Authorization": f"Bearer {KEYS[who]}"}
        principal = PEOPLE[who] if isinstance(who, str) else who
        _, text = self.authenticator.cookies.open(principal, 1.0)
        return {"Cookie": f"{self.authenticator.cookie('dunghen')}={text}", "Origin": HERE}

    def client(self, who: str | Principal = "public", **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=HERE,
            headers={**self.headers(who), **headers},
        )


def guarded(
    city: City,
    query: Any,
    acting: Acts | None = None,
    mode: str = "simulation",
    late_lists: LateLists | None = None,
    **access: Any,
) -> Guarded:
    """``access``: fields of AccessConfig that differ."""
    fields = {
        "loopback": "none",
        "session_secret": SECRET,
        "admin_token": ADMIN_TOKEN,
        "keys": keys(),
        "rate": 10_000.0,
        **access,
    }
    trail = Entries([])
    inner = inner_routes("the-inner-token", None, NoSink())  # type: ignore[arg-type]
    settings, roster = EchoedSettings(), EchoedSettings(ROSTER)
    given = config(
        access=AccessConfig(**fields), settings=settings, roster=roster, acting=acting, mode=mode,
        late_lists=late_lists,
    )  # fmt: skip
    app = create_app(given, query, [inner], trail=trail)
    live: Live = app.state.live
    settings.live = roster.live = live
    live.deliver(city.records())
    live.loaded()
    live.hub.publish()
    return Guarded(app, trail, settings, roster)


assert set(ROLES) == {"public", *PEOPLE, "wall", "monitor", "sender"}
