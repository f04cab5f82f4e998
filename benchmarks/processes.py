"""Child processes of a measurement: tied to the harness, logged to a file, always ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.process import tied

ROOT = Path(__file__).resolve().parent.parent
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
_STOP_SECONDS = 10
_TAIL_LINES = 15


class ChildError(Exception):
    """A child ended too early or did not get ready; the message has the end of its log."""


class SpawnedProcess:
    """A running child; ``check`` raises when it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def check(self) -> None:
        """Raise ChildError when the child is gone."""
        code = self.process.poll()
        if code is not None:
            raise ChildError(f"ended with code {code}:\n{self.tail()}")

    def tail(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-_TAIL_LINES:])


def start(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> SpawnedProcess:
    """Start ``command`` in the repository's root. Call it from the main thread (infra.process)."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            tied(command),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return SpawnedProcess(process, log)


def stop(child: SpawnedProcess, seconds: float = _STOP_SECONDS) -> None:
    """End it: politely first, by force after ``seconds``."""
    if child.process.poll() is None:
        child.process.terminate()
        try:
            child.process.wait(seconds)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[SpawnedProcess]:
    """A child that is ended with the block."""
    child = start(command, log)
    try:
        yield child
    finally:
        stop(child)


def python(environment: str) -> str:
    """The interpreter of the product's environment, or of the peers' own."""
    return sys.executable if environment == "product" else str(PEERS_PYTHON)


def endpoints(child: SpawnedProcess, state: Path, seconds: float) -> dict[str, str]:
    """Where the stack that ``child`` runs on ``state`` listens, once its API does. Raises
    ChildError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        child.check()
        with suppress(OSError, ValueError):
            found: dict[str, str] = json.loads((state / "run" / "endpoints.json").read_bytes())
            if found.get("api"):
                return found
        time.sleep(0.02)
    raise ChildError(f"did not start in time:\n{child.tail()}")
