"""The documents of a list: as it is published, and drafts of it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Collection
from pathlib import Path

import msgspec

from api.publications.book import PublicationBook
from api.publications.desk import PublicationDesk
from api.publications.listing import GONE, Lister
from api.publications.ports import WorkFailed
from api.publications.shelf import Shelf
from documents.large import TooLarge
from documents.late_list.data import FORMS, Corrected, Form, Paper
from documents.late_list.making import make_files
from dossiers.publication.editions import Edition
from dossiers.wire.late_lists import Envelope, ListCore, ListRows, NameSheet
from dossiers.wire.publications import PublishedFile


class Papers:
    """Reads and keeps files by the desk's means; documents are made in a child process."""

    def __init__(
        self, book: PublicationBook, desk: PublicationDesk, shelf: Shelf, lister: Lister
    ) -> None:
        self._book = book
        self._desk = desk
        self._shelf = shelf
        self._lister = lister

    async def published(self, edition: Edition, envelope: Envelope) -> tuple[PublishedFile, ...]:
        """All files of an approved edition, which are blobs by then. Raises WorkFailed, OSError."""
        submitted, approved = edition.submitted, edition.approved
        if submitted is None or approved is None:
            raise WorkFailed("The list has not been approved.", 409)
        record = submitted.record
        core, rows = await self._shelf.core(record.core), await self._shelf.rows(record.rows)
        sheet = await self._shelf.sheet(record.sheet)
        if core is None or rows is None or (record.sheet and sheet is None):
            raise WorkFailed(GONE, 410)
        corrects = await self._corrected(edition)
        return await self._kept(
            Paper(
                core=core,
                rows=rows,
                sheet=sheet,
                envelope=envelope,
                approved=approved.record.number,
                corrects=corrects,
            )
        )

    async def reduced(self, edition: Edition, core: str, rows: str) -> tuple[PublishedFile, ...]:
        """Of a published edition without its people; ``core``, ``rows``: SHA-256 of the reduced
        list. Raises WorkFailed, OSError."""
        published, approved = edition.published, edition.approved
        made = await self._shelf.core(core), await self._shelf.rows(rows)
        if published is None or approved is None or made[0] is None or made[1] is None:
            raise WorkFailed(GONE, 410)
        content = await self._shelf.content(published.record.envelope)
        envelope = msgspec.json.decode(content, type=Envelope) if content else Envelope()
        number = approved.record.number
        paper = Paper(core=made[0], rows=made[1], sheet=None, envelope=envelope, approved=number)
        return await self._kept(paper)

    async def draft(self, edition: Edition, envelope: Envelope, ending: str) -> bytes | None:
        """One document of what would be published by now, marked as a draft; ``ending``: of its
        name, such as .pdf. Nothing is kept. None if there is none. Raises WorkFailed."""
        made = await self._lister.draft_of(edition)
        sheet = msgspec.json.decode(made.sheet, type=NameSheet) if made.sheet else None
        paper = Paper(
            core=msgspec.json.decode(made.core, type=ListCore),
            rows=msgspec.json.decode(made.rows, type=ListRows),
            sheet=sheet, envelope=envelope, corrects=await self._corrected(edition),
        )  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="dunghen-draft-") as folder:
            wanted = [form for form in FORMS if ending.endswith(form)]
            files = await _made(paper, Path(folder), wanted)
            found = next((file for file in files if file.name.endswith(ending)), None)
            if found is None:
                return None
            return await asyncio.to_thread((Path(folder) / found.name).read_bytes)

    async def _kept(self, paper: Paper) -> tuple[PublishedFile, ...]:
        with tempfile.TemporaryDirectory(prefix="dunghen-papers-") as folder:
            files = await _made(paper, Path(folder))
            for file in files:
                await asyncio.to_thread(self._keep, Path(folder) / file.name, file)
        return files

    def _keep(self, path: Path, file: PublishedFile) -> None:
        if self._desk.lists.blobs.put(path.read_bytes()) != file.sha256:
            raise WorkFailed(f"The file {file.name} was changed while it was kept.")

    async def _corrected(self, edition: Edition) -> Corrected | None:
        """What this edition corrects; None for the first, and if its rows are no more."""
        before = (
            self._book.edition(edition.list_id, edition.number - 1) if edition.number > 1 else None
        )
        if before is None or before.submitted is None or before.published is None:
            return None
        core = await self._shelf.core(before.submitted.record.core)
        rows = await self._shelf.rows(before.submitted.record.rows)
        if core is None or rows is None:
            return None
        return Corrected(
            core=core, rows=rows, document_no=before.published.record.document_no,
            dated=before.published.record.dated,
            why=await self._shelf.text(edition.frozen.record.reason) or "",
        )  # fmt: skip


async def _made(
    paper: Paper, folder: Path, forms: Collection[Form] = FORMS
) -> tuple[PublishedFile, ...]:
    try:
        return await make_files(paper, folder, forms)
    except TooLarge as error:
        raise WorkFailed(str(error)) from error
