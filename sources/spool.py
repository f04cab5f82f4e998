"""Records that wait on this machine's disk until Kafka takes them, in the order they came.

SQLite in WAL mode: it has what is needed here (a transaction that is on the disk when ``append``
returns, an order, recovery after kill -9 and power cuts) in the standard library, and is better
proven than any file format of ours. Packages for queues on disk are made of it too, and pickle.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from dossiers.errors import UserError

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records
  (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, key BLOB NOT NULL,
   value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS timeline (id TEXT NOT NULL);
"""
_OVERHEAD = 32  # bytes that a record takes beside its key and value
Record = tuple[bytes, bytes]  # key, value


class SpoolError(UserError):
    """The spool cannot be used; the sentence says which and what to do."""


class SpoolFull(RuntimeError):
    """No room: nothing of the batch was kept."""


class Spool:
    """One file, one process. Every method may be called from any thread, and blocks.

    ``most``: bytes of records that may wait. ``timeline``: whose they are; those of its ``former``
    ones, whose log it has, become its own. Raises SpoolError.
    """

    def __init__(self, path: Path, timeline: str, most: int, former: Collection[str] = ()) -> None:
        self.path = path
        self._former = former
        self.most = most
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_private(path)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            try:
                self._prepare(timeline)
            except BaseException:
                self._file.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise SpoolError(
                f"The spool {path} cannot be used: {error}. Give this user the right to write "
                "there, and let one process use it; if the file is damaged, move it away: what "
                "waited in it must then be sent again by its senders."
            ) from error
        query = "SELECT count(*), coalesce(sum(length(key) + length(value)), 0) FROM records"
        count, size = self._file.execute(query).fetchone()
        self.records = int(count)
        self.bytes = int(size) + self.records * _OVERHEAD
        self.oldest_at: int | None = None  # when the oldest record came: wall clock, ms
        self._note_oldest()

    def _prepare(self, timeline: str) -> None:
        file = self._file
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")  # with WAL the default is not enough
        found = file.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, _FORMAT):
            raise SpoolError(f"The spool {self.path} has format {found}: a newer version wrote it.")
        file.executescript(_SCHEMA)
        file.execute(f"PRAGMA user_version = {_FORMAT}")
        owner = file.execute("SELECT id FROM timeline").fetchone()
        if owner is None:
            file.execute("INSERT INTO timeline VALUES (?)", (timeline,))
        elif owner[0] in self._former:
            file.execute("UPDATE timeline SET id = ?", (timeline,))
        elif owner[0] != timeline:
            raise SpoolError(
                f"The spool {self.path} holds records of the timeline {owner[0]}, not {timeline}. "
                "Use another state folder."
            )

    def append(self, batches: Sequence[Sequence[Record]]) -> None:
        """Keep all of them, or none: on the disk when this returns. Raises SpoolFull."""
        records = [record for batch in batches for record in batch]
        size = sum(len(key) + len(value) + _OVERHEAD for key, value in records)
        now = time.time_ns() // 1_000_000
        with self._lock:
            if self.bytes + size > self.most:
                raise SpoolFull(f"{self.bytes + size} bytes would wait, {self.most} may.")
            try:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany(
                    "INSERT INTO records (at, key, value) VALUES (?, ?, ?)",
                    [(now, key, value) for key, value in records],
                )
                self._file.execute("COMMIT")
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._file.execute("ROLLBACK")
                raise SpoolFull(f"The disk does not take it: {error}.") from error
            self.records += len(records)
            self.bytes += size
            self.oldest_at = self.oldest_at or now

    def head(self, most: int) -> tuple[int, list[Record]]:
        """The oldest records, and the number to ``remove`` them by; none if it is empty."""
        with self._lock:
            rows = self._file.execute(
                "SELECT id, key, value FROM records ORDER BY id LIMIT ?", (most,)
            ).fetchall()
        return (rows[-1][0] if rows else 0), [(key, value) for _, key, value in rows]

    def remove(self, last: int, records: Sequence[Record]) -> None:
        """Those that ``head`` gave: Kafka has them."""
        size = sum(len(key) + len(value) + _OVERHEAD for key, value in records)
        with self._lock:
            self._file.execute("DELETE FROM records WHERE id <= ?", (last,))
            self.records -= len(records)
            self.bytes -= size
            self._note_oldest()
            if not self.records:
                # Give the room back: a spool is large once a year.
                self._file.execute("VACUUM")
                self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _note_oldest(self) -> None:
        row = self._file.execute("SELECT at FROM records ORDER BY id LIMIT 1").fetchone()
        self.oldest_at = None if row is None else int(row[0])

    def close(self) -> None:
        """Close the file; what it holds stays."""
        with self._lock:
            self._file.close()


def _make_private(path: Path) -> None:
    """The file, new or not, for this user only; and those that SQLite keeps beside it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError, PermissionError):
            each.chmod(0o600)
