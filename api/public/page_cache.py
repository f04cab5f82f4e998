"""Answers that were made already: many who read the same page cost one page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

MOST_BYTES = 24 * 2**20  # of all bodies together
MOST_PAGES = 1_000


@dataclass(frozen=True)
class MadePage:
    """``etag``: as it stands in the header."""

    body: bytes
    etag: str


class PageCache:
    """Pages by what they were made of; those not asked for longest are forgotten."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._pages: OrderedDict[Hashable, MadePage] = OrderedDict()

    def get(self, key: Hashable) -> MadePage | None:
        """None if it has to be made."""
        found = self._pages.get(key)
        if found is not None:
            self._pages.move_to_end(key)
        return found

    def keep(self, key: Hashable, page: MadePage) -> None:
        """A page larger than a quarter of all room is not kept."""
        if len(page.body) * 4 > self._most or key in self._pages:
            return
        self._pages[key] = page
        self._held += len(page.body)
        while self._held > self._most or len(self._pages) > MOST_PAGES:
            _, gone = self._pages.popitem(last=False)
            self._held -= len(gone.body)

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
        self._held = 0
