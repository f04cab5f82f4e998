"""The product as a user runs it, ``dunghen up``, and what one may do to its processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from infra.kafka.login import client_login
from infra.process import tied
from tests.faults.installation import always, today

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0
PROCESSES = 4  # Kafka, worker, API with sink, ticker
_POLL = 0.05  # s; other processes offer no event to wait for


class Stuck(Exception):
    """Something that was awaited did not come in time; says what."""


def wait_until(true: Callable[[], object], seconds: float, what: Callable[[], str] | str) -> None:
    """Raises Stuck."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            text = what if isinstance(what, str) else what()
            raise Stuck(f"not within {seconds:.0f} s: {text}")
        time.sleep(_POLL)


class Product:
    """One stack on ``folder``. ``env``: further settings. ``reference``: data to begin with."""

    def __init__(
        self,
        folder: Path,
        partitions: int,
        env: Mapping[str, str],
        reference: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.partitions = partitions
        self.reference = always(today()) if reference is None else reference
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DUNGHEN_")},
            "PYTHONPATH": os.pathsep.join((str(Path(__file__).parent / "inject"), str(ROOT))),
            "PYTHONUNBUFFERED": "1",
            "DUNGHEN_LIVE_REFERENCE": str(folder / "reference.json"),
            "DUNGHEN_KAFKA_PARTITIONS": str(partitions),
            "FAULTS_FOLDER": str(folder),
            **env,
        }
        if self.env.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Processes start again and again: compiling everything each time costs most of it.
            self.env["PYTHONPYCACHEPREFIX"] = str(folder.parent / "compiled")
        self.kafka = self.api = self.token = self.timeline = self.key = ""
        self.starting = False
        self._up: subprocess.Popen[bytes] | None = None
        self.login: dict[str, str] = {}
        self._others: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it and wait until all of it runs. Raises Stuck, or RuntimeError with its words."""
        self.launch()
        wait_until(self.is_up, START_SECONDS, lambda: f"the stack's start\n{self.tail('up.log')}")

    def start_without_kafka(self) -> None:
        """As ``start``, where Kafka cannot, and its last address is known: until the API runs."""
        self.launch()
        wait_until(
            lambda: self.lives() and self.pid("api") and self._read("endpoints.json"),
            START_SECONDS, lambda: f"the API's start\n{self.tail('up.log')}",
        )  # fmt: skip

    def launch(self) -> None:
        """Start it and do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "reference.json").write_text(json.dumps(self.reference))
        self._up = self.spawn("up", log="up.log")
        self.starting = True

    def is_up(self) -> bool:
        """Whether all of what was launched runs. Raises RuntimeError with its words if it ended."""
        if self._up is None or self._up.poll() is not None:
            raise RuntimeError(f"the stack ended:\n{self.tail('up.log')}")
        found = self._read("endpoints.json") or {}
        # What one that was killed has left says nothing.
        if found.get("pid") != self._up.pid or not found.get("api") or not self.all_run():
            return False
        self.kafka, self.api, self.token = found["kafka"], found["api"], found["token"]
        self.login = client_login(self.state)
        self.timeline = json.loads((self.state / "state.json").read_bytes())["timeline"]["id"]
        self.key = self.key or self._sender_key()
        self.starting = False
        return True

    def lives(self) -> bool:
        """Whether the supervisor runs."""
        return self._up is not None and self._up.poll() is None

    def cut(self) -> None:
        """SIGKILL for the supervisor, and wait until all its children are gone."""
        if self._up is None:
            return
        family = psutil.Process(self._up.pid).children(recursive=True)
        self._up.kill()
        self._up.wait()
        # Whoever adopts them may leave them as zombies for a while.
        wait_until(
            lambda: not any(map(runs, family)),
            30,
            lambda: f"the end of {[*filter(runs, family)]}",
        )

    def stop(self) -> None:
        """End everything that was started here, at once: nobody needs its state any more."""
        for process in self._others:
            process.kill()
            process.wait()
        self.cut()

    def spawn(
        self, *arguments: str, log: str, module: str = "dunghen", **env: str
    ) -> subprocess.Popen[bytes]:
        """One more process that ends with this one; ``dunghen`` commands know the state folder."""
        at = ("--state", str(self.state)) if module == "dunghen" else ()
        with (self.folder / log).open("ab") as out:
            process = subprocess.Popen(
                tied((sys.executable, "-m", module, *arguments, *at)),
                cwd=ROOT,
                env={**self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._others = [p for p in self._others if p.poll() is None]
        if arguments[:1] != ("up",):
            self._others.append(process)
        return process

    def processes(self) -> dict[str, dict[str, Any]]:
        """What the supervisor last said of each process, by name."""
        return {entry["name"]: entry for entry in self._read("processes.json") or []}

    def worker(self, instance: str = "worker-1") -> dict[str, Any]:
        """What a worker last said of itself."""
        return self._read(f"worker-{instance}.json") or {}

    def pid(self, name: str) -> int:
        """The process of that name; 0 while there is none."""
        pid = int((self.processes().get(name) or {}).get("pid") or 0)
        # What a killed supervisor has left may name a process of somebody else by now.
        return pid if pid and self._is_ours(pid) else 0

    def _is_ours(self, pid: int) -> bool:
        try:
            return any(str(self.folder) in word for word in psutil.Process(pid).cmdline())
        except psutil.Error:
            return False

    def all_run(self) -> bool:
        """Whether every process runs and the worker folds."""
        entries = self.processes().values()
        return len(entries) == PROCESSES and all(
            e["state"] == "running" and e["pid"] and psutil.pid_exists(e["pid"]) for e in entries
        )

    def tail(self, log: str, lines: int = 12) -> str:
        """The end of one of the harness's logs, or of a process's (``NAME`` of the stack)."""
        path = self.folder / log if "." in log else self.state / "logs" / f"{log}.log"
        try:
            return "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _sender_key(self) -> str:
        """A key with which events may be posted."""
        said = subprocess.run(
            (sys.executable, "-m", "dunghen", "keys", "add", "faults", "--state", self.state),
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=60, check=True,
        ).stdout  # fmt: skip
        [key] = re.findall(r"^ {4}(\S+)$", said, re.MULTILINE)
        return str(key)

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self.state / "run" / name).read_bytes())
        except (OSError, ValueError):
            return None


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended; one that nobody has waited for has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
