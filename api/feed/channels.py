"""A hub for each part of the data that walls show: the whole, and parts for keys that see less.

Every message of a hub is made of what its part holds; a wall gets one hub when it connects, and
never another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from api.access.reach import Reach
from api.feed.hub import MAX_BUFFERED, Hub
from api.feed.kept_hubs import FeedChannel, KeptHubs
from api.live.history_keeper import HistoryKeeper
from api.ports import Queue
from dossiers.wire.walls import OfficerNames, narrower

CONFLATE = 0.5  # s between two deltas of a part: parts may be as many as units
REFRESH = 30.0  # s between two reads of a part's history
IDLE = 300.0  # s without a wall after which a part is given up
MOST = 400
RING_BYTES = 1024 * 1024  # of deltas that a part keeps for walls that come back


@dataclass(frozen=True)
class ShownPart:
    """What walls show of the data: units of ``reach``, officers as ``names`` says."""

    reach: Reach
    names: OfficerNames


class StateOf(Protocol):
    """What a channel asks for: the state of a part, with the history read for it."""

    def __call__(self, part: ShownPart, keeper: HistoryKeeper) -> dict[str, Any]: ...


class Channels(KeptHubs[ShownPart]):
    """``whole``: the hub of everything, which others run. ``build``: makes the state of a part;
    ``keeper``: reads its history, and touches the hub when it has. ``names``: of the setting."""

    def __init__(
        self,
        whole: Hub,
        build: StateOf,
        pulse: Callable[[], dict[str, Any]],
        keeper: Callable[[Reach, Callable[[], None]], HistoryKeeper],
        names: OfficerNames,
    ) -> None:
        super().__init__(MOST, IDLE)
        self._whole = whole
        self._build = build
        self._pulse = pulse
        self._keeper = keeper
        self._names = names

    def of(self, reach: Reach, names: OfficerNames | None = None) -> Hub:
        """The hub of a reach, made when it is first asked for. ``names``: None as the setting says.
        Raises TooManyChannels. Needs a loop."""
        names = self._names if names is None else narrower(names, self._names)
        if reach.whole and names == self._names:
            return self._whole
        # Names are never those that a person's rights would show: a wall is for a room.
        return self._hub(ShownPart(Reach(reach.whole, reach.units, reach.officer), names))

    def _open(self, key: ShownPart) -> FeedChannel:
        def touch() -> None:
            hub.touch()

        keeper = self._keeper(key.reach, touch)
        hub = Hub(lambda: self._build(key, keeper), self._pulse, CONFLATE, RING_BYTES)
        hub.publish()
        works = (hub.run(), hub.beat(), keeper.run())
        return FeedChannel(hub, [asyncio.create_task(work) for work in works])

    def hubs(self) -> Iterator[Hub]:
        """All of them, the whole first."""
        yield self._whole
        yield from super().hubs()

    def queues(self) -> Iterator[Queue]:
        """What waits for walls."""
        yield Queue("slowest_wall_bytes", max(hub.slowest() for hub in self.hubs()), MAX_BUFFERED)
        fullest = max(self.hubs(), key=lambda hub: hub.ring_held / hub.ring_most)
        yield Queue("feed_ring_bytes", fullest.ring_held, fullest.ring_most)

    @property
    def clients(self) -> int:
        """Walls that are connected."""
        return sum(len(hub.clients) for hub in self.hubs())
