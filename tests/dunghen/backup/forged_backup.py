"""Backups as somebody else may have made them, and a guard over what lies beside the target."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dunghen.backup.entry import BackupEntry
from dunghen.backup.manifest import NAME, Manifest, digest_of
from dunghen.backup.restoring import restore_backup
from dunghen.state.folder import StateFolder
from dunghen.terminal.console import Terminal

TIMELINE = Timeline(id="0" * 32, kind="replay", partitions=2, created_at=1)
STATE = msgspec.json.encode({"format": FORMAT, "timeline": TIMELINE})
UUID = "store/7d2/7d2ae23c-56ee-4299-bc1d-c095f9656c5a"
QUIET = Terminal(Console(quiet=True))
SOUND = {"clickhouse/store/a/data.bin": b"part", "kafka/data/log": b"log"}


def file_entry(path: str, content: bytes) -> BackupEntry:
    return BackupEntry(path, len(content), hashlib.sha256(content).hexdigest())


def sound_entries() -> list[BackupEntry]:
    folders = ["kafka/data", "clickhouse", "clickhouse/store", "clickhouse/store/a"]
    folders += ["clickhouse/metadata", "clickhouse/data", "clickhouse/data/db", "spool"]
    files = [file_entry(name, content) for name, content in SOUND.items()]
    return [*map(BackupEntry, folders), *files, file_entry("state.json", STATE)]


def write_backup(folder: Path, entries: list[BackupEntry], **changes: Any) -> Path:
    """A backup with a digest that fits: whoever forges one can do that, too."""
    for name, content in {**SOUND, "state.json": STATE}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    made = Manifest(1, "0", 1, TIMELINE, tuple(entries), digest_of(tuple(entries)))
    content = msgspec.json.encode(msgspec.structs.replace(made, **changes))
    (folder / NAME).write_bytes(content)
    return folder


@contextmanager
def guarded(room: Path) -> Iterator[Path]:
    """A folder with a file and a folder that nobody may touch; the target is ``room/state``."""
    (room / "canary" / "inner").mkdir(parents=True)
    (room / "canary" / "inner" / "file").write_bytes(b"do not touch")
    before = seen(room / "canary"), sorted(os.listdir(room))
    yield room
    assert seen(room / "canary") == before[0]
    assert set(os.listdir(room)) <= {*before[1], "state", "backup"}


def seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            stat.S_IFMT(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def refused(backup: Path, match: str) -> None:
    """The restore ends with one sentence, and no state."""
    folder = StateFolder(backup.parent / "state")
    with pytest.raises(UserError, match=match) as caught:
        restore_backup(backup, folder, QUIET)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1_000
    assert not folder.exists
    assert not folder.path.exists() or os.listdir(folder.path) == ["lock"]
