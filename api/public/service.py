"""Published lists, opened when somebody reads them; a few are kept open."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from api.public.opened import OpenedEdition
from api.public.page_cache import PageCache
from api.public.published import Catalogue, PublishedEdition
from dossiers.wire.late_lists import Counts, ListCore, ListRows, NameSheet, Thresholds

_OPEN = 6  # editions kept open
_SUMMED = 2_000  # lists whose counts are kept
Summary = tuple[Counts, Thresholds, str]  # of a core, and the name of its scope


class PublicFiles(Protocol):
    """Files by their SHA-256, decoded; None for one that is not there, or not any more."""

    async def core(self, digest: str, /) -> ListCore | None:
        """Of a list."""

    async def rows(self, digest: str, /) -> ListRows | None:
        """Of a list."""

    async def sheet(self, digest: str, /) -> NameSheet | None:
        """Of a list."""

    async def content(self, digest: str, /) -> bytes | None:
        """Any file, as it is."""


class PublicLists:
    """``catalogue``: what is public now. Runs on one event loop."""

    def __init__(self, catalogue: Callable[[], Catalogue], files: PublicFiles) -> None:
        self._catalogue = catalogue
        self.files = files
        self.pages = PageCache()
        self._open: OrderedDict[tuple[str, int, int], OpenedEdition] = OrderedDict()
        self._sums: dict[str, Summary] = {}
        self._head = -1

    @property
    def catalogue(self) -> Catalogue:
        """What is public now. Nothing that was made of an earlier one is kept: names may have had
        their time."""
        found = self._catalogue()
        if found.head != self._head:
            self._head = found.head
            self._open.clear()
            self.pages.clear()
        return found

    async def opened(self, edition: PublishedEdition) -> OpenedEdition | None:
        """With its files; None if they cannot be read."""
        key = (edition.list, edition.edition, edition.published.number + len(edition.signed))
        found = self._open.get(key)
        if found is None:
            core = await self.files.core(edition.core)
            if core is None:
                return None
            rows = await self.files.rows(edition.rows)
            sheet = await self.files.sheet(edition.sheet) if edition.sheet else None
            if rows is None or (edition.sheet and sheet is None):
                return None  # to say that nobody was late would not be true
            found = OpenedEdition(edition, core, rows, sheet)
            self._open[key] = found
        self._open.move_to_end(key)
        while len(self._open) > _OPEN:
            self._open.popitem(last=False)
        return found

    async def summary(self, edition: PublishedEdition) -> Summary | None:
        """What a list counts; None if it cannot be read."""
        found = self._sums.get(edition.core)
        if found is None:
            core = await self.files.core(edition.core)
            if core is None:
                return None
            found = (core.whole, core.thresholds, dict(core.unit_names).get(core.scope, core.scope))
            if len(self._sums) >= _SUMMED:
                self._sums.clear()
            self._sums[edition.core] = found
        return found
