"""Copies of files: with a checksum, on the disk when the call returns, holes left as holes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dossiers.errors import UserError
from dunghen.backup.entry import BackupEntry
from dunghen.backup.names import TOPS
from dunghen.backup.tree import Found, Tree

_CHUNK = 1 << 20
_PART = re.compile(r"[A-Za-z0-9]+_\d+_\d+_\d+(_\d+)?")  # a folder of ClickHouse's, never changed


def walk(tree: Tree, tops: Iterable[str] = tuple(TOPS)) -> Iterator[Found]:
    """Everything to keep of a state folder, folders before what is in them; state.json last.
    ``tops``: of that only these.

    Raises OSError, and UserError for a pipe, socket or device: a copy of it would be another thing.
    """
    for top in tops:
        for found in tree.walk(top):
            if not (found.file or found.folder or found.link):
                raise UserError(
                    f"{found.name!r} in the state folder is neither a file nor a folder nor a "
                    "link, so it cannot be backed up.",
                    "It is none of ours: remove it.",
                )
            yield found


def copy(source: Path | int, target: Path | int, limit: int | None = None) -> tuple[int, str]:
    """Size and SHA-256 of what was copied. ``source`` and ``target``: paths, or descriptors, which
    are closed. Beyond ``limit`` bytes not much more is read. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    zeros = bytes(_CHUNK)
    with open(source, "rb") as reader, open(target, "xb") as writer:
        os.fchmod(writer.fileno(), 0o600)
        while (limit is None or size <= limit) and (chunk := reader.read(_CHUNK)):
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


def copy_tree(source: Tree, target: Tree) -> Iterator[BackupEntry]:
    """Copy what ``walk`` finds; an entry for each. Raises OSError and UserError."""
    for found in walk(source):
        name = found.name
        _require_parent(target, name)
        if found.link:
            to = source.link_target(name)
            target.new_link(name, to)
            yield BackupEntry(name, link=to)
        elif found.folder:
            target.new_folder(name)
            yield BackupEntry(name)
        else:
            size, digest = copy(source.reader(name), target.new_file(name))
            yield BackupEntry(name, size, digest)


def link_tree(source: Path, target: Path, tops: Iterable[str] = tuple(TOPS)) -> None:
    """The same in no time, on one file system: what is never changed again is linked, the rest
    copied. For processes that stand still meanwhile. ``tops``: as of ``walk``."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Tree(source) as here, Tree(target) as there:
        for found in walk(here, tops):
            name = found.name
            _require_parent(there, name)
            if found.link:
                there.new_link(name, here.link_target(name))
            elif found.folder:
                there.new_folder(name)
            elif is_final(found):
                there.same_file(here, name)
            else:
                copy(here.reader(name), there.new_file(name))


def size_of(tree: Tree) -> int:
    """Bytes that a copy takes at most."""
    return sum(found.status.st_blocks * 512 for found in walk(tree) if found.file)


def _require_parent(tree: Tree, name: str) -> None:
    """``kafka``, ``access``, ``personal``: only a part is kept; they are not walked themselves."""
    parent = name.rpartition("/")[0]
    if name in TOPS and parent and not tree.has(parent):
        tree.new_folder(parent)


def is_final(found: Found) -> bool:
    """Whether nobody writes into this file any more: parts of ClickHouse, and segments of Kafka's
    log but the last, are replaced as a whole."""
    folder, _, last = found.name.rpartition("/")
    if last.endswith(".log"):
        return not found.newest
    return _PART.fullmatch(folder.rpartition("/")[2]) is not None
