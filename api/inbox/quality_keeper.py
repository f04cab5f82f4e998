"""Keeps the quality of alerting of the whole, this month, for metrics: as its page shows it."""

from __future__ import annotations

import asyncio
import logging

from api.inbox.quality import AlertQuality
from api.inbox.quality_reading import read_quality
from api.live.view import Picture
from api.ports import Query, StoreAway

PAUSE = 600.0  # s of real time between two readings
_log = logging.getLogger(__name__)


class QualityKeeper:
    """``found``: None until it was read once; while ClickHouse is away the last one stays."""

    def __init__(self, query: Query, view: Picture) -> None:
        self._query = query
        self._view = view
        self.found: AlertQuality | None = None

    async def run(self) -> None:
        """Until cancelled; the first reading leaves the start alone."""
        while True:
            await asyncio.sleep(PAUSE)
            await self.read()

    async def read(self) -> None:
        """Once, if there is anything to read of."""
        view, now = self._view, self._view.watermark
        if not view.loaded or now is None:
            return
        within = (view.context.calendar.month_start(now), now + 1)
        try:
            self.found = await read_quality(self._query, view.timeline, view.context, within, now)
        except StoreAway as error:
            _log.warning("the quality of alerting cannot be read: %s", error)
        except Exception:
            _log.exception("the quality of alerting cannot be read")
