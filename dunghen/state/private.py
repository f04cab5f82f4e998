"""Folders for one user alone: who else may write in one can put anything in the place of a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from dossiers.errors import UserError

_OTHERS = 0o077


def refuse_shared(folder: Path) -> None:
    """Raises UserError if any user of the machine could rename what stands in ``folder``, and
    OSError. In /tmp and its like (sticky) only owners can."""
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise UserError(
            f"Every user of this machine may change what stands in {folder}.",
            "Name a folder elsewhere, or take that right away (chmod o-w).",
        )


def make_private(folder: Path) -> None:
    """Make ``folder`` (and those above) if it is not there, and have nobody but this user enter it.

    Raises UserError where it belongs to somebody else, who could take that back; OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        refuse_foreign(folder, found)
        if found.st_mode & _OTHERS:
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & ~_OTHERS)
    finally:
        os.close(descriptor)


def refuse_foreign(folder: Path, found: os.stat_result) -> None:
    """Raises UserError if another user owns the folder that ``stat`` found, or any may write in
    it: what it holds need not be ours then."""
    if found.st_uid != os.geteuid():
        raise UserError(
            f"The folder {folder} belongs to another user (number {found.st_uid}).",
            "Run this as that user, or use another folder, also one within it, with --state DIR.",
        )
    if found.st_mode & stat.S_IWOTH:
        raise UserError(
            f"Every user of this machine may write into the folder {folder}.",
            "Look what is in it and take that right away (chmod 700), or use another folder with "
            "--state DIR.",
        )
