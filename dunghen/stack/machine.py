"""What the embedded stack needs of a machine, and whether it is there."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

from dunghen.settings.installation import Installation
from dunghen.stack.children import ROOT
from infra.kafka.jars import default_repository, locked_jars
from infra.kafka.java import find_java

MIB = 2**20
_PACKAGES = (
    "faust-streaming",
    "confluent-kafka",
    "clickhouse-connect",
    "chdb",
    "pyarrow",
    "fastapi",
    "uvicorn",
)
_MEMORY_MB = 2_000  # Kafka 330-600, API with ClickHouse 600-900, worker 200
_DISK_MB = 2_000
_FILES = 4_096


@dataclass(frozen=True)
class MachineFinding:
    """One thing looked at. ``advice`` is empty if nothing is to be done."""

    what: str
    level: Literal["ok", "warning", "missing"]
    found: str
    advice: str = ""


def examine(installation: Installation) -> list[MachineFinding]:
    """Look at everything; a look that fails is a finding too, never an exception."""
    looks: tuple[Callable[[Installation], Iterator[MachineFinding]], ...] = (
        _python,
        _packages,
        _java,
        _jars,
        _wall,
        _state,
        _memory,
        _limits,
        _time,
    )
    found: list[MachineFinding] = []
    for look in looks:
        try:
            found += look(installation)
        except Exception as error:
            found.append(MachineFinding(look.__name__.strip("_"), "missing", str(error)))
    return found


def _python(_: Installation) -> Iterator[MachineFinding]:
    version = platform.python_version()
    yield MachineFinding("Python", "ok", version)  # an older one could not read this file
    if sys.platform != "linux":
        yield MachineFinding(
            "system",
            "warning",
            platform.system(),
            "Only Linux ends all processes when `dunghen up` is killed with -9; here look for "
            "leftovers yourself after such a kill.",
        )


def _packages(_: Installation) -> Iterator[MachineFinding]:
    missing = [name for name in _PACKAGES if not _installed(name)]
    if missing:
        yield MachineFinding(
            "packages", "missing", f"not installed: {', '.join(missing)}", "Run `make setup`."
        )
        return
    # In a process of its own: an engine that does not fit the machine may end it with a signal.
    done = subprocess.run(
        [sys.executable, "-c", "import chdb"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or f"status {done.returncode}").splitlines()[-1]
        yield MachineFinding(
            "packages",
            "missing",
            f"the ClickHouse engine does not load: {last}",
            "It needs x86-64 or arm64 with a recent glibc; else set clickhouse.url to a server.",
        )
    else:
        yield MachineFinding("packages", "ok", "all there")


def _installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _java(_: Installation) -> Iterator[MachineFinding]:
    launcher = find_java().launcher
    done = subprocess.run(
        [str(launcher), "-version"], capture_output=True, text=True, timeout=30, check=False
    )
    first = (done.stderr or done.stdout).splitlines()
    if done.returncode or not first:
        yield MachineFinding(
            "Java", "missing", f"{launcher} does not run", "Run `make setup` again."
        )
    else:
        yield MachineFinding("Java", "ok", first[0])


def _jars(_: Installation) -> Iterator[MachineFinding]:
    root = default_repository()
    missing = [jar for jar in locked_jars() if not (root / jar.path).is_file()]
    if missing:
        yield MachineFinding(
            "Kafka",
            "warning",
            f"{len(missing)} jars are not in {root} yet",
            "The first start fetches them and needs a network then; or run `make setup` now.",
        )
    else:
        yield MachineFinding("Kafka", "ok", f"all jars are in {root}")


def _wall(_: Installation) -> Iterator[MachineFinding]:
    packages = ROOT / "dashboards" / "node_modules"
    if packages.is_dir() and any(packages.iterdir()):
        yield MachineFinding("wall", "ok", "front-end packages are there")
    else:
        yield MachineFinding("wall", "missing", f"{packages} is empty", "Run `make setup`.")


def _state(installation: Installation) -> Iterator[MachineFinding]:
    path = installation.folder.path
    existing = path
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield MachineFinding(
            "state folder",
            "missing",
            f"{path} cannot be made: no right to write in {existing}",
            "Give another folder with --state DIR or the setting state.root.",
        )
        return
    free = shutil.disk_usage(existing).free // MIB
    if free < _DISK_MB:
        advice = f"Make room: {_DISK_MB:,} MB are sensible, or use another disk with --state DIR."
        yield MachineFinding("disk", "warning", f"{free:,} MB free at {existing}", advice)
    else:
        yield MachineFinding("disk", "ok", f"{free:,} MB free at {existing}")
    holder = installation.folder.lock.holder()
    if holder is not None:
        yield MachineFinding(
            "state folder", "ok", f"{path}, a stack runs on it as process {holder}"
        )
    else:
        yield MachineFinding("state folder", "ok", str(path))


def _memory(_: Installation) -> Iterator[MachineFinding]:
    available = psutil.virtual_memory().available // MIB
    limit = _memory_limit()
    if limit is not None:
        available = min(available, limit // MIB)
    if available < _MEMORY_MB:
        advice = f"The stack takes about {_MEMORY_MB:,} MB; close other programs."
        yield MachineFinding("memory", "warning", f"{available:,} MB available", advice)
    else:
        yield MachineFinding("memory", "ok", f"{available:,} MB available")
    yield MachineFinding("processors", "ok", str(os.cpu_count()))


def _memory_limit() -> int | None:
    """The limit of this control group in bytes, None without one."""
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _limits(_: Installation) -> Iterator[MachineFinding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        advice = f"Raise it before the start: ulimit -n {_FILES} (each wall takes one)."
        yield MachineFinding("open files", "warning", f"at most {soft}", advice)
    else:
        yield MachineFinding("open files", "ok", f"at most {soft}")


def _time(_: Installation) -> Iterator[MachineFinding]:
    try:
        ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        yield MachineFinding(
            "time zones", "missing", "no time zone data", "Run `make setup` (tzdata)."
        )
    else:
        yield MachineFinding("time zones", "ok", "there")
