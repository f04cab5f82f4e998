"""What ClickHouse would do outside of the state folder as soon as it starts on a restore."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dunghen.backup.tables import is_definition, is_ours
from sinks.migrate import migrate
from sinks.store import Store
from tests.dunghen.backup.forged_backup import file_entry, refused, sound_entries, write_backup

COLUMNS = "ATTACH TABLE _ UUID '7d2ae23c-56ee-4299-bc1d-c095f9656c5a' (`a` String)"


def test_every_definition_of_our_migrations_is_ours(tmp_path: Path) -> None:
    with Store.embedded(str(tmp_path)) as store:
        migrate(store)
    found = [path for path in tmp_path.rglob("*.sql*") if path.is_file()]
    assert len(found) > 10
    assert not list(tmp_path.rglob("*mutation*"))  # of which no backup has any
    for path in found:
        assert is_definition(f"clickhouse/{path.relative_to(tmp_path)}")
        assert is_ours(path.read_bytes()), path.read_text()


HOSTILE = [
    f"{COLUMNS} ENGINE = File(CSV, '/tmp/x')",
    f"{COLUMNS} engine File(CSV)",
    f"{COLUMNS} ENGINE/* of ours */=/**/URL('http://somebody', CSV)",
    f"{COLUMNS} ENGINE = `File`(CSV)",
    f"{COLUMNS} ENGINE = `\\x46ile`(CSV)",
    f"{COLUMNS} ENGINE = MergeTree COMMENT 'x -- ' ENGINE = File(CSV)",
    f"{COLUMNS} COMMENT 'it''s /* ' ENGINE = File(CSV) COMMENT ' */'",
    f"{COLUMNS} COMMENT $$ ' $$ ENGINE = File(CSV) COMMENT ' '",
    f"{COLUMNS} ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '/tmp/x/')",
    f"{COLUMNS} ENGINE = MergeTree ORDER BY a SETTINGS `storage_policy` = 'other'",
    f"{COLUMNS} ENGINE = Executable('x.sh', TSV)",
    f"{COLUMNS} ENGINE = Python('x')",
    f"{COLUMNS} ENGINE = ReplicatedMergeTree('/x', 'y')",
    "ATTACH DATABASE _ ENGINE = MySQL('a', 'b', 'c', 'd')",
    "ATTACH MATERIALIZED VIEW _ TO dunghen.x AS SELECT 1",
    "ATTACH Materialized -- a view\nview _ TO dunghen.x AS SELECT 1",
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM url('http://somebody', CSV)",
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM dunghen.x JOIN `remote` ('b', c, d) ON 1",
    "ATTACH VIEW _ (`a` String) AS SELECT file('/etc/passwd')",
    "ATTACH DICTIONARY x (a String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'x' FORMAT TSV))",
    "ATTACH FUNCTION x AS () -> 1",
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM`url`('http://somebody', CSV)",
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM dunghen.x, remote('b', c, d)",
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM (SELECT 1), sqlite ('/etc/x', 't')",
    "ATTACH VIEW _ (`a` String) AS SELECT 1 WHERE (1)IN(SELECT 1 FROM\tmysql('a'))",
    "ATTACH TABLE _ AS remote('b', c, d)",
    "ATTACH TABLE _ (`a` String DEFAULT getMacro('x')) ENGINE = MergeTree ORDER BY a",
    "ATTACH NAMED COLLECTION x AS url = 'http://somebody'",
    "ATTACH USER x IDENTIFIED WITH no_password",
    f"{COLUMNS} ENGINE = ‘MergeTree’",
    *(
        f"{COLUMNS[:-1]}, INDEX i {index} GRANULARITY 1) ENGINE = MergeTree ORDER BY a"
        for index in (
            "file('/etc/passwd') TYPE minmax",
            "a TYPE set(file('/etc/passwd'))",
            "a TYPE bloom_filter((SELECT 1))",
            "a TYPE ngrambf_v1(3, 256, 2, 0)",
            "a TYPE hypothesis",
        )
    ),
    "ATTACH VIEW _ (`a` String) AS SELECT * FROM set(12)",
]


@pytest.mark.parametrize("definition", HOSTILE)
def test_a_definition_that_is_not_ours_is_refused(tmp_path: Path, definition: str) -> None:
    assert not is_ours(definition.encode())
    content = definition.encode()
    path = "clickhouse/metadata/evil.sql"
    backup = tmp_path / "backup"
    (backup / "clickhouse" / "metadata").mkdir(parents=True)
    (backup / path).write_bytes(content)
    refused(
        write_backup(backup, [*sound_entries(), file_entry(path, content)]),
        "evil.sql defines a table that no table of ours is like",
    )


@pytest.mark.parametrize("name", ["mutation_7.txt", "tmp_mutation_7.txt", "mutation_0000000007"])
def test_a_change_of_rows_that_waits_to_be_carried_out_is_refused(
    tmp_path: Path, name: str
) -> None:
    """ClickHouse would run its statement, which may read any file and ask any server."""
    content = (
        b"format version: 1\ncreate time: 2026-11-30 00:00:00\n"
        b"commands: UPDATE a = (SELECT s FROM file(\\'/etc/passwd\\', RawBLOB, \\'s String\\'))\n"
    )
    path = f"clickhouse/store/a/{name}"
    backup = tmp_path / "backup"
    (backup / path).parent.mkdir(parents=True)
    (backup / path).write_bytes(content)
    refused(
        write_backup(backup, [*sound_entries(), file_entry(path, content)]),
        "a statement that ClickHouse would carry out",
    )


@pytest.mark.parametrize(
    "piece",
    [
        "/*",
        "'",
        "''",
        "`",
        "--",
        "'\\",
        "engine ",
        "from a.",
        "index ",
        "index a b type set(1",
        "/*'`",
        "a ",
        " ",
    ],
)
def test_a_long_definition_is_judged_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        text = (piece * count).encode()
        took = []
        for _ in range(5):
            begun = time.process_time()  # others may be at work on this machine
            is_ours(text)
            took.append(time.process_time() - begun)
        return min(took)

    assert seconds(80_000) < 10 * seconds(20_000) + 0.05
