"""A busy city in ClickHouse, and its topics as the recount reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dossiers.wire.events import AnyDossierEvent, decode_event
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.records import DossierRecord
from dossiers.wire.topics import DOSSIERS, EVENTS
from sinks.store import Store
from tests.api.city import City
from tests.api.engines import fill
from tests.api.insight.busy_city import busy_city


@contextmanager
def busy_store(folder: Path, dossiers: int) -> Iterator[tuple[Store, City]]:
    """A city of so many dossiers, and a store of its own that holds it."""
    city = busy_city(dossiers, seed=3)
    with Store.embedded(str(folder)) as store:
        fill(store, city)
        yield store, city


def last_records(city: City) -> dict[str, DossierRecord]:
    """What the worker wrote last of each dossier."""
    read = msgspec.json.Decoder(DossierRecord).decode
    return {
        key.decode(): read(value)
        for topic, key, value in city.log
        if topic == DOSSIERS and key != POSITION_KEY and value is not None
    }


def dossier_events(city: City) -> list[AnyDossierEvent]:
    """Of the log, in its order, without ticks and activations."""
    events = [decode_event(value) for topic, _, value in city.log if topic == EVENTS and value]
    return [event for event in events if isinstance(event, AnyDossierEvent)]
