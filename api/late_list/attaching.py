"""Files that people attach to what they say: what is taken, and how one is named afterwards.

What comes is kept without metadata, as a blob. Whoever sent it gets a seal for it: only with that
can it be attached, so nobody opens a file of somebody else by naming its hash.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass

from api.late_list.images import JPEG_HEAD, PNG_HEAD, ImageFault, plain_jpeg, plain_png
from api.late_list.pdf_check import PdfVerdict, pdf_verdict
from api.publications.errors import LateListError
from api.publications.ports import LateLists
from dossiers.wire.one_tap import LinkKey
from dossiers.wire.publications import MOST_FILE_BYTES, Attachment, Media

PDF_HEAD = b"%PDF-"
_TAIL = 1_024  # bytes in which a PDF ends
_PDF_FAULTS: dict[PdfVerdict, str] = {
    "encrypted": "The PDF is encrypted: save it without a password.",
    "active": "The PDF holds a script, a file, or something that starts by itself: print it into "
    "a new PDF and send that.",
    "damaged": "The PDF is damaged or too large to be looked at: print it into a new PDF.",
}


@dataclass(frozen=True)
class Upload:
    """``seal``: proves that this person sent this file here."""

    file: Attachment
    seal: str


async def taken(lists: LateLists, person: str, content: bytes) -> Upload:
    """Keep a file of somebody. Raises LateListError."""
    if not content or len(content) > MOST_FILE_BYTES:
        raise LateListError(413, "file_large", f"A file has 1 to {MOST_FILE_BYTES} bytes.")
    media, plain = await _plain(content)
    try:
        digest = await asyncio.to_thread(lists.blobs.put, plain)
    except OSError as error:
        raise LateListError(503, "disk", "The file cannot be kept now: try again.") from error
    file = Attachment(sha256=digest, media=media, size=len(plain))
    return Upload(file, seal_of(lists.key, person, file))


def seal_of(key: LinkKey, person: str, file: Attachment) -> str:
    """Of a file that a person has sent."""
    return key.seal("attachment", f"{person}\n{file.sha256}\n{file.media}\n{file.size}")


def check_seal(key: LinkKey, person: str, file: Attachment, seal: str) -> None:
    """Raises LateListError for a file that the person did not send."""
    if not hmac.compare_digest(seal_of(key, person, file).encode(), seal.encode()):
        raise LateListError(422, "file_unknown", "files: send the file itself first.")


async def _plain(content: bytes) -> tuple[Media, bytes]:
    """What it is, by what it holds, and the same without metadata."""
    try:
        if content.startswith(PNG_HEAD):
            return "image/png", await asyncio.to_thread(plain_png, content)
        if content.startswith(JPEG_HEAD):
            return "image/jpeg", await asyncio.to_thread(plain_jpeg, content)
    except ImageFault as fault:
        raise LateListError(422, "file_damaged", f"The image is not taken: {fault}.") from None
    if not content.startswith(PDF_HEAD):
        raise LateListError(422, "file_kind", "A file is a PDF, a JPEG or a PNG.")
    ended = content[-_TAIL:].rpartition(b"%%EOF")[1:]
    verdict = await pdf_verdict(content) if ended[0] and not ended[1].strip() else "damaged"
    if verdict != "fine":
        raise LateListError(422, f"file_{verdict}", _PDF_FAULTS[verdict])
    return "application/pdf", content
