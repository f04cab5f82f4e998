"""Whether a PDF that somebody attaches does nothing but show pages."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

PdfVerdict = Literal["fine", "encrypted", "active", "damaged"]
MEGABYTES = 512
SECONDS = 20
_ROOT = Path(__file__).parents[2]
_WORDS: tuple[PdfVerdict, ...] = ("fine", "encrypted", "active", "damaged")
_running = asyncio.Semaphore(2)


async def pdf_verdict(content: bytes) -> PdfVerdict:
    """Looked at in a child process, which a made-up file may bring down: that counts as damaged."""
    async with _running:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.late_list.pdf_child", str(MEGABYTES), str(SECONDS),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS + 10):
                told, _ = await child.communicate(content)
        except TimeoutError:
            return "damaged"
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    word = told.decode("ascii", "replace").strip()
    return next((each for each in _WORDS if each == word), "damaged")
