"""Links in mails by which a receiver acts on one alert with one tap: what they say, and the
signature that proves it.

A link names person, alert, the sequence that they were told of, and the action. It holds nothing
secret, opens nothing but this one act, and ends by data time. The event that it makes has an id
that follows from these four, so a second use changes nothing, and no list of used links is kept.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Literal

import msgspec

OneTapAction = Literal["acknowledge", "snooze"]
LINK_PATH = "/alerts/act/"
LINK_HOURS = 8  # working hours for which a link is good
MOST_TOKEN = 1_000  # characters
KEY_BYTES = 32
_SIGNATURE = 32


class OneTap(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a link says. ``person``: id of the officer who is recorded. ``until`` (data time, ms):
    its end."""

    timeline: str
    person: str
    alert_id: str
    sequence: int
    action: OneTapAction
    until: int


class LinkKey:
    """Signs links and reads them. ``key``: KEY_BYTES random bytes; ValueError for another length.

    ``seal`` gives other parts of the same work values that nobody without the key can compute.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._key = key

    def link(self, base_url: str, tap: OneTap) -> str:
        """The address that does it; ``base_url``: scheme://host[:port] of the API."""
        return f"{base_url.rstrip('/')}{LINK_PATH}{self.token(tap)}"

    def token(self, tap: OneTap) -> str:
        """``tap`` as a text that ``read`` takes; of letters, digits, "-" and "_"."""
        body = msgspec.json.encode(tap)
        return _text(self._mac(body) + body)

    def read(self, token: str) -> OneTap | None:
        """What was signed with this key, None for anything else."""
        if not (0 < len(token) <= MOST_TOKEN and token.isascii()):
            return None
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, body = signed[:_SIGNATURE], signed[_SIGNATURE:]
        if _text(signed) != token or not hmac.compare_digest(signature, self._mac(body)):
            return None
        try:
            return msgspec.json.decode(body, type=OneTap)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def seal(self, purpose: str, text: str) -> str:
        """16 bytes in hexadecimal that only this key gives for ``text``."""
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256")[:16].hex()

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, b"one-tap\0" + body, "sha256")


def _text(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
