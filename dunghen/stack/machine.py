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
class Finding:
    """One thing looked at. ``todo`` is empty where nothing is to be done."""

    what: str
    level: Literal["ok", "warning", "missing"]
    found: str
    todo: str = ""


def examine(installation: Installation) -> list[Finding]:
    """Look at everything; a look that fails is a finding too, never an exception."""
    looks: tuple[Callable[[Installation], Iterator[Finding]], ...] = (
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
    found: list[Finding] = []
    for look in looks:
        try:
            found += look(installation)
        except Exception as error:
            found.append(Finding(look.__name__.strip("_"), "missing", str(error)))
    return found


def _python(_: Installation) -> Iterator[Finding]:
    version = platform.python_version()
    yield Finding("Python", "ok", version)  # an older one could not read this file
    if sys.platform != "linux":
        yield Finding(
            "system",
            "warning",
            platform.system(),
            "Only Linux ends all processes when `dunghen up` is killed with -9; here look for "
            "leftovers yourself after such a kill.",
        )


def _packages(_: Installation) -> Iterator[Finding]:
    missing = [name for name in _PACKAGES if not _installed(name)]
    if missing:
        yield Finding(
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
        yield Finding(
            "packages",
            "missing",
            f"the ClickHouse engine does not load: {last}",
            "It needs x86-64 or arm64 with a recent glibc; else set clickhouse.url to a server.",
        )
    else:
        yield Finding("packages", "ok", "all there")


def _installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _java(_: Installation) -> Iterator[Finding]:
    launcher = find_java().launcher
    done = subprocess.run(
        [str(launcher), "-version"], capture_output=True, text=True, timeout=30, check=False
    )
    first = (done.stderr or done.stdout).splitlines()
    if done.returncode or not first:
        yield Finding("Java", "missing", f"{launcher} does not run", "Run `make setup` again.")
    else:
        yield Finding("Java", "ok", first[0])


def _jars(_: Installation) -> Iterator[Finding]:
    root = default_repository()
    missing = [jar for jar in locked_jars() if not (root / jar.path).is_file()]
    if missing:
        yield Finding(
            "Kafka",
            "warning",
            f"{len(missing)} jars are not in {root} yet",
            "The first start fetches them and needs a network then; or run `make setup` now.",
        )
    else:
        yield Finding("Kafka", "ok", f"all jars are in {root}")


def _wall(_: Installation) -> Iterator[Finding]:
    packages = ROOT / "dashboards" / "node_modules"
    if packages.is_dir() and any(packages.iterdir()):
        yield Finding("wall", "ok", "front-end packages are there")
    else:
        yield Finding("wall", "missing", f"{packages} is empty", "Run `make setup`.")


def _state(installation: Installation) -> Iterator[Finding]:
    path = installation.folder.path
    existing = path
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield Finding(
            "state folder",
            "missing",
            f"{path} cannot be made: no right to write in {existing}",
            "Give another folder with --state DIR or the setting state.root.",
        )
        return
    free = shutil.disk_usage(existing).free // MIB
    if free < _DISK_MB:
        todo = f"Make room: {_DISK_MB:,} MB are sensible, or use another disk with --state DIR."
        yield Finding("disk", "warning", f"{free:,} MB free at {existing}", todo)
    else:
        yield Finding("disk", "ok", f"{free:,} MB free at {existing}")
    holder = installation.folder.lock.holder()
    if holder is not None:
        yield Finding("state folder", "ok", f"{path}, a stack runs on it as process {holder}")
    else:
        yield Finding("state folder", "ok", str(path))


def _memory(_: Installation) -> Iterator[Finding]:
    available = psutil.virtual_memory().available // MIB
    limit = _memory_limit()
    if limit is not None:
        available = min(available, limit // MIB)
    if available < _MEMORY_MB:
        todo = f"The stack takes about {_MEMORY_MB:,} MB; close other programs."
        yield Finding("memory", "warning", f"{available:,} MB available", todo)
    else:
        yield Finding("memory", "ok", f"{available:,} MB available")
    yield Finding("processors", "ok", str(os.cpu_count()))


def _memory_limit() -> int | None:
    """The limit of this control group in bytes, None without one."""
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _limits(_: Installation) -> Iterator[Finding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        todo = f"Raise it before the start: ulimit -n {_FILES} (each wall takes one)."
        yield Finding("open files", "warning", f"at most {soft}", todo)
    else:
        yield Finding("open files", "ok", f"at most {soft}")


def _time(_: Installation) -> Iterator[Finding]:
    try:
        ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        yield Finding("time zones", "missing", "no time zone data", "Run `make setup` (tzdata).")
    else:
        yield Finding("time zones", "ok", "there")
