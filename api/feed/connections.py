"""The open connections of the feed, so that nobody listens longer than they may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.frames import Close, Frame, Opcode

from api.access.principal import Principal

SWEEP = 10.0  # s between two looks


@dataclass(eq=False)
class Connection:
    """One connection of somebody; ``transport`` None if nothing is to be cut."""

    who: Principal
    transport: asyncio.Transport | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The same for all connections of the same somebody."""
        return f"{self.who.means} {self.who.subject}"


class Connections:
    """``still``: whether somebody may still listen. A revoked key is noticed within SWEEP.
    ``swept`` is called after each look."""

    def __init__(
        self, still: Callable[[Principal], bool], swept: Callable[[], None] = lambda: None
    ) -> None:
        self._still = still
        self._swept = swept
        self._connections: set[Connection] = set()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._connections)

    def of(self, connection: Connection) -> int:
        """How many connections the same somebody has."""
        return self._of[connection.name]

    def enter(self, connection: Connection) -> None:
        """Count a connection."""
        self._connections.add(connection)
        self._of[connection.name] += 1

    def leave(self, connection: Connection) -> None:
        """Count it no more; nothing happens if it was not counted."""
        if connection in self._connections:
            self._connections.discard(connection)
            self._of[connection.name] -= 1
            if not self._of[connection.name]:
                del self._of[connection.name]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            self.sweep()
            self._swept()

    def sweep(self) -> None:
        """Cut off those whose key was revoked or whose session is over."""
        verdicts: dict[Principal, bool] = {}
        for connection in list(self._connections):
            good = verdicts.get(connection.who)
            if good is None:
                good = verdicts[connection.who] = self._still(connection.who)
            if not good and connection.transport is not None:
                _cut(connection.transport)


def _cut(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        close = Close(4401, "sign in again").serialize()
        transport.write(Frame(Opcode.CLOSE, close).serialize(mask=False))
        transport.close()
