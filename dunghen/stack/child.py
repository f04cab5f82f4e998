"""One child process: spawned tied to its parent, its output pumped into a log file.

States follow the ``supervisor`` package: starting -> running -> (exited -> backoff -> starting)*
-> stopping -> stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dunghen.stack.log_file import LogFile
from dunghen.terminal.masking import scrub_bytes
from infra.process import tied

State = Literal["starting", "running", "backoff", "stopping", "stopped"]
LAST_LINES = 60
_CHUNK = 64 * 1024
_LONGEST_LINE = 64 * 1024
# Not Faust's timers, which warn of every commit that takes longer than its interval, and not what a
# Kafka client tries again by itself.
IMPORTANT = re.compile(
    rb"^(?!.* mode\.timers: |.*: retrying$).*\b(?:WARNING|ERROR|CRITICAL|FATAL)\b"
)


@dataclass(frozen=True)
class Command:
    """What to execute."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path | None = None


async def _nothing() -> None:
    return


@dataclass(frozen=True)
class ProcessSpec:
    """One process to keep running.

    ``command`` is asked before every start, in a thread, and may raise UserError. ``ready``
    returns once the process does its work; it is cancelled if the process ends first. ``explain``
    turns the last output of a process that ended into a sentence, None if it knows none. ``needed``
    returns once there is what the process cannot do without: one that has ended is not started
    again before that.
    """

    name: str
    command: Callable[[], Command]
    ready: Callable[[], Awaitable[None]]
    start_seconds: float = 90.0
    stop_seconds: float = 20.0
    important: re.Pattern[bytes] = IMPORTANT
    explain: Callable[[str], Exception | None] = field(default=lambda _: None)
    needed: Callable[[], Awaitable[None]] = _nothing


class Child:
    """The process of one spec, one run after the other. Use it from the event loop's thread only:
    the kernel's tie to the parent follows the thread that spawned, which must be the main one."""

    def __init__(
        self, spec: ProcessSpec, log: LogFile, on_line: Callable[[str, bytes], None]
    ) -> None:
        self.spec = spec
        self.state: State = "stopped"
        self.restarts = 0
        self.since = time.time()
        self.last_lines: deque[bytes] = deque(maxlen=LAST_LINES)
        self._log = log
        self._on_line = on_line
        self._process: asyncio.subprocess.Process | None = None
        self._pump: asyncio.Task[None] | None = None
        self._spawned = 0.0

    @property
    def pid(self) -> int | None:
        """Of the process that runs; None if none does."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    @property
    def uptime(self) -> float:
        """Seconds since the last spawn."""
        return time.monotonic() - self._spawned

    def enter(self, state: State) -> None:
        """Note a state, and that it begins now."""
        self.state = state
        self.since = time.time()

    async def spawn(self) -> None:
        """Start the process; raises OSError if it cannot be executed, or what its command does."""
        try:
            command = await asyncio.to_thread(self.spec.command)
        except BaseException:
            self._spawned = time.monotonic()  # what never ran was not up
            raise
        self.last_lines.clear()
        self._process = await asyncio.create_subprocess_exec(
            *tied(command.argv),
            env=dict(command.env),
            cwd=command.cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which
            # stops its children in order.
            start_new_session=True,
        )
        self._spawned = time.monotonic()
        self._pump = asyncio.create_task(self._pump_output(self._process))

    async def wait(self) -> int:
        """Exit status of the running process (negative: the signal), all its output read."""
        process, pump = self._process, self._pump
        if process is None or pump is None:
            raise RuntimeError(f"{self.spec.name} was never spawned")
        code = await process.wait()
        # A grandchild that inherited the pipe may hold it open: wait a moment, not for ever.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(pump), 1.0)
        self._kill_group()
        return code

    async def terminate(self) -> None:
        """SIGTERM, and SIGKILL for the whole session if it takes longer than the spec allows."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            self.enter("stopping")
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.spec.stop_seconds)
            except TimeoutError:
                self._kill_group()
                await process.wait()
            self._kill_group()
        if self._pump is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._pump, 1.0)
        self._log.close()
        self.enter("stopped")

    def kill(self) -> None:
        """SIGKILL, without waiting."""
        if self.pid is not None:
            self._kill_group()

    def output(self) -> str:
        """The last lines of its output."""
        return b"\n".join(self.last_lines).decode("utf-8", "replace")

    def _kill_group(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _pump_output(self, process: asyncio.subprocess.Process) -> None:
        stream = process.stdout
        if stream is None:
            return
        rest = b""
        while chunk := await stream.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._take(line)
            if len(rest) > _LONGEST_LINE:
                self._take(rest)
                rest = b""
        if rest:
            self._take(rest)

    def _take(self, line: bytes) -> None:
        line = scrub_bytes(line)  # whosever it is
        self._log.write(line + b"\n")
        if line.strip():
            self.last_lines.append(line)
        if self.spec.important.search(line):
            self._on_line(self.spec.name, line)
