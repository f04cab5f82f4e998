"""Who is asking, from what a request brings: a key, a token, a session, or this machine itself."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from api.access.acting import COOKIE, PURPOSE, Acting
from api.access.config import AccessConfig
from api.access.keys import PREFIX, Key, key_hash
from api.access.origins import is_local
from api.access.principal import ANYBODY, KeySuspended, NotAccepted, Principal
from api.access.sessions import Cookies, Session
from dossiers.text.identity import identity

KEY_HEADER = "X-API-Key"
_LONGEST = 200  # characters of a key


if TYPE_CHECKING:
    from api.access.sign_in import SignIn
    from api.access.tokens import TokenReader


class Authenticator:
    """``clock``: s since 1970. ``simulation``: the timeline, if it is one: then this machine may
    act as a person of it (api.access.acting); "" for any other."""

    def __init__(
        self,
        config: AccessConfig,
        clock: Callable[[], float] = time.time,
        simulation: str = "",
    ) -> None:
        self.config = config
        self.simulation = simulation
        self.cookies = Cookies(config.session_secret, clock)
        self.secure = config.public_url.startswith("https://")
        self.tokens: TokenReader | None = None
        self.sign_in: SignIn | None = None
        self.clock = clock
        if config.provider is not None:
            # Its packages take a third of a second, which a start without a provider saves.
            from api.access.provider import ProviderFiles  # noqa: PLC0415
            from api.access.sign_in import SignIn  # noqa: PLC0415
            from api.access.tokens import TokenReader  # noqa: PLC0415

            files = ProviderFiles(config.provider, config.http)
            self.tokens = TokenReader(config.provider, files, clock)
            self.sign_in = SignIn(config.provider, files, self.tokens, self.cookies, clock)

    def cookie(self, name: str) -> str:
        """Its full name: if there is https, one that no other host or path can set."""
        return f"__Host-{name}" if self.secure else name

    async def authenticate(self, scope: Scope) -> Principal:
        """Raises NotAccepted for credentials that are wrong: they never count as none. A cookie
        that is over counts as none: the browser sends it on its own."""
        headers = Headers(scope=scope)
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self.authenticate_text(rest.strip())
        if KEY_HEADER in headers:
            return self.authenticate_key(headers[KEY_HEADER])
        session = self.session(headers)
        if session is not None:
            return Principal(
                session.subject,
                frozenset(session.roles) or ANYBODY.roles,
                "session",
                session.units,
                session.officer,
                session.id,
                session.until,
            )
        return self._near(scope, headers)

    def _near(self, scope: Scope, headers: Headers) -> Principal:
        """This machine itself, or whom it acts as; anybody from elsewhere."""
        config = self.config
        if not config.local or config.loopback == "none" or not is_local(scope, headers):
            return ANYBODY
        acting = self.acting(scope, headers)
        if acting is not None:
            return acting.principal
        return Principal("loopback", frozenset({config.loopback}), "loopback")

    def may_act(self, scope: Scope, headers: Headers) -> bool:
        """Whether who asks may act as somebody: at the machine of a simulation, as its admin, and
        not signed in as a person of their own."""
        config = self.config
        near = bool(self.simulation) and config.local and config.loopback == "admin"
        return near and is_local(scope, headers) and self.session(headers) is None

    def acting(self, scope: Scope, headers: Headers) -> Acting | None:
        """Whom the browser acts as; None if it acts as nobody, or may not."""
        text = cookie_parser(headers.get("cookie", "")).get(self.cookie(COOKIE), "")
        if not text or not self.may_act(scope, headers):
            return None
        found = self.cookies.read(PURPOSE, text, Acting)
        if found is None or found.timeline != self.simulation:
            return None
        return found if self.cookies.lasts(found.id, found.until) else None

    def session(self, headers: Headers) -> Session | None:
        """The session of the request's cookie; None if there is none that lasts."""
        text = cookie_parser(headers.get("cookie", "")).get(self.cookie("dunghen"), "")
        return self.cookies.session(text) if text else None

    async def authenticate_text(self, text: str) -> Principal:
        """A key, the admin's token, or a token of the provider. Raises NotAccepted."""
        admin = self.config.admin_token
        if admin and hmac.compare_digest(text.encode(), admin.encode()):
            return Principal("admin", frozenset({"admin"}), "admin_token")
        if self.tokens is not None and text.count(".") == 2 and not text.startswith(PREFIX):
            return await self.tokens.bearer(text)
        return self.authenticate_key(text)

    def authenticate_key(self, text: str) -> Principal:
        """Raises NotAccepted, as KeySuspended for a key that waits for somebody to confirm it."""
        key = self.config.keys.find(key_hash(text)) if 0 < len(text) <= _LONGEST else None
        if key is not None and key.suspended_at is not None and key.lasts(self._now()):
            raise KeySuspended(Principal(key.name, frozenset(), "key", handle=key.id))
        if key is None or not key.good(self._now()):
            raise NotAccepted(
                "Nobody has this key, or it was revoked or is over. `dunghen keys add` makes one.",
                "key_unknown" if key is None else key.fault(self._now()),
            )
        self.config.keys.used(key.id)
        return _owner(key)

    def still_valid(self, who: Principal) -> bool:
        """Whether somebody who was let in would be now: keys are revoked, sessions end."""
        return not self.ended(who)

    def ended(self, who: Principal) -> str:
        """Why somebody who was let in would not be now, as in docs/feed.md; "" if they would."""
        if who.means == "key":
            key = self.config.keys.by_id(who.handle)
            return "key_unknown" if key is None else key.fault(self._now())
        over = who.until is not None and who.until <= self.clock()
        if who.means in ("session", "acting"):
            over = over or not self.cookies.lasts(who.handle, who.until or 0.0)
        return "session_over" if over else ""

    def _now(self) -> int:
        return int(self.clock() * 1000)


def _owner(key: Key) -> Principal:
    until = None if key.expires_at is None else key.expires_at / 1000
    units = tuple(map(identity, key.units))
    return Principal(
        key.name, frozenset({key.role}), "key", units, handle=key.id, until=until, wall=key.wall
    )
