"""A workbook of any number of rows: small ones at once, large ones in a child process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from documents.tables import Row, Sheet
from documents.workbook import write_workbook
from dossiers.errors import UserError

AT_ONCE = 1_000  # rows that are written in this process
MEGABYTES = 512
SECONDS = 120
MOST_CHILDREN = 2
_ROOT = Path(__file__).parents[1]
_encode = msgspec.json.Encoder().encode
_running = asyncio.Semaphore(MOST_CHILDREN)


class TooLarge(UserError):
    """The workbook needs more memory or time than it may have."""


async def workbook_file(
    sheet: Sheet,
    pages: AsyncIterator[Sequence[Row]],
    target: Path,
    *,
    megabytes: int = MEGABYTES,
    seconds: int = SECONDS,
) -> None:
    """Write ``target``, an absolute path; the caller removes it. Raises TooLarge, and whatever
    ``pages`` raises."""
    first: list[Row] = []
    async for rows in pages:
        first += rows
        if len(first) > AT_ONCE:
            await _in_child(sheet, first, pages, target, megabytes, seconds)
            return
    await asyncio.to_thread(write_workbook, str(target), [(sheet, first)], sheet.name)


async def _in_child(
    sheet: Sheet,
    first: Sequence[Row],
    rest: AsyncIterator[Sequence[Row]],
    target: Path,
    megabytes: int,
    seconds: int,
) -> None:
    async with _running:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "documents.child", str(target), str(megabytes), str(seconds),
            stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                await _feed(child, sheet, first, rest)
                status = await child.wait()
        except TimeoutError:
            status = -1
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if status != 0:
        raise TooLarge(
            f"The workbook needs more than {megabytes} MB of memory or {seconds} s.",
            "Narrow the filter, or take the CSV, which needs neither.",
        )


async def _feed(
    child: asyncio.subprocess.Process,
    sheet: Sheet,
    first: Sequence[Row],
    rest: AsyncIterator[Sequence[Row]],
) -> None:
    pipe = child.stdin
    assert pipe is not None  # noqa: S101 (it was asked for)
    try:
        pipe.write(_encode(sheet) + b"\n")
        pipe.write(_lines(first))
        await pipe.drain()
        async for rows in rest:
            pipe.write(_lines(rows))
            await pipe.drain()
        pipe.write(b"null\n")
        await pipe.drain()
        pipe.close()
    except (BrokenPipeError, ConnectionResetError):
        return  # its status says why


def _lines(rows: Sequence[Row]) -> bytes:
    return b"".join(_encode(row) + b"\n" for row in rows)
