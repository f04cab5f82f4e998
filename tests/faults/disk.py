"""A small disk for the state folder, so that it can be filled without harm to anything else."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE_MB = 2_000
_STEP_BYTES = 48 * 1024 * 1024
_STEP_SECONDS = 0.1
_QUICKLY_TO = 1_000 * 1024 * 1024  # free bytes down to which it is filled at once
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
_DETACHED = 2  # MNT_DETACH


def separate() -> bool:
    """Let this process and its children have disks that end with them. False where that is not
    allowed (it takes root on Linux).

    To be called before there are threads.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return not (libc.unshare(_NEW_MOUNTS) or libc.mount(b"none", b"/", None, _PRIVATE, None))


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A disk of its own under ``folder``, which must be ``separate``."""
    folder.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={SIZE_MB}m,mode=0700".encode()  # a state folder is its owner's alone
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options):
        raise OSError(ctypes.get_errno(), f"no disk can be mounted on {folder}")
    try:
        yield
    finally:
        libc.umount2(os.fsencode(folder), _DETACHED)


class Filler(threading.Thread):
    """Fills the disk of ``folder`` as something that runs wild would, and keeps it full."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="filler", daemon=True)
        self._path = folder / "filler"
        self._over = threading.Event()

    def run(self) -> None:
        size = 0
        with self._path.open("wb") as file:
            while not self._over.wait(_STEP_SECONDS):
                left = shutil.disk_usage(self._path.parent).free
                # What others give back is taken as well.
                step = min(max(_STEP_BYTES, left - _QUICKLY_TO), left)
                try:
                    os.posix_fallocate(file.fileno(), size, max(step, 1))
                    size += step
                except OSError:
                    continue

    def stop(self) -> bool:
        """Make room again; to be called until it is true, because the filling takes its time."""
        self._over.set()
        if self.is_alive():
            return False
        self._path.unlink()
        return True
