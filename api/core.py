"""What is made once for an application, and how its parts feed each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from api import assets
from api.access.reach import Reach, ReachResolver, Within
from api.bodies import BODIES, Bodies
from api.config import ApiConfig
from api.feed.channels import REFRESH, Channels, ShownPart
from api.feed.displays import Displays
from api.feed.figures import FigureChannels, Subscription, figures_of
from api.feed.hub import Hub
from api.inbox.book import Book
from api.inbox.inboxes import Inboxes
from api.inbox.items import Moment
from api.inbox.marks import MarkBook
from api.inbox.quality_keeper import QualityKeeper
from api.inbox.sight import Recipient, Sight
from api.inbox.silence import silent_since
from api.labels import DisplayNames, names_of
from api.live.history import History
from api.live.history_keeper import HistoryKeeper
from api.live.narrowing import narrowed
from api.live.reader import BATCH, LiveReader
from api.live.view import LiveView, Picture, TopicRecord
from api.ports import DeadLetterDesk, Ingest, Query, Queue
from api.publications.room import PublicationRoom
from api.recent_answers import RecentAnswers
from api.roster.book import RosterBook
from api.roster.desk import RosterDesk
from api.wall_state import wall_state
from api.walls.book import WallBook
from api.walls.desk import WallDesk
from api.walls.handing_out import HandingOut
from broker.kafka import Kafka
from dossiers.reference.in_force import InForce
from dossiers.wire.reference import Reference

_COUNTERS_SECONDS = 1.0  # for which the worker's counts are believed


class Live:
    """The live view of one timeline and all that shows it: ``reader`` fills ``view``, ``hub`` sends
    what changed of the whole to walls and ``channels`` what changed of parts, ``keeper`` reads what
    walls compare with, ``book`` holds the alerts that people work on. Sees everything; what a
    caller may see is api.viewer's to say.

    ``ingest``: takes what others post; None if nobody may. ``desk``: decides on dead letters; None
    if they are only shown. Runs on one event loop.
    """

    def __init__(
        self,
        config: ApiConfig,
        query: Query,
        ingest: Ingest | None = None,
        desk: DeadLetterDesk | None = None,
    ) -> None:
        self.config = config
        self.query = query
        self.recent = RecentAnswers()
        self.ingest = ingest
        self.desk = desk
        self.acting = config.acting
        self.bodies = Bodies()
        self.walls = WallBook()
        self.book = Book(config.timeline)
        self.marks = MarkBook(config.settings)
        self.inboxes = Inboxes(self.book, self.marks)
        self.wall_desk = WallDesk(
            self.walls,
            config.settings,
            config.officer_names,
            lambda: self.view.context.reference,
            self.knows,
        )
        self.roster = RosterBook()
        self.roster_desk = RosterDesk(
            self.roster,
            config.roster,
            lambda: self.view.context,
            lambda: self.view.watermark or 0,
            self.within,
        )
        self.publishing = PublicationRoom(
            config.late_lists,
            config.mode,
            config.timeline,
            lambda: self.view.loaded,
            lambda: self.view.context,
            lambda: self.view.watermark or 0,
            self.knows,
        )
        self.publications = self.publishing.book
        self.publication_desk = self.publishing.desk
        self.shelf = self.publishing.shelf
        self.handing = HandingOut(self.wall_desk, config.wall_keys)
        self.view = LiveView(config.timeline, config.partitions)
        self.hub = Hub(self.state, self.pulse)
        self.keeper = HistoryKeeper(query, self.view, self.hub.touch)
        self.quality = QualityKeeper(query, self.view)
        self.channels = Channels(
            self.hub, self._part_state, self.pulse, self._part_keeper, config.officer_names
        )
        self.figures = FigureChannels(self._figures_state, self.pulse)
        self.displays = Displays(
            self.walls,
            self.channels,
            lambda: self.view.context.reference,
            self.knows,
            lambda: self.view.loaded,
        )
        self.ready = asyncio.Event()  # set by ``loaded``
        self.reader = LiveReader(Kafka(config.bootstrap, config.kafka), self.deliver, self.loaded)
        tokens = config.dashboards / assets.TOKENS
        self.release = assets.release_of(config.dashboards / "wall", tokens)
        self.pages_release = assets.release_of(config.dashboards / "pages", tokens)
        self._resolver = ReachResolver()
        self._names: tuple[Reference, DisplayNames] | None = None
        self._counters: tuple[float, Mapping[str, int]] = (0.0, MappingProxyType({}))
        self._referred: InForce | None = None  # what ``ingest`` was told of last

    def deliver(self, records: list[TopicRecord]) -> None:
        """Take a batch of the reader's."""
        self.walls.apply(records)
        self.roster.apply(records)
        self.book.apply(records)
        self.publishing.apply(records)
        self.marks.apply(records)
        self.view.apply(records)
        if self.ingest is not None and self.view.in_force is not self._referred:
            self._referred = self.view.in_force
            self.ingest.refer(self.view.references)
        if self.view.loaded:  # while it loads, the picture is of the past: nobody needs to see it
            self._touch()

    def loaded(self) -> None:
        """All that stood in the topics at the start has been delivered."""
        self.view.freshness.loaded = True
        self.ready.set()
        self._touch()

    def _touch(self) -> None:
        self.channels.touch()
        self.figures.touch()

    async def close(self) -> None:
        """End what runs for walls and pages."""
        await self.publishing.works.close()
        await self.channels.close()
        await self.figures.close()

    def pulse(self) -> dict[str, Any]:
        """How fresh the picture is; for heartbeats."""
        return {"watermark": self.view.watermark, "tick_age_ms": self.view.tick_age_ms()}

    def counters(self) -> Mapping[str, int]:
        """The worker's own counts, at most a second old."""
        read_at, counters = self._counters
        if time.monotonic() - read_at > _COUNTERS_SECONDS:
            counters = self.config.counters()
            self._counters = (time.monotonic(), counters)
        return counters

    def names(self) -> DisplayNames:
        """Names in the reference data in use, made once for each version of it."""
        reference = self.view.context.reference
        if self._names is None or self._names[0] is not reference:
            self._names = (reference, names_of(reference))
        return self._names[1]

    def knows(self, kind: str, id_: str) -> bool:
        """Whether there is a ``unit`` or ``officer`` with this id, in the reference data or among
        those that dossiers name."""
        names = self.names()
        listed = {"unit": names.units, "officer": names.officers}.get(kind, {})
        return id_ in listed or f"{kind}:{id_}" in self.view.tallies

    def within(self, reach: Reach) -> Within:
        """What of the reference data in use lies in a reach."""
        return self._resolver.within(reach, self.view.context.reference)

    def view_of(self, reach: Reach) -> Picture:
        """The live view, or the part of it that lies in a reach: as it is now."""
        if reach.whole:
            return self.view
        return narrowed(self.view, self.within(reach), reach.officer)

    def scopes_of(self, reach: Reach) -> list[str] | None:
        """A dossier lies in a reach if it has one of these scopes; None: every dossier does."""
        return None if reach.whole else list(self.within(reach).scopes)

    def sight_of(self, who: Recipient, reach: Reach) -> Sight:
        """Which alerts somebody with this reach has in the inbox. A leader who sees every dossier
        has the alerts of the units that they head beside those for leaders."""
        return Sight(who, frozenset() if who.whole else self.within(reach).units)

    def moment(self) -> Moment:
        """Now and today in data time, by the city's own calendar."""
        now, context = self.view.watermark or 0, self.view.context
        day = context.calendar.at_clock(context.calendar.day_of(now), 0)
        return Moment(now, day, silent_since(self.book.silent_sources(), context))

    def queues(self) -> Iterator[Queue]:
        """Everything that waits in this process, and what others report."""
        yield from self.channels.queues()
        yield Queue("live_view_records", self.reader.in_hand, BATCH + 1)
        if self.ingest is not None:
            yield from self._posted(self.ingest)
        yield from self.config.queues()

    def _posted(self, ingest: Ingest) -> Iterator[Queue]:
        found = ingest.figures()
        yield Queue("posted_bytes", self.bodies.held, BODIES * ingest.max_body)
        for name, held, most in (
            ("posted_records", "in_flight_records", "in_flight_limit_records"),
            ("spool_bytes", "spool_bytes", "spool_limit_bytes"),
        ):
            if held in found:
                yield Queue(name, found[held], found[most])

    def state(self) -> dict[str, Any]:
        """The wall's state of now."""
        return self._state_of(self.view, self.keeper.history, self.config)

    def _state_of(self, view: Picture, history: History, config: ApiConfig) -> dict[str, Any]:
        return wall_state(view, history, config, self.counters(), self.release)

    def _part_state(self, part: ShownPart, keeper: HistoryKeeper) -> dict[str, Any]:
        """The wall's state of now for a key or person that sees a part."""
        config = replace(self.config, officer_names=part.names)
        return self._state_of(self.view_of(part.reach), keeper.history, config)

    def _figures_state(self, wanted: Subscription) -> dict[str, Any]:
        """What a page of a reader shows of now; without figures until there are any."""
        view, reach = self.view, wanted.reach
        part = None if reach.whole else self.within(reach)
        figures = figures_of(view.tallies, part, wanted, all_time=view.all_time)
        return {
            "timeline": view.timeline,
            "release": self.pages_release,
            "watermark": view.watermark,
            "mode": self.config.mode,
            "clock_speed": 1.0 if self.config.mode == "live" else view.freshness.speed,
            "figures": figures if view.loaded else None,
            **self._inbox_state(wanted),
        }

    def _inbox_state(self, wanted: Subscription) -> dict[str, Any]:
        if wanted.inbox is None or not self.view.loaded:
            return {}
        count = self.inboxes.count(self.sight_of(wanted.inbox, wanted.reach), self.moment())
        return {"inbox": asdict(count)}

    def _part_keeper(self, reach: Reach, touch: Callable[[], None]) -> HistoryKeeper:
        return HistoryKeeper(self.query, self.view, touch, lambda: self.scopes_of(reach), REFRESH)
