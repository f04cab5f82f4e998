"""What a person sees: progress, important lines and results.

Everything but results goes to standard error, so that ``--json`` output stays clean.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import rich.progress
from rich.console import Console
from rich.text import Text

from dunghen.terminal.masking import scrub
from dunghen.terminal.output import plain

_COLOURS = ("cyan", "magenta", "blue", "green", "yellow")
_BURST = 20  # lines of one process shown in one period
_PERIOD = 10.0  # s
_TELL = 5.0  # s between two lines of progress without a terminal


class Terminal:
    """A reporter of the supervisor (see ``dunghen.stack.supervisor.Reporter``)."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._names: list[str] = []
        self._shown: dict[str, tuple[float, int]] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step of a start: a spinner while it runs, one line with its time when it is done."""
        begun = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(title):
                yield
        else:
            yield
        self.done(title, time.monotonic() - begun)

    def done(self, title: str, seconds: float) -> None:
        """One line for a step that is done."""
        self.console.print(Text.assemble(("✓ ", "green"), title, (f"  {seconds:.1f} s", "dim")))

    def note(self, text: str) -> None:
        """One line about what goes on."""
        self.console.print(Text(plain(scrub(text))), soft_wrap=True)

    def address(self, api: str) -> None:
        """Where to look, also on standard output for who reads that."""
        self.console.print(Text.assemble("\n  Wall   ", (f"{api}/wall", "bold underline")))
        self.console.print(Text.assemble("  Pages  ", (f"{api}/", "bold underline"), "\n"))
        self.console.print(Text("  Ctrl-C stops.", style="dim"))
        if not self.console.is_terminal:
            print(f"{api}/wall", flush=True)

    def say(self, name: str, text: str) -> None:
        """Something normal that process ``name`` did."""
        self._print(name, Text(plain(scrub(text))))

    def warn(self, name: str, text: str) -> None:
        """Something about process ``name`` that somebody should read."""
        self._print(name, Text(plain(scrub(text)), style="yellow"))

    def line(self, name: str, line: bytes) -> None:
        """A line of a process; a flood is cut, the log file has it all."""
        now = time.monotonic()
        since, count = self._shown.get(name, (now, 0))
        if now - since > _PERIOD:
            since, count = now, 0
        self._shown[name] = (since, count + 1)
        if count < _BURST:
            self._print(name, Text(plain(line.decode("utf-8", "replace")[:500])))
        elif count == _BURST:
            self._print(name, Text("… more in its log", style="dim"))

    def _print(self, name: str, text: Text) -> None:
        if name not in self._names:
            self._names.append(name)
        colour = _COLOURS[self._names.index(name) % len(_COLOURS)]
        self.console.print(Text.assemble((f"{name:>9} │ ", colour), text), soft_wrap=True)


class ProgressBar:
    """A bar while something long runs; without a terminal, a line every few seconds."""

    def __init__(self, terminal: Terminal, title: str) -> None:
        self._terminal = terminal
        self._title = title
        self._begun = time.monotonic()
        self._told = self._begun
        self._bar: rich.progress.Progress | None = None
        self._task = rich.progress.TaskID(0)

    def __enter__(self) -> ProgressBar:
        if self._terminal.console.is_terminal:
            self._bar = rich.progress.Progress(
                rich.progress.TextColumn("{task.description}"),
                rich.progress.BarColumn(),
                rich.progress.TaskProgressColumn(),
                rich.progress.TimeElapsedColumn(),
                console=self._terminal.console,
                transient=True,
            )
            self._task = self._bar.add_task(self._title, total=1.0)
            self._bar.start()
        return self

    def share(self, phase: str, done: float) -> None:
        """Say how far it is: ``done`` from 0 to 1, within ``phase``."""
        if self._bar is not None:
            title = f"{self._title} ({phase})"
            self._bar.update(self._task, completed=done, description=title)
        elif time.monotonic() - self._told > _TELL:
            self._told = time.monotonic()
            self._terminal.note(f"{self._title} ({phase}): {done:.0%}")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        if kind is None:
            seconds = time.monotonic() - self._begun
            self._terminal.done(self._title, seconds)


def error_line(sentence: str) -> None:
    """The last thing a command says when it fails: one line, also for the supervisor."""
    console = Console(stderr=True, highlight=False)
    one_line = " ".join(plain(scrub(sentence)).split())
    console.print(Text.assemble(("Error: ", "bold red"), one_line), soft_wrap=True)
