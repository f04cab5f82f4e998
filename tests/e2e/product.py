"""The product as its user has it: commands in a terminal, and nothing imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.support import wait_for

ROOT = Path(__file__).parents[2]
PATIENCE = 600.0  # s for one command, on a machine that is busy with other things


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dunghen", *arguments]


def environment(**more: str) -> dict[str, str]:
    """Nobody's own settings reach the tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith("DUNGHEN_")} | more


def dunghen(*arguments: str, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; it never shows a traceback."""
    done = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode == status, done.stderr
    return done


def answer(*arguments: str, status: int = 0, **env: str) -> dict[str, Any]:
    """What a command with --json says: its last line."""
    said = dunghen(*arguments, "--json", status=status, **env).stdout.splitlines()[-1]
    found: dict[str, Any] = json.loads(said)
    return found


@dataclass
class Replay:
    """One log, its mapping and a state folder."""

    log: Path
    mapping: Path
    state: Path
    flags: tuple[str, ...] = ()

    @property
    def at(self) -> tuple[str, str]:
        return "--state", str(self.state)

    def arguments(self, *flags: str) -> tuple[str, ...]:
        files = (str(self.log), "--mapping", str(self.mapping))
        return ("replay", *files, *self.at, *self.flags, *flags)

    def until_end(self, *flags: str) -> dict[str, Any]:
        """Run it to its end, on a stack of its own or on the one that runs."""
        return answer(*self.arguments("--until-end", *flags))

    @contextmanager
    def served(self, **env: str) -> Iterator[Serving]:
        """The stack stays up after the replay, until the block ends."""
        with serving(self.state, *self.arguments("--json"), **env) as found:
            found.address = found.line()
            yield found


@contextmanager
def serving(state: Path, *arguments: str, **env: str) -> Iterator[Serving]:
    """A command that runs until the block ends. ``state``: its folder."""
    errors = state.with_suffix(".stderr")
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            yield Serving(process, state, errors)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


@dataclass
class Serving:
    """A replay that runs, or has run, in the background."""

    process: subprocess.Popen[str]
    state: Path
    errors: Path
    address: str = ""
    _result: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """The next line of its standard output."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors.read_text()
        return line.strip()

    def result(self) -> dict[str, Any]:
        """Its figures; waits for them."""
        self._result = self._result or json.loads(self.line())
        return self._result

    def processes(self) -> dict[str, dict[str, Any]]:
        """What the supervisor last wrote about each process."""
        found = json.loads((self.state / "run" / "processes.json").read_bytes())
        return {entry["name"]: entry for entry in found}

    def worker(self) -> dict[str, Any]:
        """What the worker last wrote about itself."""
        status: dict[str, Any] = json.loads(
            (self.state / "run" / "worker-worker-1.json").read_bytes()
        )
        return status

    def folded(self) -> int:
        """Events that the running worker has folded since it started."""
        return sum(part["events"] for part in self.worker()["partitions"].values())

    def wait_restarted(self, name: str, times: int) -> None:
        """Until the supervisor has started a process again, and it runs."""

        def restarted() -> bool:
            entry = self.processes()[name]
            return bool(entry["restarts"] >= times and entry["state"] == "running")

        wait_for(restarted, PATIENCE, what=f"restart {times} of {name}")

    def family(self) -> list[psutil.Process]:
        """The supervisor's children and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)
