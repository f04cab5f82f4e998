"""Stops processes for a moment, and makes sure that they continue."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil

from dossiers.errors import UserError

_SECONDS = 10.0
# Ends when its input does, so also when we are killed.
_WAKER = 'read -r _; for p in "$@"; do kill -CONT "$p" 2>/dev/null; done'


@contextmanager
def frozen(pids: Sequence[int], parent: int | None = None) -> Iterator[None]:
    """These processes and their children, stopped in this order, until the block ends.

    Raises UserError if one of them is gone, or is no child of ``parent``: its number has gone to
    another program meanwhile.
    """
    try:
        found = [psutil.Process(pid) for pid in pids]
        if parent is not None and any(one.ppid() != parent for one in found):
            raise _restarting()
        family = [each for one in found for each in (one, *one.children(recursive=True))]
    except psutil.Error as error:
        raise _restarting() from error
    with subprocess.Popen(
        ("sh", "-c", _WAKER, "sh", *(str(process.pid) for process in family)),
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us
    ):
        try:
            for process in family:
                process.suspend()
                _await_stopped(process)
        except psutil.Error as error:
            raise _restarting() from error
        yield


def _await_stopped(process: psutil.Process) -> None:
    begun = time.monotonic()
    while process.status() != psutil.STATUS_STOPPED:
        if time.monotonic() - begun > _SECONDS:
            raise UserError(
                f"Process {process.pid} does not stand still.", "Try again.", exit_code=1
            )
        time.sleep(0.001)


def _restarting() -> UserError:
    return UserError(
        "A process of the stack is just being started again.", "Try again.", exit_code=1
    )
