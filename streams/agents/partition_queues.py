"""A queue of batches for each partition, so that a slow one delays no other partition.

An agent takes one batch after another, of any partition. That is right while each costs some
hundredths of a second. A batch that takes longer continues in a task of its own: later batches of
its partition wait for it in their queue, and those of others do not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from faust.types import TP

WAIT_SECONDS = 0.1  # so long others wait for a batch
# Batches that wait for one partition; then its records stay in Kafka until fewer do.
MOST_WAITING = 8

Work = Callable[[], Awaitable[None]]


class PartitionQueues:
    """For the event loop's thread. ``pause``, ``resume``: the delivery of a partition."""

    def __init__(self, pause: Callable[[TP], None], resume: Callable[[TP], None]) -> None:
        self._pause = pause
        self._resume = resume
        self._queues: dict[TP, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._paused: set[TP] = set()

    async def put(self, tp: TP, work: Work) -> None:
        """Have ``work``, which must not raise, done after all that came before it for ``tp``.
        Returns when it is, or when the others have waited long enough."""
        queue = self._queues.get(tp)
        if queue is not None:
            queue.append(work)
            if len(queue) >= MOST_WAITING and tp not in self._paused:
                self._paused.add(tp)
                self._pause(tp)
            return
        self._queues[tp] = deque([work])
        task = asyncio.create_task(self._run(tp))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=WAIT_SECONDS)

    async def _run(self, tp: TP) -> None:
        queue = self._queues[tp]
        try:
            while queue:
                await queue.popleft()()
                if tp in self._paused and len(queue) <= 1:
                    self._paused.discard(tp)
                    self._resume(tp)
        finally:
            del self._queues[tp]

    def clear(self) -> None:
        """Forget what waits: all partitions go to others, who read it again. Faust has forgotten
        by itself which were paused."""
        for queue in self._queues.values():
            queue.clear()
        self._paused.clear()
