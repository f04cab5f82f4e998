"""The parts of one application and how they feed each other."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Request

from api import assets
from api.access.narrowing import Narrower, narrowed
from api.access.principal import ANYBODY, Principal
from api.access.reach import ACCESS, EVERYTHING, Access, Reach, Within
from api.bodies import Bodies
from api.config import ApiConfig
from api.feed.channels import REFRESH, Channels
from api.feed.hub import Hub
from api.labels import officer_label
from api.live.history import HistoryKeeper
from api.live.reader import BATCH, LiveReader
from api.live.view import LiveView, TopicRecord, View
from api.metrics import registry_of
from api.ports import DeadLetterDesk, Ingest, Query, Queue
from api.wall_state import wall_state
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.reference import Reference

BODIES = 16  # largest payloads that may be in hand at a time


@dataclass(frozen=True)
class DisplayNames:
    """Names by id, as the reference data has them."""

    units: Mapping[str, str]
    officers: Mapping[str, str]
    procedures: Mapping[str, str]


def _names_of(reference: Reference) -> DisplayNames:
    return DisplayNames(
        {unit.id: unit.name for unit in reference.units},
        {officer.id: officer.name for officer in reference.officers},
        {procedure.id: procedure.name for procedure in reference.procedures},
    )


@dataclass
class Shared:
    """What changes, and is the same for whoever asks. ``bodies``: payloads in hand."""

    bodies: Bodies = field(default_factory=Bodies)
    named: tuple[Reference, DisplayNames] | None = None
    counters: tuple[float, Mapping[str, int]] = (0.0, MappingProxyType({}))


class Services:
    """What routes use. ``app.state.services`` sees everything; a route gets ``seen_by`` of it."""

    principal: Principal = ANYBODY
    reach: Reach = EVERYTHING
    _whole: View | None = None  # of which a part is seen
    _seen: View | None = None
    part: Within | None = None  # what lies in the reach; None: everything, no name in full

    def __init__(
        self,
        config: ApiConfig,
        query: Query,
        ingest: Ingest | None = None,
        desk: DeadLetterDesk | None = None,
    ) -> None:
        self.config = config
        self.query = query
        self.ingest = ingest
        self.desk = desk
        self.shared = Shared()
        self.release = assets.release_of(config.dashboards / "wall")
        self.live_view = LiveView(config.timeline, config.partitions)
        self.view = self.live_view
        self._told: InForce | None = None  # what the door goes by
        self.hub = Hub(self.state, self.pulse)
        self.keeper = HistoryKeeper(query, self.view, self.hub.touch)
        self.channels = Channels(self.hub, self._part_state, self.pulse, self._part_keeper)
        self.reader = LiveReader(
            config.bootstrap, config.kafka, self.deliver, self.loaded, config.topic_prefix
        )
        self._narrower = Narrower()
        self.metrics = registry_of(self)

    def deliver(self, records: list[TopicRecord]) -> None:
        self.live_view.apply(records)
        if self.ingest is not None and self.view.in_force is not self._told:
            self._told = self.view.in_force
            self.ingest.refer(self.view.references)
        if self.view.loaded:  # while it loads, the picture is of the past: nobody needs to see it
            self.channels.touch()

    def loaded(self) -> None:
        self.view.progress.loaded = True
        self.channels.touch()

    def pulse(self) -> dict[str, Any]:
        return {"watermark": self.view.watermark, "tick_age_ms": self.view.tick_age_ms()}

    def counters(self) -> Mapping[str, int]:
        """The worker's own counts, at most a second old."""
        read_at, counters = self.shared.counters
        if time.monotonic() - read_at > 1:
            counters = self.config.counters()
            self.shared.counters = (time.monotonic(), counters)
        return counters

    def names(self) -> DisplayNames:
        """Names in the reference data in use, made once for each version of it. Names of units and
        procedures are no secret; for those of officers there is ``label``."""
        reference = self.view.context.reference
        named = self.shared.named
        if named is None or named[0] is not reference:
            named = self.shared.named = (reference, _names_of(reference))
        return named[1]

    def knows(self, kind: str, id_: str) -> bool:
        """Whether there is a ``unit`` or ``officer`` with this id, in the reference data or among
        those that dossiers name."""
        names = self.names()
        listed = {"unit": names.units, "officer": names.officers}.get(kind, {})
        return id_ in listed or f"{kind}:{id_}" in self.view.tallies

    def context(self) -> Context:
        """The reference data that is shown, compiled once for each version of it."""
        return self.view.context

    def label(self, officer: str) -> str:
        """How an officer appears to who asks: in full to oneself, to the superior and to the reform
        office, else as the setting says."""
        name = self.names().officers.get(officer, officer)
        full = self.reach.all_named or (self.part is not None and officer in self.part.named)
        return officer_label(name, "full" if full else self.config.officer_names)

    def scopes(self) -> list[str] | None:
        """A dossier may be seen if it has one of these scopes; None: every dossier may."""
        return None if self.reach.whole or self.part is None else list(self.part.scopes)

    def sees_scope(self, scope: str) -> bool:
        """Whether the figures of a scope may be seen."""
        if self.reach.whole or self.part is None:
            return True
        kind, _, id_ = scope.partition(":")
        return id_ in {"unit": self.part.counted, "officer": self.part.officers}.get(kind, ())

    def seen_by(self, principal: Principal, reach: Reach) -> Services:
        """The same as one principal sees them."""
        found = copy.copy(self)
        found.principal, found.reach = principal, reach
        if reach == EVERYTHING:
            return found
        found.part = self._narrower.within(reach, self.view.context.reference)
        if not reach.whole:
            found._whole, found._seen = self.view, None
        return found

    @property
    def view(self) -> View:
        """The live view, or the part of it that may be seen: made when it is first looked at."""
        if self._seen is None:
            if self._whole is None or self.part is None:
                raise RuntimeError("a part of nothing")
            self._seen = narrowed(self._whole, self.part, self.reach.officer)
        return self._seen

    @view.setter
    def view(self, view: View) -> None:
        self._seen = view

    def queues(self) -> Iterator[Queue]:
        """Everything that waits in this process, and what others report."""
        yield from self.channels.queues()
        yield Queue("live_view_records", self.reader.in_hand, BATCH + 1)
        if self.ingest is not None:
            found = self.ingest.figures()
            bodies = BODIES * self.ingest.max_body
            yield Queue("posted_bytes", self.shared.bodies.held, bodies)
            for name, held, most in (
                ("posted_records", "in_flight_records", "in_flight_limit_records"),
                ("spool_bytes", "spool_bytes", "spool_limit_bytes"),
            ):
                if held in found:
                    yield Queue(name, found[held], found[most])
        yield from self.config.queues()

    def state(self) -> dict[str, Any]:
        """The wall's state of now."""
        return wall_state(
            self.view, self.keeper.history, self.config, self.counters(), self.release
        )

    def _part_state(self, reach: Reach, keeper: HistoryKeeper) -> dict[str, Any]:
        """The wall's state of now for a key or person that sees a part."""
        view = self.seen_by(ANYBODY, reach).view
        return wall_state(view, keeper.history, self.config, self.counters(), self.release)

    def _part_keeper(self, reach: Reach, touch: Callable[[], None]) -> HistoryKeeper:
        return HistoryKeeper(
            self.query, self.view, touch, self.seen_by(ANYBODY, reach).scopes, REFRESH
        )


async def services_of(request: Request) -> Services:
    """The services as who sent ``request`` sees them; ``api.access.gate`` has found out who.

    A coroutine, so that it runs on the loop, as what changes the view does: not in a thread."""
    services: Services = request.app.state.services
    access: Access = request.scope[ACCESS]
    return services.seen_by(access.principal, access.reach)


class NotReady(Exception):
    """There are no figures yet: the topics were not read to their end since the process began."""


async def loaded_services(request: Request) -> Services:
    """As ``services_of``, for what shows figures or needs the reference data. Raises NotReady:
    zeros and default calendars would look like facts."""
    services = await services_of(request)
    if not request.app.state.services.view.loaded:
        raise NotReady(
            "The figures are not available yet: Kafka is away or still being read. What is posted "
            "is taken all the same; ask again after Retry-After seconds."
        )
    return services


Uses = Annotated[Services, Depends(services_of)]
Loaded = Annotated[Services, Depends(loaded_services)]
