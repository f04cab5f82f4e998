"""Payloads in hand: how many bytes of them there may be, and whose they are.

Each key has the whole room while nobody else asks, and at most half of it while somebody does. If
the room is full all the same, whoever holds most gives up its newest payload that is still coming:
so of N keys none can keep another from its share.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

BODIES = 16  # largest payloads that may be in hand at a time
ASKED = 10.0  # s for which somebody counts as asking after its last payload
FLOOR = 16_384  # bytes that an open connection costs, however little has come


class Full(Exception):
    """There is no room for a payload; ``fair``: others need what its sender has beyond a half."""

    def __init__(self, *, fair: bool) -> None:
        super().__init__("no room")
        self.fair = fair


class Body:
    """One payload in hand. ``held``: bytes that are counted for it."""

    def __init__(self, bodies: Bodies, owner: str, most: int) -> None:
        self.owner = owner
        self.most = most
        self.held = 0
        self._bodies = bodies
        self.given_up = False
        self._timeout: asyncio.Timeout | None = None

    async def read(self, chunks: AsyncIterator[bytes]) -> bytes:
        """All of it. Raises Full, also when it has to make room for somebody else's."""
        data = bytearray()
        try:
            async with asyncio.timeout(None) as self._timeout:
                async for chunk in chunks:
                    data += chunk
                    self._bodies.count(self, len(data))
                    if self.given_up:
                        break
        except TimeoutError:
            if not self.given_up:
                raise
        finally:
            self._timeout = None
        if self.given_up:
            raise Full(fair=True)
        return bytes(data)

    @property
    def coming(self) -> bool:
        """Whether more of it is awaited."""
        return self._timeout is not None and not self.given_up

    def give_up(self) -> None:
        """End its reading as soon as the loop comes to it."""
        self.given_up = True
        if self._timeout is not None:
            self._timeout.reschedule(0)


class Bodies:
    """All payloads of an application. ``clock``: s. Everything runs on the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.held = 0  # bytes
        self._clock = clock
        self._open: dict[str, list[Body]] = {}
        self._asked: dict[str, float] = {}  # by owner; keys are made by operators, so few

    @contextmanager
    def opened(self, owner: str, most: int) -> Iterator[Body]:
        """A payload of ``owner``; ``most``: bytes of all payloads together. Raises Full."""
        body = Body(self, owner, most)
        now = self._asked[owner] = self._clock()
        self._asked = {name: at for name, at in self._asked.items() if now - at <= ASKED}
        self._open.setdefault(owner, []).append(body)
        try:
            self.count(body, 0)
            yield body
        finally:
            self._let_go(body)
            mine = self._open[owner]
            mine.remove(body)
            if not mine:
                del self._open[owner]

    def count(self, body: Body, size: int) -> None:
        """So many bytes of it have come; raises Full if there is no room for them."""
        more = max(size, min(FLOOR, body.most // 64)) - body.held
        if more <= 0 or body.given_up:
            return
        mine = self.of(body.owner) + more
        if mine > body.most // 2 and self._others(body.owner):
            raise Full(fair=True)
        while self.held + more > body.most:
            other = self._greediest(body.owner, mine)
            if other is None:
                raise Full(fair=False)
            self._let_go(other)
            other.give_up()
        body.held += more
        self.held += more

    def of(self, owner: str) -> int:
        """Bytes in hand of one sender."""
        return sum(body.held for body in self._open.get(owner, ()))

    def _others(self, owner: str) -> bool:
        now = self._clock()
        return any(name != owner for name in self._open) or any(
            name != owner and now - at <= ASKED for name, at in self._asked.items()
        )

    def _greediest(self, asking: str, mine: int) -> Body | None:
        """The newest payload that still comes, of whoever holds most and more than ``mine``."""
        found: tuple[int, Body] | None = None
        for owner, bodies in self._open.items():
            coming = [body for body in bodies if body.held and body.coming]
            size = self.of(owner)
            if owner != asking and coming and size > mine and (found is None or size > found[0]):
                found = (size, coming[-1])
        return None if found is None else found[1]

    def _let_go(self, body: Body) -> None:
        self.held -= body.held
        body.held = 0
