"""Keys of displays, handed out with a code that counts once: the key itself is shown to nobody.

A code stands in no log: it is typed on the display, or stands behind "#" of a link. It is kept as
its hash, in this process, for a quarter of an hour.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from api.access.keys import Key, key_hash

CODE_SECONDS = 15 * 60
MOST_CODES = 200  # that wait at a time
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look like another
_LENGTH = 10  # 49 bits: at 50 guesses a second, 1 in ten billion is right within its time


class KeysAway(Exception):
    """Keys cannot be changed here; the text says why and what to do."""


class WallKeys(Protocol):
    """The keys of displays. Methods block and may be called from any thread; they raise
    KeysAway."""

    def of_walls(self) -> list[tuple[Key, int | None]]:
        """Those bound to the name of a wall, with when each was used last (ms)."""

    def add(self, wall: str, units: tuple[str, ...], expires_at: int | None) -> tuple[Key, str]:
        """A new key, and its text, which is kept nowhere."""

    def revoke(self, id_: str) -> Key | None:
        """The key with this id, which opens nothing any more; None if none could be revoked."""

    def extend(self, id_: str, expires_at: int | None) -> Key | None:
        """The key with this id, which ends then (ms; None: never); None if there is none, or it
        was revoked."""


@dataclass(frozen=True)
class Promise:
    """What a code will be changed for. ``units``: of the key; ``days``: it lasts, None: for ever.
    ``until``: s since 1970."""

    wall: str
    units: tuple[str, ...]
    days: int | None
    until: float


class HandedCodes:
    """Codes that wait for their display. ``clock``: s since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: dict[str, Promise] = {}

    def make(self, wall: str, units: tuple[str, ...], days: int | None) -> str:
        """A new code, "" if too many wait."""
        now = self._clock()
        self._waiting = {code: each for code, each in self._waiting.items() if each.until > now}
        if len(self._waiting) >= MOST_CODES:
            return ""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        self._waiting[key_hash(code)] = Promise(wall, units, days, now + CODE_SECONDS)
        return f"{code[:5]}-{code[5:]}"

    def take(self, wall: str, code: str) -> Promise | None:
        """What a code of this wall is changed for, once; None if there is none such."""
        plain = "".join(code.upper().split()).replace("-", "")
        found = self._waiting.get(key_hash(plain))
        if found is None or found.wall != wall or found.until <= self._clock():
            return None
        del self._waiting[key_hash(plain)]
        return found

    def withdraw(self, wall: str) -> None:
        """Of a wall that is removed, codes count no more."""
        self._waiting = {code: each for code, each in self._waiting.items() if each.wall != wall}
