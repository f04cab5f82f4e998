"""The open connections of the feed, so that nobody listens longer than they may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from websockets.frames import Close, Frame, Opcode

from api.access.principal import Principal
from api.access.reach import NOTHING, Reach
from api.feed.displays import Display
from api.feed.hub import Hub

SWEEP = 10.0  # s between two looks


@dataclass(eq=False)
class Connection:
    """One connection of somebody, who hears ``hub``; ``transport`` None if nothing is to be cut."""

    who: Principal
    hub: Hub = field(repr=False)
    transport: asyncio.Transport | None = field(default=None, repr=False)
    reach: Reach = NOTHING  # of who listens, whatever a named wall shows of it
    display: Display | None = None  # of a named wall

    @property
    def name(self) -> str:
        """The same for all connections of the same somebody."""
        return name_of(self.who)


def name_of(who: Principal) -> str:
    """By which somebody's connections are counted."""
    return f"{who.means} {who.subject}"


class Connections:
    """``ended``: why somebody may listen no more, "" if they may. A revoked key is noticed within
    SWEEP."""

    def __init__(self, ended: Callable[[Principal], str]) -> None:
        self._ended = ended
        self._after: list[Callable[[], None]] = []
        self._connections: set[Connection] = set()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._connections)

    def of(self, who: Principal) -> int:
        """How many connections somebody has."""
        return self._of[name_of(who)]

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

    def after_each_look(self, work: Callable[[], None]) -> None:
        """What ``run`` does after it has looked who may still listen."""
        self._after.append(work)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            self.look()

    def look(self) -> None:
        """One look, and what follows it."""
        self.sweep()
        for work in self._after:
            work()

    def sweep(self) -> None:
        """Cut off those whose key was revoked or whose session is over."""
        verdicts: dict[Principal, str] = {}
        for connection in list(self._connections):
            why = verdicts.get(connection.who)
            if why is None:
                why = verdicts[connection.who] = self._ended(connection.who)
            if why:
                cut(connection, 4401, why)

    def of_walls(self) -> Iterator[Connection]:
        """Those that show a named wall, as they are now."""
        yield from [each for each in self._connections if each.display is not None]


def cut(connection: Connection, code: int, why: str) -> None:
    """End a connection; ``why`` as in docs/feed.md."""
    transport = connection.transport
    if transport is not None and not transport.is_closing():
        close = Close(code, why).serialize()
        transport.write(Frame(Opcode.CLOSE, close).serialize(mask=False))
        transport.close()
