"""The embedded engine is kept from a disk that runs full: it would lose rows there."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import pyarrow as pa
import pytest

from sinks.errors import StoreError, StoreUnavailable
from sinks.migrate import migrate
from sinks.store import Store
from tests.sinks.conftest import new_database

MIB = 1 << 20


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free MB that every disk says it has, as its last element."""
    told = [1_000]
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: Usage(2_000 * MIB, 0, told[-1] * MIB)
    )  # fmt: skip
    return told


def rows(n: int) -> pa.Table:
    return pa.table({"a": pa.array(range(n), pa.uint64())})


def test_nothing_is_inserted_and_merged_where_little_is_left(
    engine_folder: str, free: list[int]
) -> None:
    with Store.embedded(engine_folder, new_database(), keep_mb=256) as store:
        store.ensure_database()
        store.command("CREATE TABLE t (a UInt64) ENGINE = ReplacingMergeTree ORDER BY a")
        store.insert("t", rows(3))
        store.insert("t", rows(5))
        free.append(255)
        with pytest.raises(StoreUnavailable, match=r"Only 255 MB are left.*goes on by itself"):
            store.insert("t", rows(7))
        with pytest.raises(StoreError, match=r"(?i)cancelled"):
            store.command("OPTIMIZE TABLE t FINAL")
        assert store.query("SELECT count() AS n FROM t FINAL") == [{"n": 5}], "it can be read"
        free.append(256)
        store.insert("t", rows(7))
        store.command("OPTIMIZE TABLE t FINAL")
        assert store.query("SELECT count() AS n FROM t") == [{"n": 7}]


def test_merges_are_off_from_the_start_on_a_full_disk(engine_folder: str, free: list[int]) -> None:
    database = new_database()
    with Store.embedded(engine_folder, database, keep_mb=256) as store:
        migrate(store)
        store.command("CREATE TABLE t (a UInt64) ENGINE = ReplacingMergeTree ORDER BY a")
        store.insert("t", rows(3))
    free.append(0)
    with Store.embedded(engine_folder, database, keep_mb=256) as store:
        migrate(store)
        with pytest.raises(StoreError, match=r"(?i)cancelled"):
            store.command("OPTIMIZE TABLE t FINAL")
        free.append(1_000)
        store.insert("t", rows(4))


def test_it_can_be_left_out(engine_folder: str, free: list[int]) -> None:
    free.append(0)
    with Store.embedded(engine_folder, new_database(), keep_mb=0) as store:
        store.ensure_database()
        store.command("CREATE TABLE t (a UInt64) ENGINE = ReplacingMergeTree ORDER BY a")
        store.insert("t", rows(3))
