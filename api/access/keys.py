"""Keys of machines: senders, walls, monitoring. Only their SHA-256 is kept; a key has 256
random bits, so a slow hash would make nothing safer."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

import msgspec

KeyRole = Literal["sender", "wall", "monitor"]
PREFIX = "dhk_"  # so that a key is found where it should not be
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Key(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``id`` is no secret and names it in lists. ``units``: of a wall, ids of units that it shows;
    of a sender, codes (madonvi) that it may send for; empty: all. ``wall``: of a wall, the name of
    the only one that it opens, "" for any. Times in ms. ``suspended_at``: it
    came back with a restored backup and may have been revoked since that was made; it opens nothing
    before somebody confirms it."""

    id: str
    name: str
    role: KeyRole
    sha256: str
    units: tuple[str, ...] = ()
    created_at: int = 0
    expires_at: int | None = None
    revoked_at: int | None = None
    suspended_at: int | None = None
    wall: str = ""

    def lasts(self, now: int) -> bool:
        """Whether it has not come to its end at ``now`` (ms)."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def good(self, now: int) -> bool:
        """Whether it opens anything at ``now`` (ms)."""
        return self.suspended_at is None and self.lasts(now)

    def fault(self, now: int) -> str:
        """Why it opens nothing at ``now`` (ms), as in docs/feed.md; "" if it does."""
        if self.revoked_at is not None:
            return f"key_revoked {self.name} {self.revoked_at}"
        if not self.lasts(now):
            return f"key_expired {self.name} {self.expires_at}"
        return f"key_suspended {self.name}" if self.suspended_at is not None else ""


class KeyBook(Protocol):
    """The keys there are. Asked on the event loop: it must not wait for anything."""

    def find(self, sha256: str) -> Key | None:
        """The key with this hash, good or not."""

    def by_id(self, id_: str) -> Key | None:
        """The key with this id, good or not."""

    def used(self, id_: str) -> None:
        """The key has just let somebody in: `dunghen keys list` shows when that was last."""


def new_key() -> str:
    """A key, to be shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> str:
    """SHA-256 (hex) of a key, as it is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


class FixedKeys:
    """Keys that do not change while the process runs."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys: Mapping[str, Key] = {key.sha256: key for key in keys}
        self._ids = {key.id: key for key in self._keys.values()}

    def find(self, sha256: str) -> Key | None:
        return self._keys.get(sha256)

    def by_id(self, id_: str) -> Key | None:
        return self._ids.get(id_)

    def used(self, id_: str) -> None:
        pass


class NoKeys(FixedKeys):
    """Nobody has a key."""

    def __init__(self) -> None:
        super().__init__(())
