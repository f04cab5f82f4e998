"""Makes the files of a list in a process of its own, bounded in memory and time."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from documents.late_list.data import Paper
from documents.late_list.files import files_of
from dossiers.wire.publications import PublishedFile


async def make_files(paper: Paper, folder: Path) -> tuple[PublishedFile, ...]:
    """Write every file of ``files_of`` into ``folder``, which is there and empty, and say what they
    are. Raises documents.large.TooLarge; then what is in the folder means nothing."""
    return await asyncio.to_thread(_made_here, paper, folder)


def _made_here(paper: Paper, folder: Path) -> tuple[PublishedFile, ...]:
    found = []
    for file in files_of(paper):
        (folder / file.name).write_bytes(file.content)
        digest = hashlib.sha256(file.content).hexdigest()
        found.append(
            PublishedFile(name=file.name, media=file.media, sha256=digest, size=len(file.content))
        )
    return tuple(found)
