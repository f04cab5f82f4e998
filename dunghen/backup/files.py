"""Copies of files: with a checksum, on the disk when the call returns, holes left as holes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dunghen.backup.manifest import TOPS, Entry

_CHUNK = 1 << 20
_PART = re.compile(r"[A-Za-z0-9]+_\d+_\d+_\d+(_\d+)?")  # a folder of ClickHouse's, never changed


def walk(root: Path) -> Iterator[Path]:
    """Everything to keep below a state folder, folders before what is in them; state.json last."""
    for top in TOPS:
        path = root / top
        if path.is_dir() and not path.is_symlink():
            yield path
            for folder, folders, files in os.walk(path):
                folders.sort()
                for name in sorted([*folders, *files]):
                    yield Path(folder, name)
        elif path.exists():
            yield path


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Size and SHA-256 of what was copied. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    zeros = bytes(_CHUNK)
    with source.open("rb") as reader, target.open("xb") as writer:
        os.fchmod(writer.fileno(), 0o600)
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if chunk == zeros[: len(chunk)]:
                writer.seek(len(chunk), os.SEEK_CUR)  # Kafka's indexes are mostly holes
            else:
                writer.write(chunk)
        writer.truncate(size)
        writer.flush()
        os.fsync(writer.fileno())
    return size, digest.hexdigest()


def copy_tree(source: Path, target: Path) -> Iterator[Entry]:
    """Copy what ``walk`` finds; an entry for each. Raises OSError."""
    for path in walk(source):
        name = path.relative_to(source).as_posix()
        there = target / name
        if path.is_symlink():
            there.symlink_to(path.readlink())
            yield Entry(name, link=str(path.readlink()))
        elif path.is_dir():
            there.mkdir(parents=True, exist_ok=True, mode=0o700)
            yield Entry(name)
        elif path.is_file():
            there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            size, digest = copy(path, there)
            yield Entry(name, size, digest)


def link_tree(source: Path, target: Path) -> None:
    """The same in no time, on one file system: what is never changed again is linked, the rest
    copied. For processes that stand still meanwhile."""
    for path in walk(source):
        there = target / path.relative_to(source)
        if path.is_symlink():
            there.symlink_to(path.readlink())
        elif path.is_dir():
            there.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif path.is_file():
            there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _final(path):
                os.link(path, there)
            else:
                copy(path, there)


def _final(path: Path) -> bool:
    """Whether nobody writes into this file any more: parts of ClickHouse, and segments of Kafka's
    log but the last, are replaced as a whole."""
    if path.suffix == ".log":
        return path.name < max(other.name for other in path.parent.glob("*.log"))
    return _PART.fullmatch(path.parent.name) is not None


def size_of(root: Path) -> int:
    """Bytes that a copy takes at most."""
    return sum(p.stat().st_blocks * 512 for p in walk(root) if p.is_file() and not p.is_symlink())
