"""The events of a few hundred dossiers, for the worker to fold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Finished, Progressed, Received, Suspended, Voided
from dossiers.wire.facts import Limit

HOUR = 3_600_000
BEGIN = 1_700_000_000_000


def story(seed: int) -> Iterator[DossierEvent]:
    """Endless events of a few hundred dossiers: duplicates, out of order, late, taken back."""
    chance = random.Random(seed)
    at, number = BEGIN, 0
    known: list[str] = []
    last: DossierEvent | None = None
    while True:
        number += 1
        at += chance.randrange(HOUR // 4)
        if last is not None and chance.random() < 0.03:
            yield last
            continue
        fresh = not known or (len(known) < 300 and chance.random() < 0.25)
        dossier = f"d-{len(known)}" if fresh else chance.choice(known)
        if fresh:
            known.append(dossier)
        occurred = at - (chance.randrange(40 * HOUR) if chance.random() < 0.1 else 0)
        fields: dict[str, Any] = {
            "event_id": f"e-{number}", "dossier_id": dossier, "occurred_at": occurred,
            "received_at": at, "source": "test", "source_seq": number,
            "unit": f"u{chance.randrange(5)}", "officer": f"o{chance.randrange(12)}",
        }  # fmt: skip
        kind = chance.random()
        if fresh:
            last = Received(**fields, limit=Limit(chance.randrange(2, 60), "hours"))
        elif kind < 0.25:
            last = Finished(**fields)
        elif kind < 0.35:
            last = Suspended(**fields)
        elif kind < 0.4 and last is not None and last.dossier_id == dossier:
            last = Voided(**fields, target=last.event_id)
        else:
            last = Progressed(**fields, step=f"s{number % 7}")
        yield last
