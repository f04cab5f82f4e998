"""A hub for each part of the data that walls show: the whole, and parts for keys that see less.

Every message of a hub is made of what its part holds; a wall gets one hub when it connects, and
never another one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from api.access.reach import Reach
from api.feed.hub import MAX_BUFFERED, Hub
from api.live.history_keeper import HistoryKeeper
from api.ports import Queue
from dossiers.wire.walls import OfficerNames, narrower

CONFLATE = 0.5  # s between two deltas of a part: parts may be as many as units
REFRESH = 30.0  # s between two reads of a part's history
IDLE = 300.0  # s without a wall after which a part is given up
MOST = 400
RING_BYTES = 1024 * 1024  # of deltas that a part keeps for walls that come back


class TooManyChannels(Exception):
    """As many parts are shown as this process can make."""


@dataclass(frozen=True)
class ShownPart:
    """What walls show of the data: units of ``reach``, officers as ``names`` says."""

    reach: Reach
    names: OfficerNames


class StateOf(Protocol):
    """What a channel asks for: the state of a part, with the history read for it."""

    def __call__(self, part: ShownPart, keeper: HistoryKeeper) -> dict[str, Any]: ...


@dataclass
class FeedChannel:
    """One part's hub with the tasks that keep it going. ``used_at``: s, monotonic."""

    hub: Hub
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    used_at: float = field(default_factory=time.monotonic)


class Channels:
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
        self._whole = whole
        self._build = build
        self._pulse = pulse
        self._keeper = keeper
        self._names = names
        self._channels: dict[ShownPart, FeedChannel] = {}

    def of(self, reach: Reach, names: OfficerNames | None = None) -> Hub:
        """The hub of a reach, made when it is first asked for. ``names``: None as the setting says.
        Raises TooManyChannels. Needs a loop."""
        names = self._names if names is None else narrower(names, self._names)
        if reach.whole and names == self._names:
            return self._whole
        # Names are never those that a person's rights would show: a wall is for a room.
        key = ShownPart(Reach(reach.whole, reach.units, reach.officer), names)
        channel = self._channels.get(key)
        if channel is None:
            self.leave_idle()
            if len(self._channels) >= MOST:
                raise TooManyChannels
            channel = self._channels[key] = self._open(key)
        channel.used_at = time.monotonic()
        return channel.hub

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
        for channel in self._channels.values():
            yield channel.hub

    def touch(self) -> None:
        """What the states are made of has changed."""
        for hub in self.hubs():
            hub.touch()

    def queues(self) -> Iterator[Queue]:
        """What waits for walls."""
        yield Queue("slowest_wall_bytes", max(hub.slowest() for hub in self.hubs()), MAX_BUFFERED)
        fullest = max(self.hubs(), key=lambda hub: hub.ring_held / hub.ring_most)
        yield Queue("feed_ring_bytes", fullest.ring_held, fullest.ring_most)

    @property
    def clients(self) -> int:
        """Walls that are connected."""
        return sum(len(hub.clients) for hub in self.hubs())

    def leave_idle(self) -> None:
        """Give up parts that nobody has looked at for long."""
        now = time.monotonic()
        for key, channel in list(self._channels.items()):
            if channel.hub.clients:
                channel.used_at = now
            elif now - channel.used_at > IDLE:
                for task in channel.tasks:
                    task.cancel()
                del self._channels[key]

    async def close(self) -> None:
        """End the tasks of all parts."""
        tasks = [task for channel in self._channels.values() for task in channel.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._channels.clear()
