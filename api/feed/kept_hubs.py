"""Hubs that are made when they are first asked for, and given up when nobody listens any more."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from api.feed.hub import Hub

Key = TypeVar("Key", bound=Hashable)


class TooManyChannels(Exception):
    """As many different hubs are shown as this process can make."""


@dataclass
class FeedChannel:
    """A hub with the tasks that keep it going. ``used_at``: s, monotonic."""

    hub: Hub
    tasks: list[asyncio.Task[None]]
    used_at: float = field(default_factory=time.monotonic)


class KeptHubs(ABC, Generic[Key]):
    """``most``: hubs at a time. ``idle_s``: s without a listener after which one is given up. Needs
    a loop."""

    def __init__(self, most: int, idle_s: float) -> None:
        self._most = most
        self._idle_s = idle_s
        self._channels: dict[Key, FeedChannel] = {}

    @abstractmethod
    def _open(self, key: Key) -> FeedChannel:
        """A new hub with its tasks."""

    def _hub(self, key: Key) -> Hub:
        channel = self._channels.get(key)
        if channel is None:
            self.leave_idle()
            if len(self._channels) >= self._most:
                raise TooManyChannels
            channel = self._channels[key] = self._open(key)
        channel.used_at = time.monotonic()
        return channel.hub

    def hubs(self) -> Iterator[Hub]:
        """All of them."""
        for channel in self._channels.values():
            yield channel.hub

    def touch(self) -> None:
        """What the states are made of has changed."""
        for hub in self.hubs():
            hub.touch()

    def leave_idle(self) -> None:
        """Give up hubs that nobody has listened to for a while."""
        now = time.monotonic()
        for key, channel in list(self._channels.items()):
            if channel.hub.clients:
                channel.used_at = now
            elif now - channel.used_at > self._idle_s:
                for task in channel.tasks:
                    task.cancel()
                del self._channels[key]

    async def close(self) -> None:
        """End the tasks of all of them."""
        tasks = [task for channel in self._channels.values() for task in channel.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._channels.clear()
