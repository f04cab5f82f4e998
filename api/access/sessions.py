"""Signed cookies: a session after a sign-in, and what a sign-in under way must remember.

The content is readable and cannot be changed: it is signed (HMAC-SHA256) with a secret of this
installation, for one purpose. A session that was ended is refused until it would have ended.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from api.access.principal import PEOPLE, Principal, Role

_Content = TypeVar("_Content", bound=msgspec.Struct)
ATTEMPT_SECONDS = 600
CALLBACK = "/sign-in/callback"
_MOST_ENDED = 10_000


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """``until``: s since 1970."""

    id: str
    subject: str
    roles: tuple[Role, ...]
    until: float
    units: tuple[str, ...] = ()
    officer: str = ""


class SignInAttempt(msgspec.Struct, frozen=True):
    """A sign-in under way; it lives in the browser that began it. ``until``: s since 1970."""

    state: str
    nonce: str
    verifier: str
    goal: str
    until: float


def plain_cookies(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a request without cookies that have quotes: ours have none. The standard
    library's way of taking them off was quadratic for years: 30 kB of backslashes keep it busy for
    seconds (CVE-2024-7592), and the framework reads cookies for every route."""
    return [
        (name, b";".join(pair for pair in value.split(b";") if b'"' not in pair))
        if name == b"cookie" and b'"' in value
        else (name, value)
        for name, value in headers
    ]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _data(text: str) -> bytes:
    """The bytes of URL-safe base64 without its padding. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Cookies:
    """Signs and reads. ``secret`` empty: a random one, so that sessions end with the process."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret or secrets.token_bytes(32)
        self._clock = clock
        self._ended: dict[str, float] = {}  # session or state -> when it would have ended

    def sign(self, purpose: str, content: msgspec.Struct) -> str:
        """``content`` as a text that ``read`` takes for the same purpose only."""
        body = _text(msgspec.json.encode(content))
        return f"{body}.{_text(self._mac(purpose, body))}"

    def read(self, purpose: str, text: str, kind: type[_Content]) -> _Content | None:
        """What was signed, or None if it was not signed here for this purpose."""
        body, _, mac = text.partition(".")
        try:
            if not hmac.compare_digest(_data(mac), self._mac(purpose, body)):
                return None
            return msgspec.json.decode(_data(body), type=kind)
        except (binascii.Error, ValueError, msgspec.MsgspecError):
            return None

    def open(self, who: Principal, hours: float) -> tuple[Session, str]:
        """A new session, never one that the browser brought."""
        roles = tuple(role for role in PEOPLE if role in who.roles)
        session = Session(
            id=secrets.token_urlsafe(16),
            subject=who.subject,
            roles=roles,
            until=min(self._clock() + hours * 3600, who.until or float("inf")),
            units=who.units,
            officer=who.officer,
        )
        return session, self.sign("session", session)

    def session(self, text: str) -> Session | None:
        """A session that lasts; None if it is wrong, over or was ended."""
        found = self.read("session", text, Session)
        return found if found is not None and self.lasts(found.id, found.until) else None

    def lasts(self, id_: str, until: float) -> bool:
        """Whether a session goes on that ends by itself at ``until`` (s since 1970)."""
        return until > self._clock() and id_ not in self._ended

    def end(self, id_: str, until: float) -> bool:
        """From now on it is refused; False if it was before. ``until``: s since 1970."""
        now = self._clock()
        if len(self._ended) >= _MOST_ENDED:
            self._ended = {each: end for each, end in self._ended.items() if end > now}
        known = id_ in self._ended
        self._ended[id_] = until
        return not known

    def form_token(self, session: str) -> str:
        """What a form of a page of ours carries: another site cannot know it."""
        return _text(self._mac("form", session))

    def _mac(self, purpose: str, body: str) -> bytes:
        return hmac.new(self._secret, f"{purpose}\0{body}".encode(), hashlib.sha256).digest()
