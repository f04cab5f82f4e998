"""Backups that somebody else made: whatever they name, nothing outside of the target is touched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dossiers.errors import UserError
from dunghen.backup import files, restoring
from dunghen.backup.entry import BackupEntry
from dunghen.backup.manifest import NAME
from dunghen.backup.restoring import restore_backup
from dunghen.state.folder import RESTORING, StateFolder
from tests.dunghen.backup import forged_backup
from tests.dunghen.backup.forged_backup import (
    QUIET,
    TIMELINE,
    UUID,
    file_entry,
    guarded,
    refused,
    sound_entries,
    write_backup,
)  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    with guarded(tmp_path) as room:
        yield room


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("clickhouse/./l2", "normal form"),
        ("./clickhouse/x", "normal form"),
        ("clickhouse//x", "normal form"),
        ("clickhouse/x/", "normal form"),
        ("clickhouse/store/../x", "normal form"),
        ("/clickhouse/x", "normal form"),
        ("", "normal form"),
        ("clickhouse/x\0y", "not printed"),
        ("clickhouse/x\x1b[2J", "not printed"),
        ("clickhouse/x\u202ey", "not printed"),
        ("clickhouse/" + "x" * 256, "too long"),
        ("clickhouse/" + "ệ" * 100, "too long"),
        ("clickhouse" + "/x" * 20, "too long"),
        ("clickhouse/" + "x" * 100_000, "too long"),
        ("clickhouse/metadata", "twice"),
        ("clickhouse/Metadata", "twice"),
        ("spool/../access/admin-token", "normal form"),
        ("access/admin-token", "none of its folders"),
        ("logs", "none of its folders"),
        ("state.json/x", "no folder"),
        ("kafka/data/log/x", "no folder"),
        ("clickhouse/none/x", "no folder"),
        ("access/keys.json", "is a file"),
    ],
)
def test_a_name_that_is_not_ours_is_refused(room: Path, path: str, why: str) -> None:
    backup = write_backup(room / "backup", [*sound_entries(), BackupEntry(path)])
    refused(backup, f"which no backup of Đúng Hẹn has: .*{why}")


def test_names_that_some_file_system_takes_for_one_are_twice(room: Path) -> None:
    pair = [BackupEntry("spool/tệp"), BackupEntry("spool/te\u0323\u0302p")]
    refused(write_backup(room / "backup", [*sound_entries(), *pair]), "twice")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("clickhouse/l", "../../canary"),
        ("clickhouse/metadata/db", "/" + UUID),
        ("clickhouse/metadata/db", "../" + UUID + "/../../../../canary"),
        ("clickhouse/metadata/db", "../../" + UUID),
        ("clickhouse/metadata/db", ".././" + UUID),
        ("clickhouse/metadata/db", "../store/abc/7d2ae23c-56ee-4299-bc1d-c095f9656c5a"),
        ("clickhouse/metadata/db", "../store"),
        ("clickhouse/metadata/db", "../" + UUID + "\n"),
        ("clickhouse/store/l", UUID),
        ("clickhouse/store/a/l", "../" + UUID),
        ("clickhouse/data/db/t", "../" + UUID),
        ("clickhouse/data/db/x.y", "../../" + UUID),
        ("kafka/data/l", "log"),
        ("spool/spool.sqlite", "../canary/inner/file"),
    ],
)
def test_a_link_that_clickhouse_does_not_make_is_refused(room: Path, path: str, link: str) -> None:
    backup = write_backup(room / "backup", [*sound_entries(), BackupEntry(path, link=link)])
    refused(backup, "which no backup of Đúng Hẹn has: a link that ClickHouse does not make")


def test_links_lead_to_folders_and_nothing_goes_through_them(room: Path) -> None:
    link = BackupEntry("clickhouse/metadata/db", link="../" + UUID)
    through = [link, BackupEntry("clickhouse/metadata/db/x")]
    refused(write_backup(room / "backup", [*sound_entries(), *through]), "no folder")
    onto = [
        BackupEntry(f"clickhouse/{UUID.rpartition('/')[0]}"),
        file_entry(f"clickhouse/{UUID}", b""),
    ]
    refused(write_backup(room / "backup", [*sound_entries(), *onto, link]), "no folder")
    both = msgspec.structs.replace(link, sha256="0" * 64)
    refused(write_backup(room / "backup", [*sound_entries(), both]), "at once")


def lying(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def write(backup: Path) -> None:
        whole = msgspec.json.decode((backup / NAME).read_bytes())
        change(whole)
        (backup / NAME).write_bytes(msgspec.json.encode(whole))

    return write


def raw(content: bytes) -> Callable[[Path], None]:
    def write(backup: Path) -> None:
        (backup / NAME).write_bytes(content)

    return write


def instead(make: Callable[[Path], Any]) -> Callable[[Path], None]:
    def write(backup: Path) -> None:
        (backup / NAME).unlink()
        make(backup / NAME)

    return write


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)


@pytest.mark.parametrize(
    ("lie", "match"),
    [
        (raw(b'{"format":' + b"[" * 100_000), "cannot be read"),
        (raw(b'{"x":' * 100_000), "cannot be read"),
        (
            raw(b'{"format":1,"entries":[' + b"{}," * 1_000_200 + b"0]}"),
            "more than 1,000,000 files",
        ),
        (raw(b'{"format":1e400}'), "cannot be read"),
        (raw(b'{"format":1,"release":"\xff"}'), "cannot be read"),
        (raw(b""), "cannot be read"),
        (lying(lambda whole: whole["entries"][0].update(size=2**63)), "cannot be read"),
        (lying(lambda whole: whole["entries"][0].update(size=-1)), "cannot be read"),
        (lying(lambda whole: whole["entries"][0].update(mode=0o4755)), "cannot be read"),
        (lying(lambda whole: whole["entries"][-2].update(sha256="../x")), "cannot be read"),
        (lying(lambda whole: whole["entries"].pop()), "was changed"),
        (lying(lambda whole: whole["timeline"].update(id="\x1b[2J")), "names no timeline"),
        (lying(lambda whole: whole["timeline"].update(id="1" * 32)), "names another timeline"),
        (instead(lambda path: path.symlink_to("../canary/inner/file")), "cannot be read"),
        (instead(lambda path: path.mkdir()), "cannot be read"),
        (instead(os.mkfifo), "cannot be read"),
        (instead(sparse), "larger than any"),
    ],
)
def test_a_manifest_that_lies_ends_in_a_sentence(
    room: Path, lie: Callable[[Path], None], match: str
) -> None:
    backup = write_backup(room / "backup", sound_entries())
    lie(backup)
    refused(backup, match)


def test_files_are_compared_with_the_manifest_before_anything_is_written(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it has begun to write")

    monkeypatch.setattr(restoring, "_copy", never)
    (backup := write_backup(room / "backup", sound_entries())).joinpath("spool").mkdir()
    huge = BackupEntry("spool/spool.sqlite", 2**42, "0" * 64)
    (backup / huge.path).touch()
    write_backup(backup, [*sound_entries(), huge])
    refused(backup, "spool.sqlite is missing or not as it was written")
    os.truncate(backup / huge.path, huge.size)
    refused(backup, "The restore needs 4,194,304 MB")


def test_a_folder_swapped_for_a_link_meanwhile_is_not_gone_through(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = files.copy
    state = room / "state"

    def swapping(source: int, target: int, limit: int) -> tuple[int, str]:
        if (state / "clickhouse").is_dir() and not (room / "canary" / "moved").exists():
            (state / "clickhouse").rename(state / "moved")
            (state / "clickhouse").symlink_to(room / "canary")
        return real(source, target, limit)

    entries = sound_entries()
    deep = [BackupEntry("clickhouse/inner"), file_entry("clickhouse/inner/x", b"x")]
    backup = write_backup(room / "backup", [*entries, *deep])
    (backup / "clickhouse" / "inner").mkdir()
    (backup / "clickhouse" / "inner" / "x").write_bytes(b"x")
    monkeypatch.setattr(restoring, "copy", swapping)
    with pytest.raises(UserError, match="cannot be used"):
        restore_backup(backup, StateFolder(state), QUIET)
    assert not StateFolder(state).exists
    assert not (state / "clickhouse").is_symlink()


@pytest.mark.parametrize("where", ["clickhouse", "clickhouse/store", "clickhouse/store/a"])
def test_a_backup_is_not_read_through_links(room: Path, where: str) -> None:
    """Or files that only we may read would come into a state folder that others are shown."""
    backup = write_backup(room / "backup", sound_entries())
    (backup / where).rename(backup / "moved")
    (backup / where).symlink_to(backup / "moved")
    refused(backup, "data.bin is missing or not as it was written")


def test_a_restore_that_was_killed_at_its_end_is_no_state_yet(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = StateFolder(room / "state")
    backup = write_backup(room / "backup", sound_entries())
    restore_backup(backup, folder, QUIET)
    (folder.path / RESTORING).touch()
    assert not folder.exists
    with pytest.raises(UserError, match="did not come to its end"):
        folder.create()
    restore_backup(backup, folder, QUIET)
    assert folder.timeline() == TIMELINE


@pytest.mark.parametrize(
    ("version", "said"),
    [(1, "older version .* made it, then run `dunghen refold`"), (9, "newer version")],
)
def test_a_backup_of_another_format_is_refused(
    room: Path, monkeypatch: pytest.MonkeyPatch, version: int, said: str
) -> None:
    state = msgspec.json.encode({"format": version, "timeline": {"of": "another shape"}})
    monkeypatch.setattr(forged_backup, "STATE", state)
    refused(write_backup(room / "backup", sound_entries()), said)
