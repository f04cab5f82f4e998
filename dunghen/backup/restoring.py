"""``dunghen restore``: a backup becomes the state folder of a stack."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.access.key_file import suspend_keys
from dunghen.backup.entry import BackupEntry
from dunghen.backup.files import copy
from dunghen.backup.manifest import Manifest, damaged, damaged_file, read_manifest
from dunghen.backup.names import TOPS
from dunghen.backup.tables import is_definition, is_ours
from dunghen.backup.tree import Tree
from dunghen.state.folder import RESTORING, StateFolder, read_state, unusable
from dunghen.state.format import refuse_other_format
from dunghen.state.private import make_private, refuse_foreign
from dunghen.terminal.console import ProgressBar, Terminal

_KEYS = "access/keys.json"
_LAST = "state.json"  # with it the folder counts as a state
_LARGEST = 4 << 20  # bytes of a file that is read here
_INDEXES = (".index", ".timeindex")  # Kafka makes them long and fills little of them
_LARGEST_INDEX = 16 << 20


def restore_backup(backup: Path, folder: StateFolder, terminal: Terminal) -> Manifest:
    """Copy ``backup`` into ``folder``, which must be new or empty; its checksums are compared.

    Raises UserError, and then the folder is empty again. A restore that was killed leaves a folder
    that only another restore takes.
    """
    manifest = read_manifest(backup)
    _require_empty(folder)
    try:
        make_private(folder.path)
        with folder.lock, Tree(folder.path) as target, _opened(backup) as source:
            refuse_foreign(folder.path, target.root_status())  # the one that is open, whatever came
            _compare(backup, manifest, source, folder.path)
            if not target.has(RESTORING):
                os.close(target.new_file(RESTORING))
            _clear(target)
            try:
                _copy(backup, manifest, source, target, terminal)
            except BaseException:
                _clear(target)
                target.remove(RESTORING)
                raise
            target.remove(RESTORING)
    except OSError as error:
        raise unusable(folder.path, error) from error
    return manifest


def _opened(backup: Path) -> Tree:
    try:
        return Tree(backup)
    except OSError as error:
        raise damaged(backup, f"it cannot be read ({error.strerror})") from error


def _compare(backup: Path, manifest: Manifest, source: Tree, target: Path) -> None:
    """The files with what the manifest says of them, before anything is written."""
    needed = 0
    for entry in manifest.entries:
        if entry.kind != "file":
            continue
        try:
            status = os.fstat(descriptor := source.reader(entry.path))
            os.close(descriptor)
        except OSError as error:
            raise damaged_file(backup, entry) from error
        if status.st_size != entry.size:
            raise damaged_file(backup, entry)
        holes = entry.path.endswith(_INDEXES) and entry.size <= _LARGEST_INDEX
        needed += min(entry.size, status.st_blocks * 512) if holes else entry.size
        if is_definition(entry.path) and not is_ours(_whole(backup, entry, source)):
            raise damaged(backup, f"{entry.path} defines a table that no table of ours is like")
        if entry.path == _LAST and _timeline(backup, entry, source).id != manifest.timeline.id:
            raise damaged(backup, f"{_LAST} names another timeline than the backup")
    free = shutil.disk_usage(target).free
    if needed > free:
        raise UserError(
            f"The restore needs {needed // 2**20:,} MB, and {free // 2**20:,} MB are free at "
            f"{target}.",
            "Make room, or name a folder on another disk.",
        )


def _timeline(backup: Path, entry: BackupEntry, source: Tree) -> Timeline:
    try:
        version, found = read_state(_whole(backup, entry, source))
    except ValueError as error:
        raise damaged_file(backup, entry) from error
    refuse_other_format(
        version,
        f"The backup {backup}",
        "Restore it with the version that made it, then run `dunghen refold` of this one on the "
        "folder.",
    )
    if found is None:
        raise damaged_file(backup, entry)
    return found


def _whole(backup: Path, entry: BackupEntry, source: Tree) -> bytes:
    """A small file, its checksum compared."""
    try:
        with open(source.reader(entry.path), "rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise damaged_file(backup, entry) from error
    if len(raw) > _LARGEST or hashlib.sha256(raw).hexdigest() != entry.sha256:
        raise damaged_file(backup, entry)
    return raw


def _copy(backup: Path, manifest: Manifest, source: Tree, target: Tree, terminal: Terminal) -> None:
    entries = sorted(manifest.entries, key=lambda entry: entry.path == _LAST)
    with ProgressBar(terminal, "Restore") as progress:
        for number, entry in enumerate(entries, 1):
            _one(backup, entry, source, target)
            progress.share("copying", number / len(entries))


def _one(backup: Path, entry: BackupEntry, source: Tree, target: Tree) -> None:
    parent = entry.path.rpartition("/")[0]
    if entry.path in TOPS and parent and not target.has(parent):
        target.new_folder(parent)
    if entry.kind == "link":
        target.new_link(entry.path, entry.link)
    elif entry.kind == "folder":
        target.new_folder(entry.path)
    elif entry.path == _KEYS:
        _keys(backup, entry, source, target)
    else:
        try:
            descriptor = source.reader(entry.path)
        except OSError as error:
            raise damaged_file(backup, entry) from error
        copied = copy(descriptor, target.new_file(entry.path), entry.size)
        if copied != (entry.size, entry.sha256):
            raise damaged_file(backup, entry)


def _keys(backup: Path, entry: BackupEntry, source: Tree, target: Tree) -> None:
    """All suspended: which were revoked since the backup was made, it cannot know."""
    try:
        text = suspend_keys(_whole(backup, entry, source), time.time_ns() // 1_000_000)
    except ValueError as error:
        raise damaged_file(backup, entry) from error
    with open(target.new_file(entry.path), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _require_empty(folder: StateFolder) -> None:
    path = folder.path
    if not path.exists() or (path / RESTORING).exists():
        return
    if not path.is_dir() or any(entry.name != "lock" for entry in path.iterdir()):
        raise UserError(
            f"The state folder {path} is not empty, and a restore mixes nothing.",
            "Name a new folder with --state DIR, or move this one away first.",
        )


def _clear(target: Tree) -> None:
    for top in TOPS:
        target.remove(top.partition("/")[0])
