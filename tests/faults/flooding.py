"""A sender that floods one dossier beyond its bound, while everything else goes on."""

from __future__ import annotations

import time
from random import Random

import msgspec

from tests.faults.base import Fault, World
from tests.faults.load import SECOND, Item
from tests.faults.oracle.flood import FLOODED, MOST
from tests.faults.sending import Sending

_RATE = 1_500.0  # records a second
_NUMBERS = 1_000  # of files, apart from those of rounds
_encode = msgspec.json.Encoder().encode


class Flood(Fault):
    """More events of one dossier than it may keep. What has no room must be a dead letter."""

    name, lasting = "a sender floods one dossier", (0.5, 2.0)

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._rng = rng
        self._number = rng.randrange(10**9)

    def begin(self, world: World) -> None:
        items = flood(self._rng, self._number, time.time_ns() // 1_000_000)
        number = _NUMBERS + self._number
        self._sending = Sending(world.product, number, items, _RATE, self._rng)

    def over(self, world: World) -> bool:
        return self._sending.done()


def flood(rng: Random, number: int, now: int) -> list[Item]:
    """By itself such a load is nothing that anybody refuses: the records go to Kafka directly, as
    those of a sender with rights of its own."""
    dossier = f"{FLOODED}{number}"
    items = []
    for n in range(MOST + rng.randint(50, 300)):
        kind = "received" if n == 0 else rng.choice(("progressed", "progressed", "suspended"))
        event = {
            "kind": kind, "event_id": f"{dossier}-{n}", "dossier_id": dossier,
            "occurred_at": now - rng.randrange(60 * SECOND), "received_at": now,
            "source": "flooder", "source_seq": n,
        }  # fmt: skip
        items.append(Item(dossier.encode(), _encode(event), refused="by nobody at the door"))
    return items
