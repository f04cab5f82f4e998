"""What a backup says about itself, ``manifest.json``: written last, so that a whole one has it."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import msgspec

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.backup.entry import BackupEntry
from dunghen.backup.names import NoBackupHas, check
from dunghen.backup.tree import Tree

FORMAT = 1
NAME = "manifest.json"
MOST_ENTRIES = 1_000_000  # a province's tables have some 100,000
_LARGEST = 256 << 20  # bytes of a manifest
_ANOTHER = "Name a folder that `dunghen backup` has made."


class _ManifestVersion(msgspec.Struct):
    format: Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``taken_at``: ms since 1970. ``release``: the version that made it. ``digest``: SHA-256 of
    the entries, so that one that is missing is noticed."""

    format: int
    release: str
    taken_at: int
    timeline: Timeline
    entries: tuple[BackupEntry, ...]
    digest: str


def release() -> str:
    """The version of this installation."""
    try:
        return version("dunghen")
    except PackageNotFoundError:
        return "unknown"


def digest_of(entries: tuple[BackupEntry, ...]) -> str:
    """SHA-256 (hexadecimal) of the entries as the manifest writes them."""
    return hashlib.sha256(msgspec.json.encode(entries)).hexdigest()


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup that may be restored here; raises UserError for anything else."""
    raw = _read(backup)
    try:
        found = msgspec.json.decode(raw, type=_ManifestVersion).format
        if found != FORMAT:
            raise UserError(
                f"The backup {backup} has format {found}, and this version of Đúng Hẹn reads "
                f"format {FORMAT}.",
                "Restore it with the version that made it.",
            )
        if raw.count(b"{") > MOST_ENTRIES + 100:  # before a million objects are made of it
            raise damaged(backup, f"{NAME} names more than {MOST_ENTRIES:,} files")
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise damaged(backup, f"{NAME} cannot be read") from error
    if digest_of(manifest.entries) != manifest.digest:
        raise damaged(backup, f"{NAME} was changed")
    if not (manifest.timeline.id.isascii() and manifest.timeline.id.isalnum()):
        raise damaged(backup, f"{NAME} names no timeline")
    check_entries(f"The backup {backup}", manifest.entries)
    return manifest


def check_entries(whose: str, entries: tuple[BackupEntry, ...], hint: str = _ANOTHER) -> None:
    """Raises UserError unless a backup may hold them; ``whose`` begins the sentence."""
    try:
        check(entries)
    except NoBackupHas as error:
        shown = error.path if len(error.path) < 200 else error.path[:200] + "…"
        raise UserError(
            f"{whose} names {shown!r}, which no backup of Đúng Hẹn has: {error.why}.", hint
        ) from error
    if not any(entry.path == "state.json" for entry in entries):
        raise UserError(f"{whose} has no state.json, which every backup of Đúng Hẹn has.", hint)


def damaged_file(backup: Path, entry: BackupEntry) -> UserError:
    """The sentence for a file that is not as it was written."""
    return damaged(backup, f"{entry.path} is missing or not as it was written")


def damaged(backup: Path, what: str) -> UserError:
    """The sentence for a backup that cannot be used."""
    return UserError(
        f"The backup {backup} is damaged: {what}.", "Restore another one; this one is of no use."
    )


def _read(backup: Path) -> bytes:
    try:
        with Tree(backup) as tree, open(tree.reader(NAME), "rb") as file:
            if os.fstat(file.fileno()).st_size > _LARGEST:
                raise damaged(backup, f"{NAME} is larger than any that we write")
            return file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(
            f"{backup} is no whole backup of Đúng Hẹn: it has no {NAME}.",
            _ANOTHER,
        ) from error
    except OSError as error:
        raise damaged(backup, f"{NAME} cannot be read ({error.strerror})") from error
