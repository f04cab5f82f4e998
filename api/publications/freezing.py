"""Freezing a month: its files first, in a child, then the record that names them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api.publications.book import PublicationBook
from api.publications.desk import PublicationDesk, WrittenRecord
from api.publications.earlier import listed_before
from api.publications.errors import LateListError
from api.publications.months import month_named
from api.publications.named import list_files
from api.publications.ports import FrozenFiles, MonthNotWhole, WorkFailed
from api.publications.shelf import Shelf
from api.publications.works import Works
from dossiers.publication.chain import next_record
from dossiers.publication.deadlines import deadlines
from dossiers.publication.editions import ChainHead
from dossiers.reference.context import Context
from dossiers.wire.publications import Capacity, Frozen, is_list_id, list_id


@dataclass(frozen=True)
class FreezeRequest:
    """``edition``: 1, or the next one of a correction, which ``cites`` the record (hash) that it
    corrects and has a ``reason`` (a text's SHA-256). ``by``: person, or the system."""

    month: str
    scope: str
    by: str
    capacity: Capacity
    request: str
    edition: int = 1
    cites: str = ""
    reason: str = ""

    @property
    def list(self) -> str:
        """Its id."""
        return list_id(self.month, self.scope)


class Freezing:
    """``context``: the reference data that counts now; ``now``: data time (ms); ``knows``: whether
    there is a unit of that id; ``timeline``, ``simulation``: what is frozen."""

    def __init__(
        self,
        book: PublicationBook,
        desk: PublicationDesk,
        shelf: Shelf,
        works: Works,
        context: Callable[[], Context],
        now: Callable[[], int],
        knows: Callable[[str, str], bool],
        timeline: str,
        *,
        simulation: bool,
    ) -> None:
        self._book = book
        self._desk = desk
        self._shelf = shelf
        self._works = works
        self._context = context
        self._now = now
        self._knows = knows
        self._timeline = timeline
        self._simulation = simulation

    async def freeze(self, asked: FreezeRequest) -> WrittenRecord:
        """Raises LateListError; 202 while it takes longer than an answer may."""
        known = self._desk.done(asked.by, asked.request, asked.list, Frozen)
        if known is not None:
            return known
        self._check(asked)
        key, patience = f"freeze {asked.list} {asked.edition}", self._desk.lists.patience
        found = await self._works.join(key, lambda: self._frozen(asked), patience)
        assert isinstance(found, WrittenRecord)  # noqa: S101 (what _frozen gives)
        if (found.record.by, found.record.request) != (asked.by, asked.request):
            raise LateListError(409, "frozen_already", "Somebody else has just frozen this month.")
        return found

    def _check(self, asked: FreezeRequest) -> None:
        month = month_named(asked.month, self._context())
        if month is None:
            raise LateListError(422, "month", "month: write it as 2026-10.")
        if asked.scope and not self._knows("unit", asked.scope):
            raise LateListError(422, "scope", f"There is no unit {asked.scope[:100]}.")
        if not is_list_id(asked.list):
            raise LateListError(422, "scope", "A unit with a blank or ~ in its id has no list.")
        if self._now() < month.end:
            raise LateListError(409, "month_not_over", "The month is not over yet.")
        edition = self._book.edition(asked.list)
        if edition is not None and asked.edition <= edition.number:
            raise LateListError(409, "frozen_already", "This month has been frozen.")

    async def _frozen(self, asked: FreezeRequest) -> WrittenRecord:
        freezer = self._desk.lists.freezer
        if freezer is None:
            raise LateListError(409, "read_only", "This process freezes nothing.")
        before = await listed_before(self._book, self._shelf, asked.month, asked.scope)
        try:
            files = await freezer.freeze(
                asked.month, asked.scope, asked.edition, asked.cites, before,
                whole=asked.capacity == "system",
            )  # fmt: skip
        except MonthNotWhole as error:
            raise LateListError(error.status, "not_whole", str(error)) from error
        except WorkFailed as error:
            raise LateListError(error.status, "not_frozen", str(error)) from error
        try:
            return await self._desk.write(
                asked.by,
                asked.request,
                asked.list,
                Frozen,
                lambda head: self._record(asked, files, head),
            )
        except LateListError as error:
            if error.status < 500:  # else nobody knows yet
                await self._discard(files)
            raise

    async def _discard(self, files: FrozenFiles) -> None:
        """Somebody was first: no record names these files, so nobody would erase the names."""
        named = {file for each in self._book.placed() for file in list_files(each.record)}
        blobs, note = self._desk.lists.blobs, b'{"why":"another freeze counts"}'
        for digest in {files.rows, files.sheet, files.secret} - named:
            with suppress(OSError):
                await asyncio.to_thread(blobs.erase, digest, note)

    def _record(self, asked: FreezeRequest, files: FrozenFiles, head: ChainHead) -> Frozen:
        lists, now = self._desk.lists, self._now()
        policy = lists.policy
        days = (policy.explain_days, policy.review_days, policy.publish_days)
        until = deadlines(now, self._context().calendar, *days)
        fields: dict[str, Any] = {
            name: getattr(files, name)
            for name in ("cut", "watermark", "core", "rows", "sheet", "secret", "total", "late")
        }
        return next_record(
            head, Frozen, request=asked.request, list=asked.list, edition=asked.edition, at=now,
            written_at=lists.clock(), by=asked.by, capacity=asked.capacity,
            timeline=self._timeline, simulation=self._simulation, cites=asked.cites,
            reason=asked.reason, **until._asdict(), **fields,
        )  # fmt: skip
