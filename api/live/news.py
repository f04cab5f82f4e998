"""Waiting for news that a reader of topics brings: of what one has just written, for example."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class News:
    """For one event loop. Whoever takes records says ``tell`` when something has changed."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        """Wake everybody who waits."""
        self._told.set()
        self._told = asyncio.Event()

    async def until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait for a change after which ``arrived``; False if it does not come in time."""
        try:
            async with asyncio.timeout(seconds):
                while not arrived():
                    await self._told.wait()
        except TimeoutError:
            return False
        return True
