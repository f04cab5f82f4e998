"""Work that takes longer than an answer may: one at a time for each thing, awaited by who asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from api.publications.errors import LateListError

_log = logging.getLogger(__name__)


class Works:
    """By key, tasks that go on when whoever asked has gone. What is half done when a process ends
    left nothing but files that no record names. Lives on the event loop."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}

    @property
    def running(self) -> frozenset[str]:
        """Keys of what goes on."""
        return frozenset(self._running)

    async def join(self, key: str, work: Callable[[], Awaitable[Any]], patience: float) -> Any:
        """The result of the work under this key, which begins unless it goes on already. Raises
        LateListError (202) if it takes longer than ``patience`` (s), and what the work raises."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(_awaited(work))
            self._running[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        done, _ = await asyncio.wait([task], timeout=patience)
        if not done:
            raise LateListError(
                202, "working", "This takes longer: it goes on; send the same request again.",
                retry_after=5,
            )  # fmt: skip
        return task.result()

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("%s came to nothing: %s", key, error)  # whoever asked may have gone

    async def close(self) -> None:
        """End what goes on."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _awaited(work: Callable[[], Awaitable[Any]]) -> Any:
    return await work()
