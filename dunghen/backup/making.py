"""``dunghen backup``: one cut through Kafka's log and ClickHouse, with or without a stack on it.

A running stack stands still while what is final is linked and the rest, a few MB, is copied; then
it goes on, and the copy for good is made from there. The API stops first: so ClickHouse holds
nothing that Kafka's copy lacks, and its sink's offsets in Kafka are never ahead of its tables. What
stands on the disk then is what kill -9 would leave, from which both come up every time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dossiers.errors import UserError
from dunghen.backup.entry import BackupEntry
from dunghen.backup.files import copy_tree, link_tree, size_of, walk
from dunghen.backup.freezing import frozen
from dunghen.backup.manifest import FORMAT, NAME, Manifest, check_entries, digest_of, release
from dunghen.backup.tree import Tree
from dunghen.settings.installation import Installation
from dunghen.stack.existing import plan_of
from dunghen.state.files import write_atomically
from dunghen.state.folder import StateFolder
from dunghen.state.private import refuse_foreign, refuse_shared
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.errors import as_user_error
from dunghen.timeline.hash_key import refuse_other_key
from infra.process import wait_for_lock

_ORDER = ("api", "kafka")  # the worker need not stop: what it writes goes to Kafka
_LOCK_SECONDS = 10.0


class Made(msgspec.Struct, frozen=True):
    """``paused``: seconds for which a running stack stood still, None if none ran."""

    backup: str
    timeline: str
    files: int
    bytes: int
    paused: float | None
    seconds: float


def make_backup(installation: Installation, target: Path, terminal: Terminal) -> Made:
    """Back up the state folder into ``target``, which must not exist or be empty.

    Raises UserError.
    """
    _require_embedded(installation)
    begun = time.monotonic()
    timeline = installation.folder.timeline() if installation.folder.exists else None
    if timeline is None:
        plan_of(installation)  # says so
        raise AssertionError
    refuse_other_key(installation, timeline)
    target = target.expanduser().absolute()
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise UserError(f"{target} is there already.", "Name a new folder for each backup.")
    _refuse_inside(installation.folder.path, target)
    part = _new_part(target)
    try:
        with _standing(installation.folder) as (source, paused):
            entries = _copy(source, part, terminal)
        check_entries(
            f"The state folder {installation.folder.path}",
            entries,
            "It is none of ours: remove it.",
        )
        manifest = Manifest(
            FORMAT, release(), time.time_ns() // 1_000_000, timeline, entries, digest_of(entries)
        )
        write_atomically(part / NAME, msgspec.json.encode(manifest))
        part.replace(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise as_user_error(error) or _unreadable(installation.folder, error) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    files = [entry for entry in entries if entry.sha256]
    size = sum(entry.size for entry in files)
    seconds = round(time.monotonic() - begun, 3)
    return Made(str(target), timeline.id, len(files), size, paused, seconds)


@contextmanager
def _standing(folder: StateFolder) -> Iterator[tuple[Path, float | None]]:
    """A state folder in which nothing moves, and for how long the stack stood still for it."""
    if folder.lock.holder() is None:
        with folder.lock:
            kafka = folder.path / "kafka"
            if kafka.exists() and not wait_for_lock(kafka / "lock", _LOCK_SECONDS):
                raise UserError(f"A Kafka still runs in {kafka}.", "Wait for its end.")
            yield folder.path, None
        return
    running = {entry["name"]: entry["pid"] for entry in folder.processes()}
    pids = [running[name] for name in _ORDER if running.get(name)]
    if len(pids) < len(_ORDER):
        raise UserError("The stack is just starting or stopping.", "Try again.", exit_code=1)
    stage = folder.work / f"backup-{os.getpid()}"
    try:
        stage.mkdir(parents=True)
        begun = time.monotonic()
        with frozen(pids, parent=folder.lock.holder() or 0):
            link_tree(folder.path, stage)
        yield stage, round(time.monotonic() - begun, 3)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _new_part(target: Path) -> Path:
    """The folder in which the backup grows, for this user only. Raises UserError."""
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_shared(target.parent)
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)  # of a backup that was killed
        part.mkdir(mode=0o700)
    except OSError as error:
        raise UserError(
            f"The backup cannot be written into {part}: {error.strerror or error}.",
            "Name a new folder where this user may write.",
        ) from error
    return part


def _copy(source: Path, target: Path, terminal: Terminal) -> tuple[BackupEntry, ...]:
    entries = []
    with Tree(source) as here, Tree(target) as there:
        refuse_foreign(target, there.root_status())
        total = size_of(here)
        free = shutil.disk_usage(target).free
        if total > free:
            raise UserError(
                f"The backup needs {total // 2**20:,} MB, and {free // 2**20:,} MB are free at "
                f"{target.parent}.",
                "Make room, or name a folder on another disk.",
            )
        count = sum(1 for _ in walk(here))
        with ProgressBar(terminal, "Back up") as progress:
            for entry in copy_tree(here, there):
                entries.append(entry)
                progress.share("copying", len(entries) / max(count, 1))
    return tuple(entries)


def _require_embedded(installation: Installation) -> None:
    settings = installation.settings
    if settings.kafka.bootstrap or settings.clickhouse.url:
        name = "kafka.bootstrap" if settings.kafka.bootstrap else "clickhouse.url"
        raise UserError(
            f"The setting {name} names a server, and this command backs up the embedded stack.",
            "docs/operations.md says how servers are backed up.",
        )


def _refuse_inside(state: Path, target: Path) -> None:
    state, target = state.resolve(), target.resolve()
    if target.is_relative_to(state) or state.is_relative_to(target):
        raise UserError(
            f"{target} and the state folder {state} lie in each other.",
            "Name a folder elsewhere, best on another disk.",
        )


def _unreadable(folder: StateFolder, error: OSError) -> UserError:
    return UserError(
        f"The state folder {folder.path} cannot be backed up: {error.filename or 'something in it'}"
        f": {error.strerror or error}.",
        "Nothing in it may be a link but those that ClickHouse makes.",
    )
