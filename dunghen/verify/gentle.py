"""A process that stands back for every other, and cannot take all memory."""

from __future__ import annotations

import contextlib
import os
import resource

MIB = 2**20


def be_gentle(memory_mb: int) -> None:
    """Take from now on what processor and disk have left, and at most this much memory (data of
    one's own; what is shared or mapped from files does not count). It cannot be undone."""
    # A server's commands need not wait for it.
    import psutil  # noqa: PLC0415

    os.nice(19)
    with contextlib.suppress(AttributeError, OSError, ValueError, psutil.Error):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)  # Linux; others have no such thing
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory_mb * MIB
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
