"""Migrations: applied once, in order, never changed behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dossiers.tallies.vector import FIELDS
from sinks.engines import ServerEngine
from sinks.errors import MigrationError
from sinks.migrate import FOLDER, _fill, applied, load, migrate, split
from sinks.store import Store
from tests.sinks.conftest import Opener


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name[1:]}.sql").write_text(text)
    return folder


SHIPPED = {
    "0001_tables": "a677d357c049279b355457261f628d8549960d68bfac2deddc13a776b8bd14f6",
    "0002_views": "b0c8c4208a69f37efb0bf30f150c1efd49492050b266a541e1d4cd0cdf3ddb8f",
    "0003_deliveries": "f8b69702fdfb21b0a102e5a084487bbbec63c0ca7bd39d4fac90ac168104382d",
    "0004_facts": "5c63a47a319aaf4dd48ea9d63b9a577637097ccbee577085b8dbd9056aca8650",
    "0005_unit_backlog": "daae529d76292eb5ced7d44b620c6fc62f44794e72b321f61fefe83a5a902ae1",
    "0006_snapshots": "3d77163825a22bb27441ddc3139e6e9e0e5647b350c89e2ab1d82a4600f5980c",
    "0007_counts": "c050678b0e40d9b6d8381d16ef4ca5bdc3f4c03865905078268c9d558a248abc",
    "0008_part_removal": "f65d5373edb3e8fbaff6064da5e112717132b2469681f78bb216e4c0cdb396d9",
    "0009_madonvi": "8e5d70a5b544e6191661bebb579bf45e77f88d4350bc81a5c44c74e51f8632b4",
    "0010_reopened": "58e7eefda0236560bf676eecfe9abdcc2cb3b251ddcf0e30c63fa73c909e086f",
    "0011_backfill": "4e69d172a41b5eeaddf320a7500f5c2a71be045ad9da6e44e39728b929c8e0ce",
    "0012_figures": "670a36b17cd908923dca2cf8c1f39f9e523974f5e2352395b7a6ea20ccbb934a",
    "0013_last_changes": "2d79987f6d81f437db531906638ac565d03c5b8e6c2a576cc191bdba622e1edf",
    "0014_traits": "6b9fe12c47f6a0b79fa2e135c2dde99ce9d4abf8aae45ccbd3acbafe0ad8eaea",
    "0015_held": "10411808ba8c0c6747ee3a51409e9482760dcb3f8841dc36b5010484ad4e34d9",
    "0016_sync_errors": "d767e5de873b38fd4c81790e84336f87c701947c4c4fc253f631dd3559724c5c",
    "0017_received": "8047923ef5a809b274b28efca3546b77f99105dcd46ccbaf463bb562246d51f2",
    "0018_indexes": "45b3c8ed423f18dc4da5a7fa3f9337cf8ce899c196a1404f69a244c7e9d16a30",
    "0019_alert_actions": "ab69960174f472c9632307feeefcdc6e941c686fc4078a52a7933f66dd534a63",
    "0020_late_indexes": "029045b2eca023ef05db9f067427c6691b8054fd2ee00b994ed459113a62f092",
    "0021_actions": "1592a72bb69833d07f84664ca0e105291ac714f864e3a3f8c9777b04f9546837",
    "0022_dossiers_by_end": "9b172c0bead73b9b5b505b0bcabf5a5f41f61bea2f15e7b2a3fa4aa20e7b2c61",
}
"""SHA-256 of the files that databases out there were made by; a new file adds its line."""

TABLE = "CREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = ${REPLICATED}MergeTree ORDER BY n;\n"


def test_a_database_of_an_earlier_release_is_not_refused() -> None:
    """Not a byte of a shipped file may change, comments included."""
    assert {migration.name: migration.checksum for migration in load()} == SHIPPED


def test_applies_once_and_records(open_store: Opener) -> None:
    store = open_store()
    assert migrate(store) == [migration.name for migration in load()]
    assert migrate(store) == []
    assert applied(store) == {m.number: (m.name, m.checksum) for m in load()}


def test_needs_no_right_to_make_tables_where_none_is_lacking(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Store, sql: str, *_: object) -> None:
        raise AssertionError(f"a process that may only read and insert was made to run: {sql}")

    monkeypatch.setattr(Store, "command", refuse)
    monkeypatch.setattr(Store, "ensure_database", lambda self: refuse(self, "CREATE DATABASE"))
    assert migrate(store) == []


def test_every_table_drops_a_repeated_token(store: Store) -> None:
    tables = store.query(
        "SELECT name, create_table_query AS sql FROM system.tables "
        "WHERE database = currentDatabase() "
        "AND engine IN ('ReplacingMergeTree', 'AggregatingMergeTree') AND name != 'migrations'"
    )
    assert {table["name"] for table in tables} == {
        "dossier_events",
        "dossiers",
        "dossiers_by_end",
        "tallies",
        "alerts",
        "dead_letters",
        "deliveries",
        "traits",
        "sync_errors",
    }
    for table in tables:
        assert "non_replicated_deduplication_window = 1000" in table["sql"]


def test_threads_do_not_grow_with_the_parts_that_are_removed(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.sinks.part_removal", str(tmp_path)],
        capture_output=True, check=True, text=True, timeout=120,
    ).stdout  # fmt: skip
    before, after = map(int, said.split())
    assert after < before + 20


def test_tallies_have_a_column_a_field_in_order(store: Store) -> None:
    columns = store.query(
        "SELECT name FROM system.columns WHERE database = currentDatabase() "
        "AND table = 'tallies' AND type = 'Int64' ORDER BY position"
    )
    assert tuple(column["name"] for column in columns) == FIELDS


def test_goes_on_where_it_stopped(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    write(tmp_path, _0001_a=TABLE)
    assert migrate(store, tmp_path) == ["0001_a"]
    write(tmp_path, _0002_b="ALTER TABLE a ADD COLUMN IF NOT EXISTS m UInt8;\n")
    assert migrate(store, tmp_path) == ["0002_b"]
    assert store.query("SELECT m FROM a") == []


def test_a_failed_file_is_applied_again(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    write(tmp_path, _0001_a=TABLE + "ALTER TABLE missing ADD COLUMN n UInt8;\n")
    with pytest.raises(Exception, match="missing"):
        migrate(store, tmp_path)
    assert applied(store) == {}
    write(tmp_path, _0001_a=TABLE)
    assert migrate(store, tmp_path) == ["0001_a"]


def test_a_changed_file_is_refused(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    migrate(store, write(tmp_path, _0001_a=TABLE))
    write(tmp_path, _0001_a=TABLE + "\n-- later\n")
    with pytest.raises(MigrationError, match=r"0001_a\.sql was changed"):
        migrate(store, tmp_path)


def test_a_newer_database_is_refused(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    migrate(store, write(tmp_path, _0001_a=TABLE, _0002_b="SELECT 1;\n"))
    (tmp_path / "0002_b.sql").unlink()
    with pytest.raises(MigrationError, match="newer release"):
        migrate(store, tmp_path)


def test_names_and_numbers_are_checked(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="0001 is next"):
        load(write(tmp_path, _0002_b=TABLE))
    with pytest.raises(MigrationError, match="not a migration's name"):
        load(write(tmp_path, _first=TABLE))


def test_statements_end_at_the_end_of_a_line() -> None:
    assert split("-- a; b;\nSELECT ';';\n\nSELECT\n  2;\n") == ("SELECT ';'", "SELECT\n  2")


def test_a_cluster_gets_replicated_tables() -> None:
    store = Store(ServerEngine("http://nowhere", cluster="city"))
    statements = [_fill(s, store) for migration in load(FOLDER) for s in migration.statements]
    created = [s for s in statements if "CREATE TABLE" in s]
    # Rows go to one node, whose table replicates itself.
    assert all("ON CLUSTER `city`" in s for s in statements if not s.startswith("INSERT"))
    assert all("ENGINE = Replicated" in s for s in created)


def test_tallies_from_before_a_column_have_zero_in_it(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    for path in sorted(FOLDER.glob("000[1-6]_*.sql")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    migrate(store, tmp_path)
    store.command(
        "INSERT INTO tallies (timeline, scope, minute, now, version, total) "
        "VALUES ('line', 'all', 0, 0, 1, 7)"
    )
    migrate(store)
    rows = store.query("SELECT total, suspended, step_overdue FROM tallies_current")
    assert rows == [{"total": 7, "suspended": 0, "step_overdue": 0}]


def test_an_event_id_is_one_within_a_madonvi_only(open_store: Opener, tmp_path: Path) -> None:
    store = open_store()
    for path in sorted(FOLDER.glob("000[1-8]_*.sql")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    migrate(store, tmp_path)
    row = "INSERT INTO dossier_events (timeline, `offset`, event_id, dossier_id"
    store.command(f"{row}) VALUES ('line', 1, 'e', 'd')")
    migrate(store)
    # As after a machine that failed between the change and the note that it was made.
    store.command("ALTER TABLE migrations DELETE WHERE number = 9 SETTINGS mutations_sync = 2")
    assert migrate(store) == ["0009_madonvi"]
    for offset, madonvi in ((2, "A"), (3, "A"), (4, "")):
        store.command(f"{row}, madonvi) VALUES ('line', {offset}, 'e', 'd', '{madonvi}')")
    rows = store.query("SELECT `offset` AS o, madonvi FROM dossier_events_current ORDER BY o")
    assert rows == [{"o": 1, "madonvi": ""}, {"o": 2, "madonvi": "A"}]
