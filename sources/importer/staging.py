"""Sorting on disk: a scratch SQLite file, so that a log of any size needs constant memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sources.importer.rows import LogError

_FETCH = 1_000

_SCHEMA = """
CREATE TABLE entries (
    dossier TEXT, at INTEGER, number INTEGER, digest BLOB, activity TEXT, officer TEXT,
    responsible TEXT, unit TEXT, received INTEGER, due INTEGER, finished INTEGER, marks INTEGER,
    traits BLOB
);
CREATE TABLE events (at INTEGER, seq INTEGER, dossier TEXT, value BLOB);
CREATE TABLE letters (value BLOB);
"""


class Staging:
    """One import's scratch file in ``workdir``; it is made anew and removed by ``close``.

    Nothing in it must survive a crash, so it is written without journal and without fsync.
    """

    def __init__(self, workdir: Path) -> None:
        self._path = workdir / "import.sqlite"
        try:
            workdir.mkdir(parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)
            self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise LogError(
                f"{workdir}: no scratch file can be written here ({error}). "
                "Check permissions and free space, or choose another state folder."
            ) from error
        for setting in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
            "page_size = 16384",
            "cache_size = -65536",
            "temp_store = FILE",
            "threads = 2",
            # Sorted runs go beside the file: /tmp may be small, or memory.
            f"temp_store_directory = '{str(workdir).replace(chr(39), chr(39) * 2)}'",
        ):
            self._db.execute(f"PRAGMA {setting}")
        self._db.executescript(_SCHEMA)

    def insert(self, table: str, rows: Iterable[tuple[Any, ...]], width: int) -> None:
        """Appends rows of ``width`` values in file order. Raises LogError when the disk is full."""
        try:
            self._db.execute("BEGIN")
            marks = ",".join("?" * width)
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error

    def select(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few thousand at a time."""
        try:
            cursor = self._db.execute(query)
            while rows := cursor.fetchmany(_FETCH):
                yield from rows
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error

    def drop(self, table: str) -> None:
        """Drop a table, to give its room back."""
        self._db.execute(f"DROP TABLE {table}")

    def clear(self) -> None:
        """Forgets all that was staged, to begin anew."""
        for table in ("entries", "letters", "events"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    def close(self) -> None:
        """Close the file and remove it."""
        self._db.close()
        self._path.unlink(missing_ok=True)

    def _failed(self, error: sqlite3.Error) -> LogError:
        return LogError(
            f"{self._path}: the scratch file could not be written ({error}). Sorting a log takes "
            "about three times its size on disk: free some space and start again."
        )
