"""Staying in the group: a member that asks it nothing for some minutes is put out of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from broker.group_follower import GroupFollower

_POLL_S = 0.2
T = TypeVar("T")


def hear(follower: GroupFollower, seconds: float = 0.0) -> None:
    """What the group says within ``seconds``. Raises KafkaException, SilentClient."""
    follower.take(500, seconds)
    follower.check_silence()


async def beside(follower: GroupFollower, work: Callable[[], T]) -> T:
    """Do what blocks for long on a thread, and stay in the group meanwhile."""
    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        while not (await asyncio.wait({working}, timeout=_POLL_S))[0]:
            await asyncio.to_thread(follower.take, 500, 0.0)
    finally:
        await asyncio.wait({working})
    return working.result()
