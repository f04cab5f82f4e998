"""Files by the SHA-256 of what they hold, for what may not stand in a topic and must be erasable.

A file is whole or not there, and on the disk when ``put`` returns. What was erased leaves a mark,
so that a missing file is told from an erased one, and never comes back by the same name.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Literal

BlobState = Literal["kept", "erased", "missing", "damaged"]
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ERASED = ".erased"
_log = logging.getLogger(__name__)


class BlobError(OSError):
    """The folder cannot be written; the text says which and why."""


class BlobStore:
    """``folder`` is made with the first blob, for this user only. May be used from any thread;
    every method blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep ``content``; its SHA-256 in hexadecimal. Raises BlobError."""
        digest = hashlib.sha256(content).hexdigest()
        if self.state(digest) == "missing":
            self._write(self._path(digest), content)
        return digest

    def read(self, digest: str) -> bytes | None:
        """What was kept under this name; None if it is not there, was erased, or is damaged."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            content = self._path(digest).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != digest:
            _log.warning("the file %s is not what its name says", self._path(digest))
            return None
        return content

    def state(self, digest: str) -> BlobState:
        """What has become of it."""
        if not _DIGEST.fullmatch(digest):
            return "missing"
        if self._mark(digest).exists():
            return "erased"
        if not self._path(digest).exists():
            return "missing"
        return "kept" if self.read(digest) is not None else "damaged"

    def erase(self, digest: str, note: bytes) -> bool:
        """Take it away for ever, and leave ``note`` in its place; False if there is none, or it was
        erased before. Raises BlobError."""
        if self.state(digest) in ("missing", "erased"):
            return False
        self._write(self._mark(digest), note)
        try:
            self._path(digest).unlink(missing_ok=True)
            _sync(self._path(digest).parent)
        except OSError as error:
            raise _unusable(self.folder, error) from error
        return True

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def _mark(self, digest: str) -> Path:
        return self.folder / digest[:2] / (digest + _ERASED)

    def _write(self, path: Path, content: bytes) -> None:
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            for folder in (self.folder, path.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            for folder in (path.parent, self.folder):
                _sync(folder)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise _unusable(self.folder, error) from error


def _sync(folder: Path) -> None:
    """A name in a folder is on the disk only with the folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(folder: Path, error: OSError) -> BlobError:
    return BlobError(f"The folder {folder} cannot be written: {error.strerror or error}.")
