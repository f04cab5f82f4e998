"""A busy city in the live view and in ClickHouse, and people who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from api.access.principal import ANYBODY
from api.access.reach import EVERYTHING, Reach
from api.core import Live
from api.viewer import Viewer
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.city import City
from tests.api.engines import Engines
from tests.api.insight.busy_city import busy_city
from tests.api.settings import config


@dataclass
class Asked:
    """What was stored, and a way to ask as somebody."""

    city: City
    store: Store
    live: Live
    as_: Callable[[Reach], Viewer]

    @property
    def everybody(self) -> Viewer:
        return self.as_(EVERYTHING)


@pytest.fixture(scope="module")
def asked(engines: Engines) -> Iterator[Asked]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        live = Live(config(), query)
        live.deliver(city.records())
        live.loaded()
        yield Asked(city, store, live, lambda reach: Viewer(live, ANYBODY, reach))
        query.close()
