"""The public site of the late lists as a folder of files, for any web server or a disk.

Files and data are the bytes that the API serves; pages are made by the same functions, with
relative links. The same publications give the same folder.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import msgspec

from api.asked import Language
from api.desk.blobs import BlobStore
from api.public.published import Catalogue, catalogue_in
from api.public.rendering import Site
from api.public.service import PublicFiles, PublicLists
from dossiers.errors import UserError
from dossiers.publication.editions import Register
from dossiers.wire.late_lists import ListCore, ListRows, NameSheet
from dossiers.wire.reading import decoder, read_or_none
from dunghen.late_list.static_assets import assets_of
from dunghen.late_list.static_files import files_of_lists
from dunghen.late_list.static_pages import pages_of_site

MARK = ".dunghen-late-lists"  # in a folder that may be replaced
_read_core, _read_rows, _read_sheet = decoder(ListCore), decoder(ListRows), decoder(NameSheet)
SiteFile = tuple[str, bytes]  # path within the site, and what stands there


@dataclass(frozen=True)
class ExportedSite:
    """What was written: so many lists, files and bytes."""

    lists: int
    files: int
    size: int


class StoredFiles:
    """Published files of this installation (api.public.service.PublicFiles)."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def core(self, digest: str) -> ListCore | None:
        """None if it is not there."""
        return read_or_none(_read_core, self._blobs.read(digest))

    async def rows(self, digest: str) -> ListRows | None:
        """None if they are not there, or not any more."""
        return read_or_none(_read_rows, self._blobs.read(digest))

    async def sheet(self, digest: str) -> NameSheet | None:
        """None if it is not there, or not any more."""
        return read_or_none(_read_sheet, self._blobs.read(digest))

    async def content(self, digest: str) -> bytes | None:
        """None if it is not there, or not any more."""
        return self._blobs.read(digest)


def export(
    register: Register, blobs: BlobStore, folder: Path, site: Site, base: str = ""
) -> ExportedSite:
    """As ``export_site``, of the lists of an installation."""
    return export_site(catalogue_in(register), StoredFiles(blobs), folder, site, base)


def export_site(
    catalogue: Catalogue, files: PublicFiles, folder: Path, site: Site, base: str = ""
) -> ExportedSite:
    """Write everything that is public to ``folder``, which is replaced at once when all of it is
    there. ``base``: address at which the folder will be found, for the feed and for the fragment
    to embed. Blocks. Raises UserError for a folder that holds anything else, or cannot be written.
    """
    refuse_foreign(folder)
    service = PublicLists(lambda: catalogue, files)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        # In a thread of its own: whoever calls may have a loop.
        with ThreadPoolExecutor(1) as apart:
            work = partial(_write, made, service, catalogue, site, base)
            found = apart.submit(lambda: asyncio.run(work())).result()
        made.chmod(0o755)
        _replace(folder, made)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return found


def refuse_foreign(folder: Path) -> None:
    """Raises UserError unless ``folder`` is new, empty, or an export before."""
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists()):
        raise UserError(
            f"{folder} holds something else.", "Name a new folder, or one that was exported to."
        )


async def _write(
    made: Path, service: PublicLists, catalogue: Catalogue, site: Site, base: str
) -> ExportedSite:
    files = size = 0
    for path, content in _assets(catalogue):
        files, size = files + 1, size + _put(made, path, content)
    async for path, content in files_of_lists(service):
        files, size = files + 1, size + _put(made, path, content)
    for lang in get_args(Language):
        async for path, content in pages_of_site(service, site, lang, base):
            files, size = files + 1, size + _put(made, path, content)
    return ExportedSite(len(catalogue.lists), files, size)


def _assets(catalogue: Catalogue) -> Iterator[SiteFile]:
    yield from assets_of()
    yield MARK, msgspec.json.encode({"lists": [each.id for each in catalogue.lists]})


def _put(made: Path, path: str, content: bytes) -> int:
    target = made / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return len(content)


def _replace(folder: Path, made: Path) -> None:
    """Two renames: whoever reads in between finds no folder, and never half of one."""
    old = made.with_name(f"{made.name}.old")
    with suppress(FileNotFoundError):
        folder.rename(old)
    made.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
