"""Where texts lie, and how one is taken away for ever."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from api.desk.blobs import BlobError, BlobStore
from api.publications.named import list_files
from broker.clients import AnyKafka
from broker.producing import Writer
from broker.reading import read_all
from dossiers.errors import UserError
from dossiers.publication.state import Publications
from dossiers.wire.audit import Audited
from dossiers.wire.topics import AUDIT, PUBLICATIONS
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
    refuse_published(installation.kafka, digest)
    note = ErasedNote(time.time_ns() // 1_000_000, getpass.getuser(), why)

    def tell() -> None:
        entry = Audited(
            timeline=require_timeline(installation).id, at=note.at, kind="text_erased",
            subject=note.by, means="command", target=f"text:{digest}",
        )  # fmt: skip
        with Writer(installation.kafka) as writer:
            writer.send(AUDIT, 0, entry.subject.encode(), msgspec.json.encode(entry))

    erase_from(BlobStore(texts_folder(installation)), digest, note, tell)


def refuse_published(kafka: AnyKafka, digest: str) -> None:
    """A list that is on record keeps its files: without them nothing of it could be proved. They
    are erased with the names, when these have had their time. What people wrote about a list or
    attached to it may be erased like every text. Raises UserError."""
    found = Publications()
    for message in read_all(kafka, PUBLICATIONS):
        found.take(message.value() or b"")
    named = {
        file: edition
        for state in found.lists.values()
        for edition in state.editions
        for placed in edition.records
        for file in list_files(placed.record)
    }
    edition = named.get(digest)
    if edition is not None:
        raise UserError(
            f"This is a file of the late list {edition.list_id}, edition {edition.number}: it is "
            "on record.",
            "Names are taken off with `dunghen late-list reduce`, or by themselves when "
            "late_list.retention_months are over.",
        )


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
