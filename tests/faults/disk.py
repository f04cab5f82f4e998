"""A small disk for the state folder, so that it can be filled without harm to anything else."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

SIZE_MB = 3_000
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE


def mount(folder: Path) -> bool:
    """Put a disk of its own under ``folder``, seen by this process and its children only, so that
    it ends with them. False where that is not allowed (it takes root on Linux).

    To be called before there are threads.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS) or libc.mount(b"none", b"/", None, _PRIVATE, None):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={SIZE_MB}m".encode()
    failed: int = libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options)
    return not failed


def fill(folder: Path) -> Path:
    """A file that leaves no room on the disk of ``folder``; delete it to make some."""
    path = folder / "filler"
    with path.open("wb") as file:
        while free := shutil.disk_usage(folder).free:
            try:
                os.posix_fallocate(file.fileno(), file.tell(), free)
            except OSError:
                break
            file.seek(0, os.SEEK_END)
    return path
