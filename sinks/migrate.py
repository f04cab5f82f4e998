"""Numbered migrations, forward only: ``sinks/migrations/NNNN_name.sql``.

Every applied file stands in table ``migrations`` with its checksum. ClickHouse has no
transactional DDL, so a file's statements must be idempotent: one that failed half-way is simply
applied again from its beginning.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from sinks.errors import MigrationError, StoreError
from sinks.store import Store

FOLDER = Path(__file__).parent / "migrations"
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_STATEMENT_END = re.compile(r";[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*--.*$", re.MULTILINE)

_RECORD_TABLE = """
CREATE TABLE IF NOT EXISTS migrations ${ON_CLUSTER}
(number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC'))
ENGINE = ${REPLICATED}ReplacingMergeTree(applied_at) ORDER BY number
"""


@dataclass(frozen=True)
class Migration:
    """One file. ``checksum``: SHA-256 of its bytes, before variables are filled in."""

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def load(folder: Path = FOLDER) -> list[Migration]:
    """The files in order. Raises ``MigrationError`` on a wrong name or a gap in the numbers."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(
                f"{path.name} is not a migration's name. Call it like 0003_what_it_does.sql."
            )
        text = path.read_bytes()
        found.append(
            Migration(
                int(match.group(1)),
                path.stem,
                hashlib.sha256(text).hexdigest(),
                split(text.decode()),
            )
        )
    for expected, migration in enumerate(found, 1):
        if migration.number != expected:
            raise MigrationError(
                f"{migration.name}.sql has number {migration.number:04}, but {expected:04} is next."
            )
    return found


def split(text: str) -> tuple[str, ...]:
    """Statements of a file: each ends with a semicolon at the end of a line."""
    pieces = (piece.strip() for piece in _STATEMENT_END.split(_COMMENT.sub("", text)))
    return tuple(piece for piece in pieces if piece)


def migrate(store: Store, folder: Path = FOLDER) -> list[str]:
    """Bring the database up to this release; returns the names that were applied now.

    Idempotent: if nothing is lacking it only reads, so that processes which may not make tables
    can call it. Raises ``MigrationError`` if the database was written by a newer release or an
    applied file has changed since, and ``StoreError`` if ClickHouse refuses.
    """
    if _begun(store):
        store.watch_disk()
    else:
        store.ensure_database()
        store.command(_fill(_RECORD_TABLE, store))
    known = load(folder)
    done = applied(store)
    _check(known, done)
    fresh = [migration for migration in known if migration.number not in done]
    for migration in fresh:
        for statement in migration.statements:
            store.command(_fill(statement, store))
        store.command(
            "INSERT INTO migrations SELECT {number:UInt32}, {name:String}, {checksum:String}, "
            "now64(3, 'UTC')",
            {
                "number": migration.number,
                "name": migration.name,
                "checksum": migration.checksum,
            },
        )
    return [migration.name for migration in fresh]


def _begun(store: Store) -> bool:
    """Whether the database has its record of migrations; False also if there is no database."""
    try:
        return bool(
            store.query(
                "SELECT 1 FROM system.tables WHERE database = currentDatabase() "
                "AND name = 'migrations'"
            )
        )
    except StoreError:
        return False


def applied(store: Store) -> dict[int, tuple[str, str]]:
    """Number to (name, checksum) of what the database has."""
    rows = store.query("SELECT number, name, checksum FROM migrations FINAL ORDER BY number")
    return {row["number"]: (row["name"], row["checksum"]) for row in rows}


def _check(known: list[Migration], done: dict[int, tuple[str, str]]) -> None:
    by_number = {migration.number: migration for migration in known}
    for number, (name, checksum) in done.items():
        migration = by_number.get(number)
        if migration is None:
            raise MigrationError(
                f"The database has migration {name}, which this release does not know: "
                "a newer release wrote it. Run that release, or use another database."
            )
        if migration.checksum != checksum:
            raise MigrationError(
                f"{migration.name}.sql was changed after it was applied. Restore the file and "
                "write the change as a new migration."
            )


def _fill(statement: str, store: Store) -> str:
    """On a cluster every statement runs on all nodes and tables replicate themselves."""
    cluster = store.engine.cluster
    return Template(statement).substitute(
        ON_CLUSTER=f"ON CLUSTER `{cluster}`" if cluster else "",
        REPLICATED="Replicated" if cluster else "",
    )
