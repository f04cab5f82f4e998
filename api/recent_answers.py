"""What ClickHouse answered a moment ago: many who open the same page at once cost one question."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.ports import Query

Rows = list[dict[str, Any]]
MOST = 256  # answers
MOST_ROWS = 40_000  # of all answers together
SECONDS = 2.0  # real time for which an answer is given again
_Key = tuple[object, ...]


@dataclass
class _Kept:
    """An answer, or one that is awaited. ``begun``: on the monotonic clock. ``query``: held, so
    that no other one gets its id."""

    begun: float
    query: Query
    task: asyncio.Task[Rows]

    @property
    def rows(self) -> int:
        """How many it holds; one while it is awaited."""
        task = self.task
        answered = task.done() and not task.cancelled() and task.exception() is None
        return len(task.result()) if answered else 1


class RecentAnswers:
    """Answers by statement and by everything that it binds, the asker's scopes among it: so nobody
    gets what was asked with other rights. Bounded in answers, rows and time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}

    async def rows(
        self, query: Query, sql: str, parameters: Mapping[str, Any], at: int = 0
    ) -> Rows:
        """As ``query.rows``. ``at``: what the answer has to hold (ms of data time); one that was
        given for another is not given again. Raises StoreAway, which is not kept."""
        # Tasks belong to a loop.
        key = (asyncio.get_running_loop(), id(query), at, sql, repr(sorted(parameters.items())))
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept.begun > SECONDS:
            kept = self._ask(key, query, sql, parameters)
        # Who leaves takes nothing from the others who wait.
        return [dict(row) for row in await asyncio.shield(kept.task)]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def _ask(self, key: _Key, query: Query, sql: str, parameters: Mapping[str, Any]) -> _Kept:
        self._make_room()
        task = asyncio.ensure_future(_asked(query, sql, parameters))
        kept = self._kept[key] = _Kept(self._clock(), query, task)

        def ended(done: asyncio.Task[Rows]) -> None:
            failed = done.cancelled() or done.exception() is not None
            if failed and self._kept.get(key) is kept:
                del self._kept[key]

        task.add_done_callback(ended)
        return kept

    def _make_room(self) -> None:
        """The oldest go: the order is that of asking."""
        now, rows = self._clock(), sum(kept.rows for kept in self._kept.values())
        for key, kept in list(self._kept.items()):
            fits = len(self._kept) < MOST and rows <= MOST_ROWS
            if fits and now - kept.begun <= SECONDS:
                return
            rows -= kept.rows
            del self._kept[key]


async def _asked(query: Query, sql: str, parameters: Mapping[str, Any]) -> Rows:
    return await query.rows(sql, parameters)
