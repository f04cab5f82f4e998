"""Has a letter made, in a bounded process: the compiler and its fonts never fill this one."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

import msgspec

from documents.large import TooLarge
from documents.letters.told import Apology, ControlSlip

Form = Literal["pdf", "docx"]
_MEGABYTES, _SECONDS = 512, 60
_ROOT = Path(__file__).parents[2]
_two = asyncio.Semaphore(2)


async def letter_file(letter: ControlSlip | Apology, form: Form) -> bytes:
    """The file. Raises TooLarge."""
    kind = "control" if isinstance(letter, ControlSlip) else "apology"
    async with _two:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "documents.letters.child", kind, form,
            str(_MEGABYTES), str(_SECONDS), cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            made, _ = await child.communicate(msgspec.json.encode(letter))
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode or not made:
        raise TooLarge("The letter could not be made.", "Run dunghen doctor.")
    return made
