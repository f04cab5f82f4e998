"""``dunghen restore``: a backup becomes the state folder of a stack."""

from __future__ import annotations

import shutil
from pathlib import Path

from dunghen.backup.files import copy
from dunghen.backup.manifest import TOPS, Entry, Manifest, damaged_file, read_manifest
from dunghen.errors import UserError
from dunghen.supervision.state_folder import RESTORING, StateFolder, unusable
from dunghen.terminal import Progress, Terminal

_LAST = "state.json"  # with it the folder counts as a state


def restore_backup(backup: Path, folder: StateFolder, terminal: Terminal) -> Manifest:
    """Copy ``backup`` into ``folder``, which must be new or empty; its checksums are compared.

    Raises UserError, and then the folder is empty again. A restore that was killed leaves a folder
    that only another restore takes.
    """
    manifest = read_manifest(backup)
    _require_empty(folder)
    try:
        folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with folder.lock:
            (folder.path / RESTORING).touch()
            _clear(folder.path)
            try:
                _copy(backup, manifest, folder.path, terminal)
            except BaseException:
                _clear(folder.path)
                (folder.path / RESTORING).unlink()
                raise
    except OSError as error:
        raise unusable(folder.path, error) from error
    return manifest


def _copy(backup: Path, manifest: Manifest, target: Path, terminal: Terminal) -> None:
    entries = [entry for entry in manifest.entries if entry.path != _LAST]
    last = [entry for entry in manifest.entries if entry.path == _LAST]
    with Progress(terminal, "Restore") as progress:
        for number, entry in enumerate(entries, 1):
            _one(backup, entry, target / entry.path)
            progress.share("copying", number / len(entries))
    (target / RESTORING).unlink()
    for entry in last:
        _one(backup, entry, target / entry.path)


def _one(backup: Path, entry: Entry, there: Path) -> None:
    source = backup / entry.path
    if entry.link:
        there.symlink_to(entry.link)
    elif not entry.sha256:
        there.mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        if source.is_symlink() or not source.is_file():
            raise damaged_file(backup, entry)
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if copy(source, there) != (entry.size, entry.sha256):
            raise damaged_file(backup, entry)


def _require_empty(folder: StateFolder) -> None:
    path = folder.path
    if not path.exists() or (path / RESTORING).exists():
        return
    if not path.is_dir() or any(entry.name != "lock" for entry in path.iterdir()):
        raise UserError(
            f"The state folder {path} is not empty, and a restore mixes nothing.",
            "Name a new folder with --state DIR, or move this one away first.",
        )


def _clear(path: Path) -> None:
    for top in TOPS:
        shutil.rmtree(path / top.partition("/")[0], ignore_errors=True)
    (path / _LAST).unlink(missing_ok=True)
