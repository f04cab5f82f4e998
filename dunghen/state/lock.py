"""One stack a state folder: an exclusive lock that the kernel drops when its holder dies."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from dossiers.errors import UserError

# No link is followed, and no pipe waited for.
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderLock:
    """``flock`` on one file, which names the process that holds it.

    A lock of the kernel, not the existence of a file: nothing is left to clean after kill -9.
    Children do not inherit it (the descriptor closes at exec), so it ends with the supervisor.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises UserError naming the process that has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o600)
        try:
            self._take(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise UserError(
                    f"The state folder {self._path.parent} cannot be locked: {error.strerror}.",
                    "Use a folder on a local disk (--state DIR).",
                ) from error
            raise UserError(
                f"A stack already runs on {self._path.parent}, as process {self.holder() or '?'}.",
                "Stop that one first (Ctrl-C, or kill with its number), or use another folder "
                "with --state DIR.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    @staticmethod
    def _take(descriptor: int) -> None:
        for _ in range(5):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # ``holder`` of another process may be looking: its lock lasts microseconds.
                time.sleep(0.02)
            else:
                return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Give the lock back; without effect when it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Process number of who holds the lock, None if nobody does."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | _SAFELY)
        except OSError:
            return None
        try:
            # A shared lock is refused only while somebody holds the exclusive one.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            text = os.read(descriptor, 32).strip()
            return int(text) if text.isdigit() else 0
        finally:
            os.close(descriptor)
        return None

    def __enter__(self) -> FolderLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
