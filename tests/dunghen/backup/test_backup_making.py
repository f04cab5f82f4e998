"""Making a backup where somebody else may have put things: nothing of theirs is followed."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dunghen.backup.freezing import frozen
from dunghen.backup.making import make_backup
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from tests.dunghen.backup.forged_backup import QUIET, TIMELINE, UUID


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(TIMELINE)
    (folder.clickhouse / "metadata").mkdir()
    (folder.path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "secret").write_text("only we may read this")
    return folder


def backup(folder: StateFolder, target: Path) -> Path:
    return Path(make_backup(Installation(load({}), folder), target, QUIET).backup)


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("clickhouse/link", "../../secret"),
        ("clickhouse/metadata/db", "/" + UUID),
        ("kafka/data/log", "../../../secret"),
        ("spool", "../secret"),
        ("kafka/data", "../../secret"),
        ("access/keys.json", "../../secret"),
    ],
)
def test_links_that_clickhouse_does_not_make_are_refused_and_nothing_is_left(
    state: StateFolder, tmp_path: Path, name: str, to: str
) -> None:
    path = state.path / name
    if path.is_dir():
        path.rmdir()
    path.symlink_to(to)
    with pytest.raises(UserError, match=r"names '.*', which no backup of Đúng Hẹn has"):
        backup(state, tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))


def test_a_folder_moved_elsewhere_by_a_link_is_said_in_a_sentence(
    state: StateFolder, tmp_path: Path
) -> None:
    (state.path / "kafka").rename(tmp_path / "elsewhere")
    (state.path / "kafka").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="cannot be backed up: kafka: Not a directory"):
        backup(state, tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_what_is_no_file_is_not_waited_for(state: StateFolder, tmp_path: Path, kind: str) -> None:
    path = state.path / "kafka" / "data" / "x"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        # Its name may have 108 bytes.
        with socket.socket(socket.AF_UNIX) as listening, chdir(path.parent):
            listening.bind(path.name)
    with pytest.raises(UserError, match=r"'kafka/data/x' .* cannot be backed up"):
        backup(state, tmp_path / "backup")


def test_a_name_that_cannot_be_written_down_is_refused(state: StateFolder, tmp_path: Path) -> None:
    os.close(os.open(os.fsencode(state.path) + b"/kafka/data/\xff", os.O_CREAT | os.O_WRONLY))
    with pytest.raises(UserError, match=r"names 'kafka/data/\\udcff', .* that is no text"):
        backup(state, tmp_path / "backup")


@pytest.mark.parametrize("way", ["..", "link", "itself"])
def test_no_way_leads_a_backup_into_the_state_folder(
    state: StateFolder, tmp_path: Path, way: str
) -> None:
    (tmp_path / "link").symlink_to(state.path)
    target = {
        "..": tmp_path / "x" / ".." / "state" / "backup",
        "link": tmp_path / "link" / "backup",
        "itself": tmp_path / "link" / ".",
    }[way]
    with pytest.raises(UserError, match=r"lie in each other|is there already"):
        backup(state, target)
    assert not (state.path / "backup").exists()


def test_what_others_put_in_its_place_is_not_followed(state: StateFolder, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for name in ("backup", "backup.part"):
        (tmp_path / name).symlink_to(theirs)
        with pytest.raises(UserError, match=r"is there already|cannot be written into"):
            backup(state, tmp_path / "backup")
        (tmp_path / name).unlink()
    assert not any(theirs.iterdir())
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    with pytest.raises(UserError, match="Every user of this machine may change"):
        backup(state, tmp_path / "shared" / "backup")
    (tmp_path / "shared").chmod(0o1777)  # as /tmp is
    assert backup(state, tmp_path / "shared" / "backup").stat().st_mode & 0o077 == 0


def test_a_process_that_is_none_of_the_stack_is_not_stopped() -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            with (
                pytest.raises(UserError, match="is just being started again"),
                frozen([other.pid], parent=1),
            ):
                raise AssertionError("it was stopped")
            with frozen([other.pid], parent=os.getpid()):
                pass
        finally:
            other.kill()
