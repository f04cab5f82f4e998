"""How an error ends a command: its exit status, and the sentence for what the disk refused."""

from __future__ import annotations

import errno

from dossiers.errors import UserError

INTERRUPTED = 130  # the exit status that shells know: 128 + SIGINT
_DISK = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EACCES: "This user may not write or read there",
    errno.EPERM: "This user may not write or read there",
    errno.EROFS: "The file system is read-only",
}


def as_user_error(error: BaseException) -> UserError | None:
    """The error for the user; None for a defect of ours, which deserves its traceback."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError) and error.errno in _DISK:
        place = f" ({error.filename})" if error.filename else ""
        return UserError(
            f"{_DISK[error.errno]}{place}.", "Make room or give the right, and start again."
        )
    return None
