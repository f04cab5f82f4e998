"""The folder in which a refold works: the old state is not touched before the new one is whole, and
whenever it is cut, the next run ends it."""

from __future__ import annotations

import json
import os
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dunghen.refold import work as work_module
from dunghen.refold.running import plan_for, refold_installation
from dunghen.refold.work import Work
from dunghen.settings.installation import Installation, Kind
from dunghen.stack.plan import refuse_other_kind
from dunghen.state.files import write_atomically
from dunghen.state.folder import RESTORING, StateFolder
from dunghen.state.format import DONE, REFOLDING
from dunghen.state.private import make_private
from dunghen.terminal.console import Terminal

OLD = Timeline(id="0" * 32, kind="live", partitions=2, created_at=1)
NEW = msgspec.structs.replace(OLD, id="1" * 32, format=FORMAT, former=(OLD.id,))
SEGMENTS = "kafka/data/dossier-events-0"
PART = "clickhouse/store/7d2/7d2ae23c-56ee-4299-bc1d-c095f9656c5a/all_1_1_0/data.bin"
FILES = {
    f"{SEGMENTS}/00000000000000000000.log": b"final",
    f"{SEGMENTS}/00000000000000000009.log": b"still written",
    "kafka/data/dossiers-0/00000000000000000000.log": b"made of the log",
    "kafka/ports.json": b"[1, 2]",
    PART: b"a part",
    "spool/spool.sqlite": b"waits for Kafka",
    "access/keys.json": b"[]",
}
ASIDE = f"before-refold-{OLD.id[:8]}"


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    """As a former version left it."""
    folder = StateFolder(tmp_path / "state")
    folder.create()
    for name, content in FILES.items():
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder.path / "state.json").write_bytes(msgspec.json.encode({"format": 1, "timeline": OLD}))
    return folder


def work_in(folder: StateFolder, keep_mb: int = 0) -> Work:
    return Work(folder, kafka=True, clickhouse=True, keep_mb=keep_mb)


def content_of(folder: Path) -> dict[str, bytes]:
    left_out = (REFOLDING, "before-refold")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name != "lock"
        and not str(path.relative_to(folder)).startswith(left_out)
    }


def fold(work: Work) -> None:
    """Stands for broker, worker and sink: other files under the same names, and new ones."""
    assert not work.prepare()
    growing = work.folder.path
    (growing / f"{SEGMENTS}/00000000000000000009.log").write_bytes(b"written on")
    shutil.rmtree(growing / "kafka/data/dossiers-0")
    (growing / "kafka/data/dossiers-0-new").write_bytes(b"made anew")
    (growing / PART).unlink()
    (growing / "clickhouse/new").write_bytes(b"rows")


def looks_new(state: StateFolder) -> None:
    assert StateFolder(state.path).timeline() == NEW
    assert not (state.path / REFOLDING).exists()
    found = content_of(state.path)
    assert found["kafka/data/dossiers-0-new"] == b"made anew"
    assert found[f"{SEGMENTS}/00000000000000000009.log"] == b"written on"
    assert (PART in found, found["clickhouse/new"]) == (False, b"rows")
    for kept in ("spool/spool.sqlite", "access/keys.json"):
        assert found[kept] == FILES[kept]
    aside = state.path / ASIDE
    old = {name: each for name, each in FILES.items() if name.startswith(("kafka", "clickhouse"))}
    assert {name: (aside / name).read_bytes() for name in old} == old
    assert json.loads((aside / "state.json").read_bytes())["format"] == 1
    assert aside.stat().st_mode & 0o077 == 0


def test_the_old_state_stays_as_it_is_until_the_new_one_takes_its_place(
    state: StateFolder,
) -> None:
    before = content_of(state.path)
    work = work_in(state)
    fold(work)
    assert content_of(state.path) == before
    final = f"{SEGMENTS}/00000000000000000000.log"
    assert (state.path / final).samefile(work.folder.path / final)
    assert not (work.folder.path / "spool").exists()
    assert work.change_places(work.finish(NEW)) == state.path / ASIDE
    looks_new(state)


