"""Where texts lie, and how one is taken away for ever."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from api.desk.blobs import BlobError, BlobStore
from broker.producing import Writer
from dossiers.errors import UserError
from dossiers.wire.audit import Audited
from dossiers.wire.topics import AUDIT
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline


class ErasedNote(msgspec.Struct, frozen=True):
    """What stands in the place of an erased text. ``at``: ms since 1970."""

    at: int
    by: str
    why: str


def texts_folder(installation: Installation) -> Path:
    """Where they lie."""
    named = installation.settings.desk.texts
    return installation.folder.blobs if named is None else named.expanduser()


def erase_text(installation: Installation, digest: str, why: str) -> None:
    """Take a text away and note who did it, there and in the audit trail. Blocks. Raises UserError
    if there is none, if its folder cannot be written, or if Kafka is away: then nothing is erased,
    since nobody would know of it."""
    note = ErasedNote(time.time_ns() // 1_000_000, getpass.getuser(), why)

    def tell() -> None:
        entry = Audited(
            timeline=require_timeline(installation).id, at=note.at, kind="text_erased",
            subject=note.by, means="command", target=f"text:{digest}",
        )  # fmt: skip
        with Writer(installation.kafka) as writer:
            writer.send(AUDIT, 0, entry.subject.encode(), msgspec.json.encode(entry))

    erase_from(BlobStore(texts_folder(installation)), digest, note, tell)


def erase_from(blobs: BlobStore, digest: str, note: ErasedNote, tell: Callable[[], None]) -> None:
    """``tell`` writes the audit trail: first, since an erasure that nobody knows of is a loss.
    Raises UserError."""
    state = blobs.state(digest)
    if state == "missing":
        raise UserError(
            f"There is no text {digest[:64]} in {blobs.folder}.",
            "Name the SHA-256 under which the dossier's page has it, whole.",
        )
    if state == "erased":
        raise UserError(f"The text {digest} was erased before.")
    tell()
    try:
        blobs.erase(digest, msgspec.json.encode(note))
    except BlobError as error:
        raise UserError(str(error), "Give this user the right to write there.") from error
