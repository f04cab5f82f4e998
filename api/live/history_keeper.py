"""Keeps what the wall compares with up to date, in the background: the feed never waits for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from api.live.history import History, read_history
from api.live.tiles import shown_units
from api.live.view import Picture
from api.ports import Query, StoreAway
from dossiers.time.calendar import Calendar, calendar_of
from dossiers.wire.keys import unit_scope

_log = logging.getLogger(__name__)

REFRESH = 5.0  # s of real time


class HistoryKeeper:
    """Keeps ``history`` up to date; ``on_change`` is called after each successful read.

    ``scopes``: see ``read_history``. ``refresh``: s of real time between two reads.
    """

    def __init__(
        self,
        query: Query,
        view: Picture,
        on_change: Callable[[], None],
        scopes: Callable[[], Sequence[str] | None] = lambda: None,
        refresh: float = REFRESH,
    ) -> None:
        self.history = History()
        self.error = ""
        self._query = query
        self._view = view
        self._on_change = on_change
        self._scopes = scopes
        self._refresh = refresh

    def calendar(self) -> Calendar:
        """The calendar of the reference data in use."""
        reference = self._view.reference
        return calendar_of(reference.calendar, reference.timezone)

    def _tiles(self) -> list[str]:
        ids = {unit.id for unit in self._view.reference.units}
        ids.update(unit.id for unit in shown_units(self._view).units)
        return [unit_scope(id_) for id_ in sorted(ids)]

    async def run(self) -> None:
        """Until cancelled. While ClickHouse is away the last history stays."""
        shown: int | None = None
        while True:
            pause = self._refresh
            watermark = self._view.watermark
            if watermark is not None and watermark != shown and self._view.loaded:
                started = time.monotonic()
                if await self._read(watermark):
                    shown = watermark
                # A large store is asked less often: a tenth of the time at most.
                pause = max(pause, 10 * (time.monotonic() - started))
            await asyncio.sleep(pause)

    async def _read(self, watermark: int) -> bool:
        """Read the history as of data time ``watermark`` (ms); False if it could not be had."""
        try:
            self.history = await read_history(
                self._query,
                self._view.timeline,
                watermark,
                self.calendar(),
                tiles=self._tiles(),
                flagged=not self._view.all_time,
                scopes=self._scopes(),
            )
        except StoreAway as error:
            if not self.error:
                _log.warning("no history for the wall: %s", error)
            self.error = str(error)
            return False
        except Exception:
            if not self.error:
                _log.exception("no history for the wall")
            self.error = "the history of the walls cannot be read; see the log"
            return False
        self.error = ""
        self._on_change()
        return True