def test_an_interrupted_one_is_gone_on_with_unless_the_old_state_was_worked_on(
    state: StateFolder,
) -> None:
    fold(work_in(state))
    again = work_in(state)
    assert again.prepare()
    assert (again.folder.path / "clickhouse/new").exists()
    (state.path / f"{SEGMENTS}/00000000000000000009.log").write_bytes(b"the old version ran again")
    last = work_in(state)
    assert not last.prepare()
    assert not (last.folder.path / "clickhouse/new").exists()
    copied = last.folder.path / f"{SEGMENTS}/00000000000000000009.log"
    assert copied.read_bytes() == b"the old version ran again"


def test_one_that_was_whole_gives_way_to_an_old_state_that_was_worked_on(
    state: StateFolder,
) -> None:
    work = work_in(state)
    fold(work)
    work.finish(NEW)
    assert work_in(state).done() is not None
    (state.path / f"{SEGMENTS}/00000000000000000009.log").write_bytes(b"the old version ran again")
    assert work_in(state).done() is None
    assert not (state.path / REFOLDING).exists()


class Cut(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("at", range(11))
def test_killed_while_both_change_places_it_is_ended_by_the_next_run(
    state: StateFolder, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    work = work_in(state)
    fold(work)
    done = work.finish(NEW)
    steps = iter(range(at))

    def counted(real: Any) -> Any:
        def step(*arguments: Any, **more: Any) -> Any:
            if next(steps, None) is None:
                raise Cut
            return real(*arguments, **more)

        return step

    cut = False
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(work_module, "write_atomically", counted(write_atomically))
        patch.setattr(work_module, "make_private", counted(make_private))
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        patch.setattr(Path, "rmdir", counted(Path.rmdir))
        try:
            work.change_places(done)
        except Cut:
            cut = True
    if cut and (state.path / REFOLDING / DONE).exists():
        with pytest.raises(UserError):  # no version starts on half of it
            StateFolder(state.path).create()
        found = work_in(state).done()
        assert found == done
        work_in(state).change_places(found)
    elif cut:
        work_in(state).discard()
    looks_new(state)


def test_without_room_nothing_is_begun(state: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 2**20))
    before = content_of(state.path)
    with pytest.raises(UserError, match=r"needs about 3 MB .* 1 MB are free at .* Make room"):
        work_in(state, keep_mb=3).prepare()
    assert content_of(state.path) == before
    assert not (state.path / REFOLDING).exists()


def test_a_second_one_has_a_name_of_its_own_for_what_it_puts_aside(state: StateFolder) -> None:
    (state.path / ASIDE).mkdir()
    work = work_in(state)
    fold(work)
    assert work.change_places(work.finish(NEW)) == state.path / f"{ASIDE}-2"


@pytest.mark.parametrize("kind", ["live", "simulation", "replay"])
def test_one_of_any_kind_is_gone_on_with(state: StateFolder, kind: Kind) -> None:
    work = work_in(state)
    work.prepare()
    work.folder.note_timeline(msgspec.structs.replace(OLD, kind=kind))  # as its stack does
    again = plan_for(work.folder)
    assert again.kind == kind
    refuse_other_kind(work.folder.timeline(), again.kind, "")


QUIET = Terminal(Console(quiet=True))


def refolded(folder: StateFolder) -> Any:
    return refold_installation(Installation.find(folder.path), QUIET)


def test_a_state_of_this_version_needs_none(state: StateFolder) -> None:
    state.note_timeline(NEW)
    before = content_of(state.path)
    assert (refolded(state).changed, refolded(state).timeline) == (False, NEW.id)
    assert content_of(state.path) == before


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (shutil.rmtree, "holds no timeline"),
        (lambda path: (path / "state.json").unlink(), "holds no timeline"),
        (lambda path: (path / RESTORING).touch(), "restore into .* did not come to its end"),
        (lambda path: (path / "state.json").write_text('{"format": 1}'), "holds no timeline"),
        (lambda path: (path / "state.json").write_text('{"format": 99}'), "newer version"),
        (lambda path: (path / "state.json").write_text("{"), "is damaged"),
    ],
)
def test_what_cannot_be_folded_is_said(state: StateFolder, make: Any, said: str) -> None:
    make(state.path)
    with pytest.raises(UserError, match=said):
        refolded(state)
    assert not (state.path / REFOLDING).exists()


def test_with_a_stack_on_the_folder_it_is_refused(state: StateFolder) -> None:
    before = content_of(state.path)
    with (
        state.lock,
        pytest.raises(UserError, match=f"already runs .* as process {os.getpid()}"),
    ):
        refolded(state)
    assert content_of(state.path) == before
