"""Names have had their time: the list without people takes the place of the one with them, and
files that name people are erased.

The record comes first: what it says is no more is erased afterwards, by whichever process sees that
it is still there, so an end in between leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

import msgspec

from api.publications.book import PublicationBook
from api.publications.desk import PublicationDesk, WrittenRecord
from api.publications.errors import LateListError
from api.publications.listing import Lister
from api.publications.named import naming_files, said_files
from api.publications.papers import Papers
from api.publications.ports import WorkFailed
from dossiers.publication.chain import next_record
from dossiers.publication.deadlines import names_until
from dossiers.publication.editions import ChainHead, Edition
from dossiers.reference.context import Context
from dossiers.wire.publications import SYSTEM, Capacity, Reduced

_log = logging.getLogger(__name__)


class ReducedNote(msgspec.Struct, frozen=True):
    """What stands in the place of an erased file. ``at``: ms, real time."""

    at: int
    by: str
    why: str


class Reducing:
    """``context``: the reference data that counts now; ``now``: data time (ms)."""

    def __init__(
        self,
        book: PublicationBook,
        desk: PublicationDesk,
        lister: Lister,
        papers: Papers,
        context: Callable[[], Context],
        now: Callable[[], int],
    ) -> None:
        self._book = book
        self._desk = desk
        self._lister = lister
        self._papers = papers
        self._context = context
        self._now = now
        self._swept: set[str] = set()
        self._said_until = 0  # number of the record up to which what was said has been looked at

    async def reduce(
        self, edition: Edition, by: str, capacity: Capacity, request: str
    ) -> WrittenRecord:
        """Raises LateListError."""
        list_, published, submitted = edition.list_id, edition.published, edition.submitted
        known = self._desk.done(by, request, list_, Reduced)
        if known is not None:
            return known
        if published is None or submitted is None:
            raise LateListError(409, "not_published", "The list has not been published.")
        if edition.reduced is not None:
            raise LateListError(409, "reduced_already", "The names have been taken off the list.")
        try:
            made = await self._lister.reduced_of(submitted.record.core, submitted.record.rows)
            files = await self._papers.reduced(edition, made.core, made.rows)
        except WorkFailed as error:
            raise LateListError(error.status, "not_made", str(error)) from error

        stays = {made.core, made.rows, *(file.sha256 for file in files)}
        erased = tuple(digest for digest in naming_files(edition) if digest not in stays)

        def record(head: ChainHead) -> Reduced:
            return next_record(
                head, Reduced, request=request, list=list_, edition=edition.number,
                at=self._now(), written_at=self._desk.lists.clock(), by=by, capacity=capacity,
                cites=published.hash, core=made.core, rows=made.rows, files=files,
                erased=erased,
            )  # fmt: skip

        written = await self._desk.write(by, request, list_, Reduced, record)
        await self.sweep()
        return written

    async def sweep(self) -> None:
        """Erase what records say is no more, then what people wrote about lists that name nobody
        any more. Raises LateListError if a file cannot be erased."""
        for edition in list(self._book.editions()):
            if edition.reduced is None or edition.reduced.hash in self._swept:
                continue
            record = edition.reduced.record
            await self._erase(record.erased, record.by, f"reduced {record.list}")
            self._swept.add(edition.reduced.hash)
        if self._said_until != (head := self._book.state.head.number):
            await self._erase(self._said(), SYSTEM, "reduced")
            self._said_until = head

    def _said(self) -> set[str]:
        """What was written and attached about lists of which every edition is reduced. A file that
        is attached to another list as well stays as long as that."""
        over, needed = set[str](), set[str]()
        for state in self._book.state.lists.values():
            found = over if all(each.reduced for each in state.editions) else needed
            for edition in state.editions:
                found.update(file for each in edition.records for file in said_files(each.record))
        return over - needed

    def due(self) -> list[Edition]:
        """Published editions whose names have had their time."""
        calendar, now = self._context().calendar, self._now()
        months = self._desk.lists.policy.retention_months
        return [
            edition
            for edition in self._book.editions()
            if edition.published is not None
            and edition.reduced is None
            and now >= names_until(edition.published.record.at, months, calendar)
        ]

    async def look(self) -> None:
        """Do what is due, as the system; one that cannot be done hinders no other. Raises
        LateListError."""
        await self.sweep()
        failed: LateListError | None = None
        for edition in self.due():
            request = f"{SYSTEM} reduces {edition.list_id} {edition.number}"
            try:
                await self.reduce(edition, SYSTEM, "system", request)
            except LateListError as error:
                failed = error
        if failed is not None:
            raise failed

    async def _erase(self, digests: Iterable[str], by: str, why: str) -> None:
        lists = self._desk.lists
        note = msgspec.json.encode(ReducedNote(lists.clock(), by, why))

        def work() -> None:
            for digest in digests:
                if lists.blobs.state(digest) not in ("missing", "erased"):
                    lists.blobs.erase(digest, note)
                    _log.info("the file %s is erased: %s", digest, why)

        try:
            await asyncio.to_thread(work)
        except OSError as error:
            raise LateListError(503, "disk", f"Names are not erased yet: {error}") from error
