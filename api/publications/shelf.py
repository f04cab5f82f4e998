"""The files of late lists, read and kept ready: cores, rows with their cases, names, texts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from api.publications.case_rows import CaseRows
from api.publications.ports import LateLists
from dossiers.wire.late_lists import ListCore, ListRows, NameSheet
from dossiers.wire.reading import Json, decoder, read_or_none

_MOST_HOLDERS = 200  # lists
MOST_KEPT = 96 * 2**20  # bytes of files whose contents are kept ready
T = TypeVar("T")
_core: Callable[[Json], ListCore] = decoder(ListCore)
_rows: Callable[[Json], ListRows] = decoder(ListRows)
_sheet: Callable[[Json], NameSheet] = decoder(NameSheet)


class Shelf:
    """Reads blobs in threads; what was asked for last is kept. ``lists`` None: there is nothing.
    Everything is None for a file that was erased, is missing, or is another kind of file. Lives on
    the event loop."""

    def __init__(self, lists: LateLists | None) -> None:
        self._lists = lists
        self._kept: OrderedDict[tuple[str, str], tuple[int, object]] = OrderedDict()
        self._holders: OrderedDict[str, Mapping[tuple[str, str], int]] = OrderedDict()
        self._reading: dict[tuple[str, str], asyncio.Task[tuple[int, object]]] = {}

    async def core(self, digest: str) -> ListCore | None:
        """Of a core's SHA-256."""
        return await self._ready("core", digest, _core)

    async def rows(self, digest: str) -> ListRows | None:
        """Of the rows'."""
        found = await self.cases(digest)
        return None if found is None else found.rows

    async def cases(self, digest: str) -> CaseRows | None:
        """The rows with an index of what can be explained in them."""
        return await self._ready("rows", digest, lambda content: CaseRows(_rows(content)))

    async def holders(self, digest: str) -> Mapping[tuple[str, str], int] | None:
        """How many cases each (unit, officer) has in rows, without having these in hand."""
        if digest not in self._holders:
            found = await self.cases(digest)
            if found is None:
                return None
            self._holders[digest] = found.holders
            while len(self._holders) > _MOST_HOLDERS:
                self._holders.popitem(last=False)
        return self._holders[digest]

    async def sheet(self, digest: str) -> NameSheet | None:
        """Of a name sheet's, "" for none."""
        return await self._ready("sheet", digest, _sheet) if digest else None

    async def text(self, digest: str) -> str | None:
        """What somebody wrote."""
        if self._lists is None or not digest:
            return None
        return await asyncio.to_thread(self._lists.texts.read, digest)

    async def content(self, digest: str) -> bytes | None:
        """The file as it is; nothing of it is kept ready."""
        if self._lists is None:
            return None
        return await asyncio.to_thread(self._lists.blobs.read, digest)

    def forget(self, digests: Iterable[str]) -> None:
        """Of files that are no more."""
        gone = set(digests)
        for key in [key for key in self._kept if key[1] in gone]:
            del self._kept[key]
        for digest in gone:
            self._holders.pop(digest, None)

    async def _ready(self, kind: str, digest: str, read: Callable[[Json], T]) -> T | None:
        key = (kind, digest)
        if key not in self._kept:
            task = self._reading.get(key)
            if task is None:
                task = asyncio.create_task(asyncio.to_thread(self._read, digest, read))
                self._reading[key] = task
                task.add_done_callback(lambda _: self._reading.pop(key, None))
            found = await asyncio.shield(task)
            if found[1] is None:
                return None
            self._keep(key, found)
        self._kept.move_to_end(key)
        return self._kept[key][1]  # type: ignore[return-value]

    def _keep(self, key: tuple[str, str], found: tuple[int, object]) -> None:
        self._kept[key] = found
        while len(self._kept) > 1 and sum(size for size, _ in self._kept.values()) > MOST_KEPT:
            self._kept.popitem(last=False)

    def _read(self, digest: str, read: Callable[[Json], T]) -> tuple[int, T | None]:
        content = None if self._lists is None else self._lists.blobs.read(digest)
        return (0, None) if content is None else (len(content), read_or_none(read, content))
