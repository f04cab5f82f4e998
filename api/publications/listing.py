"""The files of the list that follows from what was frozen and decided, made in a child process."""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from api.publications.desk import PublicationDesk
from api.publications.listing_child import ListAsked, MadeList
from api.publications.ports import WorkFailed
from api.publications.shelf import Shelf
from dossiers.publication.editions import Edition
from dossiers.publication.reviewed import Reviewed, reviewed
from dossiers.publication.sealing import SECRET_BYTES
from dossiers.wire.late_lists import NamesPolicy

MEGABYTES = 2_048
SECONDS = 300
GONE = "The files of this list are not here any more: restore them from a backup."
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ListDigests:
    """SHA-256 of the files, which are blobs by then; ``sheet`` "" if nobody is named."""

    core: str
    rows: str
    sheet: str


class Lister:
    """Reads and keeps files by the desk's means."""

    def __init__(self, desk: PublicationDesk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf

    async def list_of(self, edition: Edition) -> ListDigests:
        """Of an edition as it is reviewed by now. Raises WorkFailed, OSError."""
        return await self._kept(await self.draft_of(edition))

    async def draft_of(self, edition: Edition, names: NamesPolicy | None = None) -> MadeList:
        """The same, of which nothing is kept. ``names``: None: as the settings say. Raises
        WorkFailed."""
        frozen, found = edition.frozen.record, reviewed(edition)
        asked = ListAsked(
            core=await self._read(frozen.core),
            rows=await self._read(frozen.rows),
            sheet=await self._read(frozen.sheet) if frozen.sheet else b"",
            secret=await self._read(frozen.secret),
            names=names or self._desk.lists.policy.names,
            relieved=tuple(found.relieved.items()),
            said=tuple(found.said.items()),
            of_dossiers=dict(found.of_dossiers),
            texts=await self._texts(found),
        )
        return await _in_child(asked)

    async def reduced_of(self, core: str, rows: str) -> ListDigests:
        """Of a published list (SHA-256 of its core and rows): nobody in it. Raises WorkFailed,
        OSError."""
        asked = ListAsked(
            core=await self._read(core),
            rows=await self._read(rows),
            sheet=b"",
            secret=secrets.token_bytes(SECRET_BYTES),
            reduced=True,
        )
        return await self._kept(await _in_child(asked))

    async def _texts(self, found: Reviewed) -> dict[str, str]:
        """Of what is printed of decisions; one that was erased is not printed."""
        digests = {ruling.text for ruling in found.relieved.values() if ruling.text}
        texts = {digest: await self._shelf.text(digest) for digest in digests}
        return {digest: text for digest, text in texts.items() if text is not None}

    async def _read(self, digest: str) -> bytes:
        content = await self._shelf.content(digest)
        if content is None:
            raise WorkFailed(GONE, 410)
        return content

    async def _kept(self, found: MadeList) -> ListDigests:
        put = self._desk.lists.blobs.put
        contents = [each for each in (found.core, found.rows, found.sheet) if each]
        digests = [await asyncio.to_thread(put, content) for content in contents]
        return ListDigests(digests[0], digests[1], digests[2] if len(digests) > 2 else "")


async def _in_child(asked: ListAsked) -> MadeList:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.publications.listing_child", str(MEGABYTES), str(SECONDS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS + 10):
            told, _ = await child.communicate(msgspec.msgpack.encode(asked))
    except TimeoutError:
        told = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode or not told:
        raise WorkFailed(
            f"The list could not be made: it does not add up, or needs more than {MEGABYTES} MB or "
            f"{SECONDS} s. Nothing was written."
        )
    return msgspec.msgpack.decode(told, type=MadeList)
