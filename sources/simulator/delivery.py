"""How a dossier's events reach us: seconds later as a rule, late, twice, or wrong and corrected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from dossiers.time.hours import MINUTE
from dossiers.wire.events import AnyDossierEvent, Finished, Progressed, Voided
from sources.simulator.settings import DeliverySettings

_CORRECTABLE = (Progressed, Finished)


def deliver(
    events: Sequence[AnyDossierEvent], settings: DeliverySettings, rng: Random
) -> Iterator[AnyDossierEvent]:
    """The events as they come in, each with the ``received_at`` at which it does; unsorted."""
    for event in events:
        delay = rng.expovariate(1 / settings.usual_seconds) * 1_000
        if rng.random() < settings.late:
            delay += settings.late_minutes * math.exp(rng.gauss(0, settings.late_sigma)) * MINUTE
        arrived = event.occurred_at + int(delay)
        if isinstance(event, _CORRECTABLE) and rng.random() < settings.corrected:
            yield from _corrected(event, arrived, settings, rng)
            continue
        sent = msgspec.structs.replace(event, received_at=arrived)
        yield sent
        if rng.random() < settings.duplicate:
            again = rng.expovariate(1 / settings.duplicate_minutes) * MINUTE
            yield msgspec.structs.replace(sent, received_at=arrived + int(again))


def _corrected(
    event: AnyDossierEvent, arrived: int, settings: DeliverySettings, rng: Random
) -> Iterator[AnyDossierEvent]:
    """First the event with a wrong time, then its withdrawal and the right one."""
    wrong_by = int(rng.uniform(5, 240) * MINUTE)
    wrong = msgspec.structs.replace(
        event,
        event_id=f"{event.event_id}w",
        occurred_at=event.occurred_at - wrong_by,
        received_at=arrived,
    )
    noticed = arrived + int(rng.expovariate(1 / settings.correction_minutes) * MINUTE)
    yield wrong
    yield Voided(
        event_id=f"{event.event_id}v",
        dossier_id=event.dossier_id,
        occurred_at=noticed,
        received_at=noticed,
        source=event.source,
        source_seq=event.source_seq,
        target=wrong.event_id,
    )
    yield msgspec.structs.replace(event, received_at=noticed)
