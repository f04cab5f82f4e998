"""Handing out keys of displays, and ending them: by whoever may change the wall."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from api.access.handing import HandedCodes, KeysAway, WallKeys
from api.access.keys import Key
from api.access.reach import Access
from api.walls.desk import WallDesk, WallError
from dossiers.time.hours import DAY
from dossiers.wire.walls import NamedWall

T = TypeVar("T")
NO_CODE = "The code is wrong, was used, or is older than 15 minutes."


class HandingOut:
    """``keys`` None: nobody may here. ``clock``: s since 1970."""

    def __init__(
        self, desk: WallDesk, keys: WallKeys | None, clock: Callable[[], float] = time.time
    ) -> None:
        self._desk = desk
        self._keys = keys
        self._clock = clock
        self._codes = HandedCodes(clock)

    async def listed(self, who: Access, name: str) -> list[tuple[Key, int | None]]:
        """The keys of a wall, those that last first, each with when it was used last (ms). Raises
        WallError."""
        self._desk.find(who, name)
        keys = self._keys_here()
        now = self._now()
        found = [each for each in await _away(keys.of_walls) if each[0].wall == name]
        return sorted(found, key=lambda each: (not each[0].lasts(now), -each[0].created_at))

    def code(self, who: Access, name: str, days: int | None) -> str:
        """A code for one display. Its key shows no more than who hands it out sees, whatever the
        wall shows one day. ``days``: that it lasts, None for ever. Raises WallError."""
        self._desk.find(who, name)
        self._keys_here()
        units = () if who.reach.whole else tuple(sorted(who.reach.units))
        code = self._codes.make(name, units, days)
        if not code:
            raise WallError(409, "wall_codes", "Too many codes wait for their display.")
        return code

    async def removed(self, who: Access, name: str, version: str) -> NamedWall:
        """The wall that is no more (as ``WallDesk.remove``), and with it the codes that wait and
        its keys: they open no other wall that gets its name. Raises WallError."""
        keys = await self._lasting(who, name)  # afterwards nobody may look at them any more
        found = await self._desk.remove(who, name, version)
        self._codes.withdraw(name)
        for key in keys:
            await _away(functools.partial(self._keys_here().revoke, key.id))
        return found

    async def _lasting(self, who: Access, name: str) -> list[Key]:
        if self._keys is None:
            return []
        now = self._now()
        return [key for key, _ in await self.listed(who, name) if key.lasts(now)]

    async def claim(self, name: str, code: str) -> tuple[Key, str]:
        """The key for a code, and its text. Raises WallError."""
        keys = self._keys_here()
        promise = self._codes.take(name, code)
        if promise is None:
            raise WallError(404, "wall_code", NO_CODE)
        ends = self._end(promise.days)
        return await _away(lambda: keys.add(name, promise.units, ends))

    async def end(self, who: Access, name: str, id_: str) -> Key:
        """Revoke a key of a wall. Raises WallError."""
        keys = await self._own(who, name, id_)
        return _there(await _away(lambda: keys.revoke(id_)))

    async def extend(self, who: Access, name: str, id_: str, days: int | None) -> Key:
        """Let a key of a wall last ``days`` from now, also one that is over. Raises WallError."""
        keys = await self._own(who, name, id_)
        ends = self._end(days)
        return _there(await _away(lambda: keys.extend(id_, ends)))

    async def _own(self, who: Access, name: str, id_: str) -> WallKeys:
        found = {key.id for key, _ in await self.listed(who, name)}
        if id_ not in found:
            raise WallError(404, "wall_key", "This wall has no such key.")
        return self._keys_here()

    def _keys_here(self) -> WallKeys:
        if self._keys is None:
            raise WallError(409, "wall_read_only", "This process only shows walls.")
        return self._keys

    def _end(self, days: int | None) -> int | None:
        return None if days is None else self._now() + days * DAY

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _there(key: Key | None) -> Key:
    if key is None:
        raise WallError(409, "wall_key_over", "This key was revoked: hand out a new one.")
    return key


async def _away(act: Callable[[], T]) -> T:
    try:
        return await run_in_threadpool(act)
    except KeysAway as error:
        raise WallError(503, "wall_keys_away", str(error)) from error
