"""The parts of one application and how they feed each other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from api import assets
from api.config import ApiConfig
from api.feed.hub import Hub
from api.live.history import HistoryKeeper
from api.live.reader import Reader
from api.live.view import LiveView, Record
from api.metrics import registry_of
from api.ports import Ingest, Query
from api.wall_state import wall_state
from dossiers.context import Context
from dossiers.reference import Reference


@dataclass(frozen=True)
class Names:
    """Names by id, as the reference data has them."""

    units: Mapping[str, str]
    officers: Mapping[str, str]
    procedures: Mapping[str, str]


def _names_of(reference: Reference) -> Names:
    return Names(
        {unit.id: unit.name for unit in reference.units},
        {officer.id: officer.name for officer in reference.officers},
        {procedure.id: procedure.name for procedure in reference.procedures},
    )


class Services:
    """What routes use, at ``app.state.services``."""

    def __init__(self, config: ApiConfig, query: Query, ingest: Ingest | None = None) -> None:
        self.config = config
        self.query = query
        self.ingest = ingest
        self.posted = 0  # bytes of posted bodies in hand
        self.release = assets.release_of(config.dashboards / "wall")
        self.view = LiveView(config.timeline, config.partitions)
        self.hub = Hub(self.state, self.pulse)
        self.keeper = HistoryKeeper(query, self.view, self.hub.touch)
        self.reader = Reader(
            config.bootstrap, config.kafka, self.deliver, self.loaded, config.topic_prefix
        )
        self._named: tuple[Reference, Names] | None = None
        self.metrics = registry_of(self)
        self._counters: tuple[float, Mapping[str, int]] = (0.0, {})

    def deliver(self, records: list[Record]) -> None:
        self.view.apply(records)
        if self.view.loaded:  # while it loads, the picture is of the past: nobody needs to see it
            self.hub.touch()

    def loaded(self) -> None:
        self.view.loaded = True
        self.hub.touch()

    def pulse(self) -> dict[str, Any]:
        return {"watermark": self.view.watermark, "tick_age_ms": self.view.tick_age_ms()}

    def counters(self) -> Mapping[str, int]:
        """The worker's own counts, at most a second old."""
        read_at, counters = self._counters
        if time.monotonic() - read_at > 1:
            counters = self.config.counters()
            self._counters = (time.monotonic(), counters)
        return counters

    def names(self) -> Names:
        """Names in the reference data that is shown, made once for each version of it."""
        reference = self.view.reference
        if self._named is None or self._named[0] is not reference:
            self._named = (reference, _names_of(reference))
        return self._named[1]

    def context(self) -> Context:
        """The reference data that is shown, compiled once for each version of it."""
        return self.view.context

    def state(self) -> dict[str, Any]:
        """The wall's state of now."""
        return wall_state(
            self.view, self.keeper.history, self.config, self.counters(), self.release
        )


def services_of(request: Request) -> Services:
    """The services of the application that answers ``request``."""
    services: Services = request.app.state.services
    return services


Uses = Annotated[Services, Depends(services_of)]
