"""A PDF that may be long, made in a bounded process, so that nothing of it stays in memory here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from documents.large import TooLarge

MEGABYTES = 1024
SECONDS = 180
_ROOT = Path(__file__).parents[2]


def bounded_pdf(
    template: str, content: Any, at: int, megabytes: int = MEGABYTES, seconds: int = SECONDS
) -> bytes:
    """As ``compiling.pdf_of`` makes it; ``at`` in ms. Raises TooLarge."""
    command = [sys.executable, "-m", "documents.typeset.child", template]
    bounds = [str(number) for number in (at, megabytes, seconds)]
    try:
        made = subprocess.run(
            [*command, *bounds], cwd=_ROOT, check=True, timeout=2 * seconds,
            input=msgspec.json.encode(content), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise TooLarge(
            f"The PDF could not be made with {megabytes} MB of memory in {seconds} s.",
            "Take the workbook or the CSV.",
        ) from error
    return made.stdout
