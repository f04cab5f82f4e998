"""Children that never outlive their parent, even one that was killed with -9.

Two ways, for the same end: a Python child calls `end_with_parent` first thing; any other program is
started through `tied`. Both need the child to be spawned from the parent's *main thread*: the
kernel takes the end of the spawning thread for the end of the parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, signum: int = signal.SIGKILL) -> None:
    """Have the kernel send this process ``signum`` when its parent ends; at once if it has.

    ``parent`` is the parent's process id. On systems other than Linux only the second half works:
    children there have to look at `os.getppid` from time to time.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the call above
        os.kill(os.getpid(), signum)


def tied(argv: Sequence[str], signum: int = signal.SIGKILL) -> tuple[str, ...]:
    """Return the command that runs ``argv`` so that it ends with the calling process.

    A short-lived interpreter sets it up and becomes the program, under the same process id. This is
    what ``preexec_fn`` would do, without running Python between fork and exec.
    """
    tie = (sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(signum)))
    return (*tie, *argv)


if __name__ == "__main__":
    end_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 (no shell is wanted)
