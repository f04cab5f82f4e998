"""One log file a process, rotated by size, written by the supervisor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


class LogFile:
    """Appends bytes to ``path``; at ``limit`` bytes it becomes ``path.1`` and so on to ``keep``.

    A full disk must not stop the processes: it is told once to ``on_error``, lines are dropped
    meanwhile, and writing goes on as soon as there is room.
    """

    def __init__(
        self, path: Path, limit: int, keep: int, on_error: Callable[[OSError], None]
    ) -> None:
        self._path = path
        self._limit = limit
        self._keep = keep
        self._on_error = on_error
        self._failed = False
        self._file: BinaryIO | None = None
        self._size = 0

    def write(self, line: bytes) -> None:
        """Append one line."""
        try:
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
                self._size = self._file.tell()
            if self._size >= self._limit:
                self._rotate()
            self._size += self._file.write(line) or 0
            self._failed = False
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._on_error(error)

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rotate(self) -> None:
        self.close()
        for number in range(self._keep - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self._file = self._path.open("ab", buffering=0)
        self._size = 0

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
