"""Backups: what goes in comes out, and what is not whole, not ours or not empty is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest
from rich.console import Console

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.backup.files import copy, link_tree
from dunghen.backup.freezing import frozen
from dunghen.backup.making import Made, make_backup
from dunghen.backup.manifest import NAME, Manifest, digest_of, read_manifest
from dunghen.backup.restoring import restore_backup
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import RESTORING, StateFolder
from dunghen.terminal.console import Terminal
from tests.support import wait_for

TIMELINE = Timeline(id="0" * 32, kind="replay", partitions=2, created_at=1)
PART = "clickhouse/store/abc/abc-1/all_1_1_0/data.bin"
TABLE = "clickhouse/data/dunghen/alerts"
TO_STORE = "../../store/7d2/7d2ae23c-56ee-4299-bc1d-c095f9656c5a"  # as ClickHouse writes it
FILES = {
    "kafka/data/dossier-events-0/00000000000000000000.log": b"old" * 100,
    "kafka/data/dossier-events-0/00000000000000000009.log": b"new",
    "kafka/data/dossier-events-0/00000000000000000009.index": bytes(3 << 20) + b"end",
    PART: b"part",
    "clickhouse/metadata/dunghen.sql": b"sql",
    "spool/spool.sqlite": b"spool",
    f"blobs/ab/ab{31 * '0c'}": b"what somebody wrote about an alert",
    "access/keys.json": b"hashes of keys",
    "personal/hash-key": b"ab" * 32,
}
QUIET = Terminal(Console(quiet=True))


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(TIMELINE)
    for name, content in FILES.items():
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder.path / "logs" / "api.log").write_text("not kept")
    (folder.path / "access" / "admin-token").write_text("a secret, not kept")
    (folder.path / "personal" / "unknown.json").write_text("texts of senders, not kept")
    (folder.path / TABLE).parent.mkdir(parents=True)
    (folder.path / TABLE).symlink_to(TO_STORE)
    return folder


def backup(folder: StateFolder, name: str = "backup", **flags: str) -> Made:
    return make_backup(Installation(load(flags), folder), folder.path.parent / name, QUIET)


def restored(made: Made, name: str = "other") -> StateFolder:
    path = Path(made.backup)
    folder = StateFolder(path.parent / name)
    restore_backup(path, folder, QUIET)
    return folder


def test_a_restored_folder_is_the_one_that_was_backed_up(state: StateFolder) -> None:
    made = backup(state)
    assert (made.files, made.timeline, made.paused) == (len(FILES) + 1, TIMELINE.id, None)
    folder = restored(made)
    assert folder.timeline() == TIMELINE
    assert {name: (folder.path / name).read_bytes() for name in FILES} == FILES
    assert (folder.path / TABLE).readlink() == Path(TO_STORE)
    assert not (folder.path / "logs").exists()
    assert not (folder.path / "access" / "admin-token").exists()
    assert not (folder.path / "personal" / "unknown.json").exists()
    key = folder.path / "personal" / "hash-key"
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    folder.create()
    assert (folder.path / "state.json").stat().st_mode & 0o77 == 0


def test_holes_stay_holes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(8 << 20))
    copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").stat().st_size == 8 << 20
    assert (tmp_path / "b").stat().st_blocks * 512 < 1 << 20


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "linked", "pipe"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(state: StateFolder, damage: str) -> None:
    made = backup(state)
    path = Path(made.backup) / PART
    if damage in ("gone", "linked", "pipe"):
        path.unlink()
    if damage == "pipe":
        os.mkfifo(path)
    if damage == "linked":
        path.symlink_to(state.path / PART)
    if damage in ("changed", "cut"):
        path.write_bytes(b"pard" if damage == "changed" else b"pa")
    with pytest.raises(UserError, match=f"damaged: {PART} is missing or not as it was"):
        restored(made)
    other = state.path.parent / "other"
    assert [entry.name for entry in other.iterdir()] == ["lock"]


def test_a_manifest_that_was_changed_is_refused(state: StateFolder) -> None:
    made = backup(state)
    path = Path(made.backup) / NAME
    manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    less = msgspec.structs.replace(manifest, entries=manifest.entries[:-1])
    path.write_bytes(msgspec.json.encode(less))
    with pytest.raises(UserError, match=f"{NAME} was changed"):
        restored(made)
    path.write_bytes(b"{")
    with pytest.raises(UserError, match=f"{NAME} cannot be read"):
        restored(made)


def test_what_is_no_backup_or_of_another_format_is_refused(state: StateFolder) -> None:
    with pytest.raises(UserError, match="no whole backup of Đúng Hẹn: it has no manifest"):
        read_manifest(state.path)
    path = Path(backup(state).backup) / NAME
    manifest = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode({**manifest, "format": 99}))
    with pytest.raises(UserError, match="has format 99, and this version"):
        read_manifest(path.parent)


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (f"{TABLE}/x", ""),
        ("clickhouse/link", "data/dunghen/alerts"),
        ("clickhouse/link", "data/dunghen/alerts/../.."),
        ("../outside", ""),
        ("/etc/passwd", ""),
        ("logs/api.log", ""),
        ("clickhouse/../../outside", ""),
        ("clickhouse/link", "/etc"),
        ("clickhouse/link", "../../etc"),
        ("clickhouse/link", "../state.json/../.."),
    ],
)
def test_a_backup_that_reaches_outside_is_refused(state: StateFolder, path: str, link: str) -> None:
    file = Path(backup(state).backup) / NAME
    manifest = msgspec.json.decode(file.read_bytes(), type=Manifest)
    entry = msgspec.structs.replace(manifest.entries[0], path=path, link=link)
    entries = (*manifest.entries, entry)
    forged = msgspec.structs.replace(manifest, entries=entries, digest=digest_of(entries))
    file.write_bytes(msgspec.json.encode(forged))
    with pytest.raises(UserError, match="which no backup of Đúng Hẹn has"):
        read_manifest(file.parent)


def test_only_an_empty_folder_is_restored_into(state: StateFolder, tmp_path: Path) -> None:
    made = backup(state)
    with pytest.raises(UserError, match="is not empty, and a restore mixes nothing"):
        restored(made, "state")
    (tmp_path / "empty").mkdir()
    assert restored(made, "empty").timeline() == TIMELINE


def test_an_interrupted_restore_is_ended_by_another_and_used_by_nothing(
    state: StateFolder, tmp_path: Path
) -> None:
    made = backup(state)
    half = StateFolder(tmp_path / "half")
    (half.path / "kafka" / "data").mkdir(parents=True)
    (half.path / "kafka" / "data" / "leftover").touch()
    (half.path / RESTORING).touch()
    with pytest.raises(UserError, match="did not come to its end"):
        half.create()
    folder = restored(made, "half")
    folder.create()
    assert not (folder.path / "kafka" / "data" / "leftover").exists()


def test_each_backup_has_a_folder_of_its_own_outside_the_state(state: StateFolder) -> None:
    backup(state)
    with pytest.raises(UserError, match="is there already"):
        backup(state)
    with pytest.raises(UserError, match="lie in each other"):
        backup(state, "state/backup")


def test_servers_and_empty_folders_are_not_backed_up(state: StateFolder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"kafka\.bootstrap names a server"):
        backup(state, **{"kafka.bootstrap": "127.0.0.1:1"})
    with pytest.raises(UserError, match="holds no timeline"):
        backup(StateFolder(tmp_path / "nothing"))


def test_only_what_nobody_changes_is_linked(state: StateFolder, tmp_path: Path) -> None:
    link_tree(state.path, tmp_path / "stage")
    linked = {name for name in FILES if (tmp_path / "stage" / name).samefile(state.path / name)}
    assert linked == {PART, "kafka/data/dossier-events-0/00000000000000000000.log"}


def test_processes_stand_still_and_go_on_also_when_we_are_killed() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        process = psutil.Process(sleeper.pid)
        with frozen([sleeper.pid]):
            assert process.status() == psutil.STATUS_STOPPED
        wait_for(lambda: process.status() != psutil.STATUS_STOPPED, 30, what="going on")
        program = (
            "import time; from dunghen.backup.freezing import frozen\n"
            f"with frozen([{sleeper.pid}]): print('frozen', flush=True); time.sleep(60)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "frozen\n"
            assert process.status() == psutil.STATUS_STOPPED
            os.kill(other.pid, signal.SIGKILL)
        wait_for(lambda: process.status() != psutil.STATUS_STOPPED, 30, what="going on")
        sleeper.kill()


def test_a_folder_with_another_key_is_not_backed_up(state: StateFolder) -> None:
    state.note_timeline(msgspec.structs.replace(TIMELINE, kind="live", key_check="of another"))
    with pytest.raises(UserError, match="is not that of the timeline"):
        backup(state)
    assert not (state.path.parent / "backup").exists()
