"""Load for benchmarks: the city's events at a steady rate, and many open dossiers at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import msgspec

from dossiers.time.hours import DAY
from dossiers.wire.events import Received
from sources.simulator.city import City
from sources.simulator.stream import Sent, events

_SOURCE = "load"


def load(city: City, start: int, rate: float) -> Iterator[Sent]:
    """``rate`` events a second from ``start`` (ms) on, without end: what the city sends, in its
    order, but evenly spaced and dated to the instant at which it is due."""
    origin = city.calendar.local_date(start) - timedelta(days=30)
    for number, sent in enumerate(events(city, origin, 0)):
        at = start + int(number * 1_000 / rate)
        yield Sent(at, msgspec.structs.replace(sent.event, occurred_at=at, received_at=at))


def open_dossiers(city: City, amount: int, at: int, *, due_in: int = 5 * DAY) -> Iterator[Received]:
    """``amount`` dossiers received at ``at`` and due between then and ``due_in`` ms later."""
    rng = Random(f"{city.seed}:open")  # noqa: S311
    for number in range(amount):
        desk = city.desk(rng)
        yield Received(
            event_id=f"open-{number}",
            dossier_id=f"{city.settings.city.id}-open-{number:07d}",
            occurred_at=at,
            received_at=at,
            source=_SOURCE,
            source_seq=number,
            unit=desk.unit.id,
            officer=desk.officers[number % len(desk.officers)],
            procedure=desk.procedures[0].id,
            due_at=at + 1 + rng.randrange(max(1, due_in)),
        )
