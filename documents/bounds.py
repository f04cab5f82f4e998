"""What a child process may take: memory, time, and no longer a life than whoever started it."""

from __future__ import annotations

import ctypes
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def bound_process(megabytes: int, seconds: int) -> None:
    """Bound this process: address space, CPU time and wall time; it ends with its parent."""
    end_with_parent()
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds)


def end_with_parent() -> None:
    """Have this process killed when whoever started it ends, as far as the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
