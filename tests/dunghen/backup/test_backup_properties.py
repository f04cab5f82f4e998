"""Backups made at random: hostile ones never reach outside, sound ones come back byte by byte."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.errors import UserError
from dunghen.backup.entry import BackupEntry
from dunghen.backup.making import make_backup
from dunghen.backup.names import TOPS
from dunghen.backup.restoring import restore_backup
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from tests.dunghen.backup.forged_backup import (
    QUIET,
    TIMELINE,
    UUID,
    file_entry,
    guarded,
    seen,
    sound_entries,
    write_backup,
)  # fmt: skip

# Parts that meet: names of ours, their other spellings, and ways out.
OURS = ["clickhouse", "kafka", "data", "metadata", "store", "spool", "db", "a", "keys.json"]
ODD = ["", "access", "state.json", ".", "..", "Clickhouse", "canary", "~", "\0", "\n", "x" * 256]
PARTS = st.sampled_from([*OURS, *ODD, "ệ", "e\u0323\u0302", "\udc80", "l", *UUID.split("/")[1:]])
PATHS = st.one_of(
    st.lists(PARTS, max_size=6).map("/".join),
    st.builds(
        lambda top, parts: "/".join([top, *parts]),
        st.sampled_from([*TOPS, "clickhouse/metadata", "clickhouse/data/db", "/"]),
        st.lists(PARTS, max_size=4),
    ),
)
LINKS = st.one_of(
    PATHS,
    st.builds(lambda ups, path: "../" * ups + path, st.integers(0, 6), PATHS),
    st.sampled_from([f"../{UUID}", f"../../{UUID}", "../../canary", "../../../canary/inner"]),
)
HOSTILE = st.one_of(
    st.builds(BackupEntry, PATHS),
    st.builds(file_entry, PATHS, st.just(b"hostile")),
    st.builds(lambda path, link: BackupEntry(path, link=link or "."), PATHS, LINKS),
)


@given(st.lists(HOSTILE, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_no_backup_reaches_outside(hostile: list[BackupEntry], order: Any) -> None:
    with tempfile.TemporaryDirectory() as name, guarded(Path(name)) as room:
        entries = sound_entries()
        for entry in hostile:
            entries.insert(order.randint(0, len(entries)), entry)
        try:
            backup = write_backup(room / "backup", entries)
        except (msgspec.EncodeError, UnicodeEncodeError):
            return  # no JSON says this
        for entry in hostile:
            _put(backup, entry)
        folder = StateFolder(room / "state")
        try:
            restore_backup(backup, folder, QUIET)
        except UserError:
            assert not folder.path.exists() or os.listdir(folder.path) == ["lock"]
        else:
            assert folder.timeline() == TIMELINE
            for path in folder.path.rglob("*"):
                assert path.resolve().is_relative_to(folder.path.resolve())


def _put(backup: Path, entry: BackupEntry) -> None:
    """Its file, where there can be one: the worst case is a backup that looks whole."""
    path = Path(os.path.normpath(f"{backup}/{entry.path}".replace("\0", "")))
    if entry.kind != "file" or not path.is_relative_to(backup):
        return
    try:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"hostile")
    except (OSError, UnicodeEncodeError):
        return


LETTERS = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="/")
NAMES = st.text(LETTERS, min_size=1, max_size=20).filter(lambda name: name not in (".", ".."))


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.lists(NAMES, min_size=1, max_size=3).map(tuple), st.binary(max_size=200), max_size=8
    )
)
def test_what_is_sound_comes_back_byte_by_byte(sound: dict[tuple[str, ...], bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = StateFolder(Path(name, "first"))
        folder.create()
        folder.note_timeline(TIMELINE)
        link = folder.clickhouse / "metadata" / "dunghen"
        link.parent.mkdir()
        link.symlink_to(f"../{UUID}")
        for parts, content in sound.items():
            path = folder.path.joinpath("kafka", "data", *parts)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError:
                continue  # a file where another one has its folder
        try:
            made = make_backup(Installation(load({}), folder), Path(name, "backup"), QUIET)
        except UserError as error:
            assert "twice" in str(error)  # noqa: PT017 (two names in one spelling)
            return
        other = StateFolder(Path(name, "other"))
        restore_backup(Path(made.backup), other, QUIET)
        for top in TOPS:
            assert seen(other.path / top) == seen(folder.path / top)
        assert (other.clickhouse / "metadata" / "dunghen").readlink() == link.readlink()
        assert other.timeline() == TIMELINE
