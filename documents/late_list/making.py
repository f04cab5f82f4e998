"""Has the files of a list made, in a process of its own, bounded in memory and time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
from pathlib import Path

import msgspec

from documents.large import TooLarge
from documents.late_list.data import FORMS, Form, Paper
from dossiers.wire.publications import PublishedFile

MEGABYTES = 2_048
SECONDS = 900
_ROOT = Path(__file__).parents[2]
_one = asyncio.Semaphore(1)  # a second list waits: making one takes a processor


async def make_files(
    paper: Paper,
    folder: Path,
    forms: Collection[Form] = FORMS,
    *,
    megabytes: int = MEGABYTES,
    seconds: int = SECONDS,
) -> tuple[PublishedFile, ...]:
    """Write every file of ``files_of`` into ``folder``, an absolute path, there and
    empty, and say what they
    are. ``forms``: only these. Raises TooLarge; then what is in the folder means nothing."""
    async with _one:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "documents.late_list.child",
            str(folder), str(megabytes), str(seconds), ",".join(forms),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                said, _ = await child.communicate(msgspec.msgpack.encode(paper))
        except TimeoutError:
            said = b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode or not said:
        raise TooLarge(
            f"The documents need more than {megabytes} MB of memory or {seconds} s, or the fonts "
            "are not installed.",
            "Run dunghen doctor.",
        )
    return msgspec.json.decode(said, type=tuple[PublishedFile, ...])
