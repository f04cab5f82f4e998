"""Tiny child processes and a reporter for the tests of supervision."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from dunghen.stack.child import Command, ProcessSpec
from tests.support.waiting import wait_for_async

OBEDIENT = """
import os, signal, sys, threading
done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())
open(sys.argv[1], "a").write(f"start {sys.argv[2]} {os.getpid()}\\n")
done.wait()
open(sys.argv[1], "a").write(f"stop {sys.argv[2]} {os.getpid()}\\n")
"""
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write(f"start {sys.argv[2]} {os.getpid()}\\n")
while True: time.sleep(60)
"""
FAILING = """
import sys
print("some output")
print("Error: Port 80 is taken. Choose another.", file=sys.stderr)
sys.exit(2)
"""


class Journal:
    """The file in which the children note their starts and stops."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def events(self) -> list[tuple[str, str]]:
        return [(line.split()[0], line.split()[1]) for line in self.path.read_text().splitlines()]

    def starts(self, name: str) -> list[int]:
        words = [line.split() for line in self.path.read_text().splitlines()]
        return [int(pid) for what, who, pid in words if (what, who) == ("start", name)]

    def spec(
        self, name: str, script: str = OBEDIENT, *, start: float = 20.0, stop: float = 20.0
    ) -> ProcessSpec:
        """A process that is ready once it has noted a start that was not there before it."""
        before = 0

        def command() -> Command:
            nonlocal before
            before = len(self.starts(name))
            argv = (sys.executable, "-S", "-c", script, str(self.path), name)
            return Command(argv, {})

        async def ready() -> None:
            await wait_for_async(lambda: len(self.starts(name)) > before, 2 * start, every=0.01)

        return ProcessSpec(name, command, ready, start, stop)


class Recorder:
    """A reporter that keeps what it is told and wakes up who waits for it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.lines: list[tuple[str, bytes]] = []
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def say(self, name: str, text: str) -> None:
        self.said.append((name, text))
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    warn = say

    def line(self, name: str, line: bytes) -> None:
        self.lines.append((name, line))

    async def until(self, condition: Callable[[list[tuple[str, str]]], bool]) -> None:
        async with self._changed, asyncio.timeout(20):
            await self._changed.wait_for(lambda: condition(self.said))

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
