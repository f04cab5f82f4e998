"""What happens to late lists by itself.

The last month is frozen when the next one's first working day begins, if the log has all of it, and
names are taken off when they have had their time. Whichever process sees it first writes it; of
the others' records the list's id makes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from api.publications.book import PublicationBook
from api.publications.desk import PublicationDesk
from api.publications.errors import LateListError
from api.publications.freezing import FreezeRequest, Freezing
from api.publications.months import month_before
from api.publications.reducing import Reducing
from dossiers.publication.deadlines import first_opening
from dossiers.reference.context import Context
from dossiers.wire.publications import SYSTEM, list_id

_LOOK = 5.0  # s between two looks
_AGAIN = 60.0  # s after one that came to nothing
_log = logging.getLogger(__name__)


class Automatic:
    """``loaded``: whether the topics have been read; ``now``: data time (ms)."""

    def __init__(
        self,
        book: PublicationBook,
        desk: PublicationDesk,
        freezing: Freezing,
        reducing: Reducing,
        loaded: Callable[[], bool],
        context: Callable[[], Context],
        now: Callable[[], int],
    ) -> None:
        self._book = book
        self._desk = desk
        self._freezing = freezing
        self._reducing = reducing
        self._loaded = loaded
        self._context = context
        self._now = now
        self._part: set[str] = set()

    async def run(self) -> None:
        """For ever."""
        while True:
            pauses = [await self._tried(work) for work in (self.look, self._reducing.look)]
            await asyncio.sleep(max(pauses))

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> float:
        """How long to wait (s) until it is done again."""
        if not self._loaded() or not self._desk.open or not self._now():
            return _LOOK
        try:
            await work()
        except LateListError as error:
            if error.status == 202:
                return _LOOK
            _log.warning("a late list is not frozen or reduced: %s", error)
            return _AGAIN
        except Exception:
            _log.exception("a late list is not frozen or reduced")
            return _AGAIN
        return _LOOK

    async def look(self) -> None:
        """Freeze the month that is due. Raises LateListError."""
        month = self.due()
        if not month:
            return
        try:
            asked = FreezeRequest(month, "", SYSTEM, "system", f"{SYSTEM} {month}")
            await self._freezing.freeze(asked)
        except LateListError as error:
            if error.key != "not_whole":
                raise
            self._part.add(month)

    def due(self) -> str:
        """The month that is to be frozen now, "" if there is none."""
        lists = self._desk.lists
        if not lists.policy.automatic or lists.freezer is None:
            return ""
        context, now = self._context(), self._now()
        if now < lists.policy.automatic_from:
            return ""
        month = month_before(now, context)
        known = month.name in self._part or self._book.edition(list_id(month.name)) is not None
        return "" if known or now < first_opening(month.end, context.calendar) else month.name
