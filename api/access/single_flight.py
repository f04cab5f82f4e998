"""Something that another server knows: fetched when it is needed, once for all who wait for it.

While that server is away nobody waits for it twice: a failure is remembered for a while, and what
was known before is believed meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from api.access.principal import ProviderAway

FETCH_SECONDS = 5.0  # s for one fetch, from its beginning to the last byte
FIRST_PAUSE = 1.0  # s after a failure; twice as long after each further one
LONGEST_PAUSE = 30.0
MOST_WAITING = 200  # requests that wait for one fetch

T = TypeVar("T")
_log = logging.getLogger(__name__)


class SingleFlight(Generic[T]):
    """``fetch`` raises ProviderAway; it is given FETCH_SECONDS. ``clock``: s. Runs on one
    event loop."""

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.value: T | None = None
        self._fetch = fetch
        self._clock = clock
        self._at = 0.0  # when the value was fetched
        self._tried_at: float | None = None
        self._failures = 0
        self._error = ""
        self._task: asyncio.Task[T | ProviderAway] | None = None
        self._waiting = 0

    @property
    def age(self) -> float:
        """Seconds since the value was fetched; only if there is one."""
        return self._clock() - self._at

    @property
    def pausing(self) -> bool:
        """Whether it has just failed, so that nobody asks now."""
        pause = min(FIRST_PAUSE * 2.0 ** (min(self._failures, 10) - 1), LONGEST_PAUSE)
        return (
            self._failures > 0
            and self._tried_at is not None
            and self._clock() - self._tried_at < pause
        )

    @property
    def failing(self) -> bool:
        """Whether the last fetch failed."""
        return self._failures > 0

    async def fresh(self, wait: float = FETCH_SECONDS + 1.0) -> T:
        """Fetched now, together with all who ask meanwhile. Raises ProviderAway: it failed, or has
        just failed, or takes longer than ``wait`` (s): the fetch then goes on for those who ask
        later."""
        if self._task is None and self.pausing:
            raise ProviderAway(self._error)
        if self._waiting >= MOST_WAITING:
            raise ProviderAway("Too many wait for the provider.")
        task = self._task = self._task or asyncio.create_task(self._go())
        self._waiting += 1
        try:
            await asyncio.wait({task}, timeout=wait)
        finally:
            self._waiting -= 1
        if not task.done():
            raise ProviderAway("The provider does not answer in time.")
        found = task.result()
        if isinstance(found, ProviderAway):  # not raised by the task: perhaps nobody awaits it
            raise ProviderAway(str(found))
        return found

    async def _go(self) -> T | ProviderAway:
        """Never raises: who waited may have gone."""
        failure: ProviderAway | None = None
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                found = await self._fetch()
        except ProviderAway as error:
            failure = error
        except TimeoutError:
            failure = ProviderAway("The provider does not answer.")
        except Exception:
            _log.exception("what the provider says cannot be read")
            failure = ProviderAway("The provider does not answer as one.")
        finally:
            self._task = None
            self._tried_at = self._clock()
        if failure is not None:
            if not self._failures:
                _log.warning("%s", failure)
            self._failures, self._error = self._failures + 1, str(failure)
            return failure
        self.value, self._at, self._failures, self._error = found, self._tried_at, 0, ""
        return found
