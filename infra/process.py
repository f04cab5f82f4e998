"""Children that never outlive their parent, and files that only one process may use.

Two ways to tie a child to its parent, even to one killed with -9: a Python child calls
`end_with_parent` first thing; any other program is started through `tied`. Both need the child to
be spawned from the parent's *main thread*: the kernel takes the end of the spawning thread for the
end of the parent.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Sequence

LOCKED_BY_ANOTHER = 75  # exit code of a command of `locked` that found the lock taken

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
    return (*_THIS, "tie", f"{os.getpid()}:{int(signum)}", *argv)


def locked(argv: Sequence[str], lock_file: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the command that runs ``argv`` while it holds the lock, exclusively.

    The lock belongs to the program itself and ends with it, whoever started it and however it
    ends. If another process holds it, the command says so and exits with LOCKED_BY_ANOTHER.
    """
    return (*_THIS, "lock", os.fspath(lock_file), *argv)


def wait_for_lock(lock_file: str | os.PathLike[str], seconds: float) -> bool:
    """Tell whether the lock is free, or becomes so in that time. Raises OSError.

    A process that was just killed may need a moment to be gone.
    """
    deadline = time.monotonic() + seconds
    while True:
        descriptor = _take(lock_file)
        if descriptor is not None:
            os.close(descriptor)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def _take(lock_file: str | os.PathLike[str]) -> int | None:
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _main(step: str, argument: str, argv: list[str]) -> None:
    if step == "tie":
        parent, signum = argument.split(":")
        end_with_parent(int(parent), int(signum))
    else:
        descriptor = _take(argument)
        if descriptor is None:
            print(f"Another process holds the lock {argument}.", file=sys.stderr)
            sys.exit(LOCKED_BY_ANOTHER)
        os.set_inheritable(descriptor, True)  # the program keeps it open until it ends
    os.execvp(argv[0], argv)  # noqa: S606 (no shell is wanted)


_THIS = (sys.executable, "-I", "-S", __file__)

if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], sys.argv[3:])
