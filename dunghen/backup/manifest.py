"""What a backup says about itself, ``manifest.json``: written last, so that a whole one has it."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

import msgspec

from dossiers.records import Timeline
from dunghen.errors import UserError

FORMAT = 1
NAME = "manifest.json"
# What is kept of a state folder; the rest is made anew at every start. Of keys only hashes; the
# administrator's token and the secret of sessions stay where they are.
TOPS = ("kafka/data", "clickhouse", "spool", "access/keys.json", "state.json")


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file (``sha256``), symbolic link (``link``: where to) or folder (neither)."""

    path: str
    size: int = 0
    sha256: str = ""
    link: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """``taken_at``: ms since 1970. ``release``: the version that made it. ``digest``: SHA-256 of
    the entries, so that one that is missing is noticed."""

    format: int
    release: str
    taken_at: int
    timeline: Timeline
    entries: tuple[Entry, ...]
    digest: str


def release() -> str:
    """The version of this installation."""
    try:
        return version("dunghen")
    except PackageNotFoundError:
        return "unknown"


def digest_of(entries: tuple[Entry, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(entries)).hexdigest()


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup that may be restored here; raises UserError for anything else."""
    path = backup / NAME
    if not path.is_file():
        raise UserError(
            f"{backup} is no whole backup of Đúng Hẹn: it has no {NAME}.",
            "Name a folder that `dunghen backup` has made.",
        )
    try:
        raw = path.read_bytes()
        found = msgspec.json.decode(raw)["format"]
        if found != FORMAT:
            raise UserError(
                f"The backup {backup} has format {found}, and this version of Đúng Hẹn reads "
                f"format {FORMAT}.",
                "Restore it with the version that made it.",
            )
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (OSError, msgspec.MsgspecError, KeyError, TypeError) as error:
        raise _damaged(backup, f"{NAME} cannot be read") from error
    if digest_of(manifest.entries) != manifest.digest:
        raise _damaged(backup, f"{NAME} was changed")
    links = {entry.path for entry in manifest.entries if entry.link}
    for entry in manifest.entries:
        _refuse_outside(backup, entry, links)
    return manifest


def damaged_file(backup: Path, entry: Entry) -> UserError:
    """The sentence for a file that is not as it was written."""
    return _damaged(backup, f"{entry.path} is missing or not as it was written")


def _damaged(backup: Path, what: str) -> UserError:
    return UserError(
        f"The backup {backup} is damaged: {what}.", "Restore another one; this one is of no use."
    )


def _refuse_outside(backup: Path, entry: Entry, links: set[str]) -> None:
    """A manifest that somebody else wrote must not reach outside of the state folder. Nothing goes
    through a link, so that each can be judged by itself."""
    path = PurePosixPath(entry.path)
    known = any(path.is_relative_to(top) for top in TOPS)
    through = any(str(parent) in links for parent in path.parents)
    outside = path.is_absolute() or ".." in path.parts or not known or through
    if outside or not _stays(path, entry.link, links):
        raise UserError(
            f"The backup {backup} names {entry.path!r}, which no backup of Đúng Hẹn has.",
            "Name a folder that `dunghen backup` has made.",
        )


def _stays(path: PurePosixPath, link: str, links: set[str]) -> bool:
    """Whether a symbolic link at ``path`` ends below the top folder, by way of no other link."""
    if link.startswith("/"):
        return False
    at = path.parent if link else path
    for part in PurePosixPath(link).parts:
        at = at.parent if part == ".." else at / part
        if len(at.parts) < 1 or str(at) in links:
            return False
    return True
