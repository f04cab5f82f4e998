from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.state.folder import Endpoints, StateFolder
from dunghen.state.format import DONE, REFOLDING
from dunghen.state.lock import FolderLock


def test_second_lock_is_refused_naming_the_process(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "lock"):
        with pytest.raises(UserError, match=f"already runs on .* as process {os.getpid()}") as said:
            FolderLock(tmp_path / "lock").acquire()
        assert said.value.exit_code == 2
        assert "--state" in said.value.hint
    FolderLock(tmp_path / "lock").acquire()


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from dunghen.state.lock import FolderLock\n"
        f"FolderLock(Path({str(tmp_path / 'lock')!r})).acquire()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert FolderLock(tmp_path / "lock").holder() == other.pid
        other.kill()
    lock = FolderLock(tmp_path / "lock")
    assert lock.holder() is None
    lock.acquire()
    lock.release()


@pytest.mark.parametrize(
    ("version", "said", "hint"),
    [(1, "older version .* format 1, and", "dunghen refold"), (7, "newer version", "Use that")],
)
def test_another_format_is_refused_saying_what_to_do(
    tmp_path: Path, version: int, said: str, hint: str
) -> None:
    folder = StateFolder(tmp_path)
    folder.create()
    (tmp_path / "state.json").write_text(json.dumps({"format": version}))
    for use in (folder.create, folder.timeline):
        with pytest.raises(UserError, match=said) as refused:
            use()
        assert (refused.value.exit_code, hint in refused.value.hint) == (2, True)


@pytest.mark.parametrize(
    "damaged", ["{", "[]", '{"format": "2"}', '{"format": 1e999}', '{"format": -1}', "[" * 100_000]
)
def test_a_format_that_is_none_is_damage(tmp_path: Path, damaged: str) -> None:
    folder = StateFolder(tmp_path)
    folder.create()
    (tmp_path / "state.json").write_text(damaged)
    with pytest.raises(UserError, match="is damaged"):
        folder.timeline()
    with pytest.raises(UserError, match="is damaged"):
        folder.any_timeline()


def test_a_refold_that_was_cut_in_its_last_moment_is_ended_first(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.create()
    (tmp_path / REFOLDING).mkdir()
    folder.create()  # one that goes on leaves the old state as it is
    (tmp_path / REFOLDING / DONE).write_text("{}")
    for use in (folder.create, folder.timeline):
        with pytest.raises(UserError, match=r"interrupted just before its end.* again"):
            use()


def test_damage_and_foreign_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="holds other files"):
        StateFolder(tmp_path / "a").create()
    folder = StateFolder(tmp_path / "b")
    folder.create()
    (tmp_path / "b" / "state.json").write_text("{")
    with pytest.raises(UserError, match="is damaged"):
        folder.timeline()


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be used: (Not a directory|File exists)"):
        StateFolder(tmp_path / "file" / "state").create()


def test_timeline_and_endpoints_come_back(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "new" / "state")
    folder.create()
    assert folder.timeline() is None
    timeline = Timeline(id="t", kind="live", partitions=2, created_at=1)
    folder.note_timeline(timeline)
    folder.create()
    assert StateFolder(folder.path).timeline() == timeline
    folder.write_endpoints(Endpoints(kafka="127.0.0.1:1"))
    assert folder.endpoints() is None  # nobody holds the lock: they are of a stack that died
    with folder.lock:
        found = StateFolder(folder.path).endpoints()
        assert found == Endpoints(kafka="127.0.0.1:1")
    mode = (folder.path / "run" / "endpoints.json").stat().st_mode
    assert mode & 0o077 == 0
