"""A folder held by its descriptor: what is below is reached part by part, and through no link.

Between a look at a path and its use, whoever may write in a folder above can put a link there. So
nothing here uses a path: each parent is opened in the one before it, with ``O_NOFOLLOW``.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe must not be waited for, and a terminal must not become ours.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Found:
    """One thing in a tree: its name from the root on, and what ``lstat`` says of it. ``newest``: no
    file of the same folder and ending has a later name."""

    name: str
    status: os.stat_result
    newest: bool = True

    @property
    def folder(self) -> bool:
        """Whether it is a folder itself, not a link to one."""
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.status.st_mode)

    @property
    def file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.status.st_mode)


class Tree:
    """One root, which may itself be named by a link. Names are relative, parts separated by "/".

    Every method raises OSError, ENOTDIR or ELOOP for a link in a folder's place. For one thread.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._open: list[tuple[str, int]] = []  # the way to the folder that was asked for last

    def close(self) -> None:
        """Close the root and all folders that are open."""
        self._back_to(0)
        os.close(self._root)

    def root_status(self) -> os.stat_result:
        """Of the folder that is open as the root, whatever its path names by now."""
        return os.fstat(self._root)

    def status(self, name: str) -> os.stat_result:
        """Of the thing itself, not of what it leads to."""
        return os.lstat(self._last(name), dir_fd=self._parent(name))

    def has(self, name: str) -> bool:
        """Whether there is anything under this name, a link among it."""
        with suppress(FileNotFoundError):
            self.status(name)
            return True
        return False

    def link_target(self, name: str) -> str:
        """The text of a symbolic link."""
        return os.readlink(self._last(name), dir_fd=self._parent(name))

    def reader(self, name: str) -> int:
        """A descriptor of a regular file; EINVAL for anything else."""
        descriptor = os.open(self._last(name), _READ, dir_fd=self._parent(name))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "no regular file", name)
        return descriptor

    def new_file(self, name: str) -> int:
        """A descriptor of a file that was not there before; for this user only."""
        return os.open(self._last(name), _NEW, 0o600, dir_fd=self._parent(name))

    def new_folder(self, name: str) -> None:
        """Make a folder that was not there before; for this user only."""
        os.mkdir(self._last(name), 0o700, dir_fd=self._parent(name))

    def new_link(self, name: str, to: str) -> None:
        """Make a symbolic link with the text ``to``."""
        os.symlink(to, self._last(name), dir_fd=self._parent(name))

    def same_file(self, other: Tree, name: str) -> None:
        """The file of another tree under the same name here (a hard link)."""
        os.link(
            self._last(name), self._last(name),
            src_dir_fd=other._parent(name), dst_dir_fd=self._parent(name), follow_symlinks=False,
        )  # fmt: skip

    def remove(self, name: str) -> None:
        """With all that is below, where it is there; what a link leads to stays."""
        parent = self._parent(name)
        last = self._last(name)
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(os.lstat(last, dir_fd=parent).st_mode):
                self._back_to(0)
                shutil.rmtree(last, dir_fd=self._parent(name))
            else:
                os.unlink(last, dir_fd=parent)

    def walk(self, top: str) -> Iterator[Found]:
        """``top`` and what is below it, folders before what is in them; nothing if it is not there.
        No link is gone through."""
        with suppress(FileNotFoundError):
            found = Found(top, self.status(top))
            yield found
            if found.folder:
                yield from self._walk(top)

    def _walk(self, folder: str) -> Iterator[Found]:
        descriptor = self._descend(folder.split("/"))
        names = sorted(os.listdir(descriptor))
        newest = {os.path.splitext(name)[1]: name for name in names}
        for name in names:
            path = f"{folder}/{name}"
            try:
                status = self.status(path)
            except FileNotFoundError:
                continue  # ClickHouse has just put it away
            found = Found(path, status, newest[os.path.splitext(name)[1]] == name)
            yield found
            if found.folder:
                yield from self._walk(path)

    @staticmethod
    def _last(name: str) -> str:
        return name.rpartition("/")[2]

    def _parent(self, name: str) -> int:
        return self._descend(name.split("/")[:-1])

    def _descend(self, parts: list[str]) -> int:
        """The descriptor of the folder at ``parts``, good until the next call."""
        common = 0
        while common < min(len(parts), len(self._open)) and self._open[common][0] == parts[common]:
            common += 1
        self._back_to(common)
        for part in parts[common:]:
            above = self._open[-1][1] if self._open else self._root
            self._open.append((part, os.open(part, _FOLDER, dir_fd=above)))
        return self._open[-1][1] if self._open else self._root

    def _back_to(self, depth: int) -> None:
        while len(self._open) > depth:
            os.close(self._open.pop()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
