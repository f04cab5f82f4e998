"""Who listens to the feed now, so that nobody listens longer than they may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.frames import Close, Frame, Opcode

from api.access.principal import Principal

SWEEP = 10.0  # s between two looks


@dataclass(eq=False)
class Guest:
    """One connection of somebody; ``transport`` None where nothing is to be cut."""

    who: Principal
    transport: asyncio.Transport | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return f"{self.who.means} {self.who.subject}"


class Guests:
    """``still``: whether somebody may still listen. A revoked key is noticed within SWEEP.
    ``swept`` is called after each look."""

    def __init__(
        self, still: Callable[[Principal], bool], swept: Callable[[], None] = lambda: None
    ) -> None:
        self._still = still
        self._swept = swept
        self._guests: set[Guest] = set()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._guests)

    def of(self, guest: Guest) -> int:
        """How many connections the same somebody has."""
        return self._of[guest.name]

    def enter(self, guest: Guest) -> None:
        self._guests.add(guest)
        self._of[guest.name] += 1

    def leave(self, guest: Guest) -> None:
        if guest in self._guests:
            self._guests.discard(guest)
            self._of[guest.name] -= 1
            if not self._of[guest.name]:
                del self._of[guest.name]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            self.sweep()
            self._swept()

    def sweep(self) -> None:
        """Cut off those whose key was revoked or whose session is over."""
        verdicts: dict[Principal, bool] = {}
        for guest in list(self._guests):
            good = verdicts.get(guest.who)
            if good is None:
                good = verdicts[guest.who] = self._still(guest.who)
            if not good and guest.transport is not None:
                _cut(guest.transport)


def _cut(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        close = Close(4401, "sign in again").serialize()
        transport.write(Frame(Opcode.CLOSE, close).serialize(mask=False))
        transport.close()
