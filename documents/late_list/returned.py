"""A published PDF on its way to be signed, and back.

Signatures are written behind the file. Without a newline between, the first of their objects would
stand on the last line of the original, which PDF/A forbids. So whoever signs gets ``signable``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

MOST_BYTES = 64 * 2**20  # of a returned file
_MEGABYTES, _SECONDS = 1_024, 60
_ROOT = Path(__file__).parents[2]
NEWLINE = b"\n"
# ``other_document``: begins with other bytes; ``no_newline``; ``unreadable``; ``unsigned``;
# ``too_many`` signatures; ``changed``: by more than signatures, or after the last one; ``broken``:
# a signature does not fit what it is of.
WhyNot = Literal[
    "", "other_document", "no_newline", "unreadable", "unsigned", "too_many", "changed", "broken"
]


class SignedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """``why_not``: "" if the file is the published one, signed and unchanged since. Then
    ``certificate`` is the SHA-256 of the last signer's, ``signer`` the name in it, ``signed_at``
    what the signature says of itself (ms); ``trusted``: every signature leads to a root that is
    known, and is valid by it."""

    why_not: WhyNot = ""
    certificate: str = ""
    signer: str = ""
    signed_at: int | None = None
    trusted: bool = False


def signable(published: bytes) -> bytes:
    """The published PDF as it is signed."""
    return published + NEWLINE


class Question(msgspec.Struct, frozen=True):
    """What the child is asked. ``roots``: certificates, each as PEM or DER."""

    published: bytes
    returned: bytes
    roots: tuple[bytes, ...]


async def check_apart(published: bytes, returned: bytes, roots: Sequence[bytes]) -> SignedCheck:
    """As ``signed.check_signed``, in a bounded process: the file comes from outside. One that is
    too large or takes too long is unreadable."""
    if len(returned) > MOST_BYTES:
        return SignedCheck(why_not="unreadable")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "documents.late_list.signed_child", str(_MEGABYTES), str(_SECONDS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT,
    )  # fmt: skip
    try:
        asked = msgspec.msgpack.encode(Question(published, returned, tuple(roots)))
        said, _ = await child.communicate(asked)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        return SignedCheck(why_not="unreadable")
    return msgspec.json.decode(said, type=SignedCheck)
