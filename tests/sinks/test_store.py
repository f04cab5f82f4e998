"""What every adapter of the store must do alike."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from sinks.errors import StoreError, StoreUnavailable
from sinks.store import Store
from tests.sinks.conftest import Gateway, Opener, new_database
from tests.support.clickhouse_gateway import USER

MS = 1_700_000_000_123
AT = datetime(2023, 11, 14, 22, 13, 20, 123_000, UTC)


@pytest.fixture
def numbers(open_store: Opener) -> Store:
    store = open_store()
    store.ensure_database()
    store.command(
        "CREATE TABLE numbers (id UInt64, at DateTime64(3, 'UTC'), "
        "maybe Nullable(DateTime64(3, 'UTC')), words Array(LowCardinality(String)), note String) "
        "ENGINE = ReplacingMergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100"
    )
    return store


def rows_of(*ids: int, note: str = "") -> pa.Table:
    time = pa.timestamp("ms", "UTC")
    return pa.table(
        {
            "id": pa.array(ids, pa.uint64()),
            "at": pa.array([MS + i for i in ids], time),
            "maybe": pa.array([None if i % 2 else MS for i in ids], time),
            "words": pa.array([["một", "hai"] for _ in ids], pa.list_(pa.string())),
            "note": pa.array([note for _ in ids], pa.string()),
        }
    )


def test_rows_come_back_as_they_went_in(numbers: Store) -> None:
    numbers.insert("numbers", rows_of(0, 1, note="Chậm hẹn 'ngày' \\ \n"))
    found = numbers.query("SELECT * FROM numbers ORDER BY id")
    assert found[0] == {
        "id": 0,
        "at": AT,
        "maybe": AT,
        "words": ["một", "hai"],
        "note": "Chậm hẹn 'ngày' \\ \n",
    }
    assert found[1]["maybe"] is None
    assert found[1]["at"] == AT.replace(microsecond=124_000)


def test_values_are_bound_by_type(numbers: Store) -> None:
    numbers.insert("numbers", rows_of(*range(5), note="it's"))
    found = numbers.query(
        "SELECT id FROM numbers WHERE note = {note:String} AND id IN {ids:Array(UInt64)} "
        "AND at >= {at:DateTime64(3, 'UTC')} ORDER BY id",
        {"note": "it's", "ids": [1, 2, 3], "at": AT.replace(microsecond=125_000)},
    )
    assert [row["id"] for row in found] == [2, 3]


def test_large_results_come_as_arrow(numbers: Store) -> None:
    numbers.insert("numbers", rows_of(*range(1000)))
    table = numbers.query_arrow("SELECT id, at FROM numbers ORDER BY id")
    assert table.num_rows == 1000
    assert table.column("at")[7].as_py() == datetime(2023, 11, 14, 22, 13, 20, 130_000, UTC)


def test_a_used_token_is_not_inserted_again(numbers: Store) -> None:
    for token in ("a", "a", "b"):
        numbers.insert("numbers", rows_of(1, 2), token)
    assert numbers.query("SELECT count() AS n FROM numbers") == [{"n": 4}]


def test_a_refused_insert_leaves_nothing(numbers: Store) -> None:
    with pytest.raises(StoreError) as refused:
        numbers.insert("numbers", rows_of(1).append_column("other", pa.array([1])))
    assert refused.value.code == 16
    assert numbers.query("SELECT count() AS n FROM numbers") == [{"n": 0}]


def test_a_refused_query_carries_its_code_and_the_store_goes_on(numbers: Store) -> None:
    with pytest.raises(StoreError, match="nowhere") as refused:
        numbers.query("SELECT * FROM nowhere")
    assert refused.value.code == 60
    assert numbers.query("SELECT 1 AS one") == [{"one": 1}]


def test_settings_hold_for_one_query(numbers: Store) -> None:
    value = "SELECT getSetting('max_block_size') AS size"
    before = numbers.query(value)
    assert numbers.query(value, settings={"max_block_size": 1234}) == [{"size": 1234}]
    assert numbers.query(value) == before


def test_many_threads_share_a_store(numbers: Store) -> None:
    def work(number: int) -> int:
        numbers.insert("numbers", rows_of(number), f"t{number}")
        return int(numbers.query("SELECT count() AS n FROM numbers")[0]["n"])

    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(work, range(40)))
    assert max(counts) == 40
    assert numbers.query("SELECT uniqExact(id) AS n FROM numbers") == [{"n": 40}]


def test_a_closed_store_refuses(numbers: Store) -> None:
    numbers.close()
    with pytest.raises(StoreError, match="closed"):
        numbers.ping()


def test_another_store_sees_the_rows(numbers: Store, open_store: Opener) -> None:
    numbers.insert("numbers", rows_of(1, 2, 3))
    assert open_store().query("SELECT count() AS n FROM numbers") == [{"n": 3}]


def test_a_second_process_is_told_who_holds_the_folder(engine_folder: str) -> None:
    script = (
        "from sinks.store import Store\nfrom sinks.errors import StoreLocked\n"
        f"try: Store.embedded({engine_folder!r}).ping()\n"
        "except StoreLocked as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert "in use by another process (process " in done.stdout
    assert engine_folder in done.stdout


def test_a_second_folder_in_one_process_is_refused(engine_folder: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="only one"):
        Store.embedded(str(tmp_path / "other")).ping()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        Store.embedded(str(file / "below")).ping()


def test_an_absent_server_is_named() -> None:
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1 cannot be reached"):
        Store.server("http://127.0.0.1:1").ping()


def test_a_wrong_address_is_named() -> None:
    with pytest.raises(StoreUnavailable, match="not an HTTP address"):
        Store.server("clickhouse:9000").ping()


def test_a_wrong_password_is_not_repeated(gateway: Gateway) -> None:
    store = Store.server(gateway.url, USER, "hunter2")
    with pytest.raises(StoreUnavailable, match="refuses user") as refused:
        store.ping()
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(store.engine)


def test_a_lost_answer_is_retried_without_a_second_row(
    gateway: Gateway, gateway_store: Store
) -> None:
    gateway_store.command(
        "CREATE TABLE plain (id UInt64) ENGINE = MergeTree ORDER BY id "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    gateway.fail(1, "lost", "INSERT")
    rows = pa.table({"id": pa.array([1, 2], pa.uint64())})
    try:
        gateway_store.insert("plain", rows, "token")
    except StoreUnavailable:
        gateway_store.insert("plain", rows, "token")
    assert gateway.failures_met() == 1
    assert gateway_store.query("SELECT count() AS n FROM plain") == [{"n": 2}]


def test_a_missing_database_says_what_to_do(gateway: Gateway) -> None:
    from tests.support.clickhouse_gateway import PASSWORD

    with pytest.raises(StoreError, match="migrations"):
        Store.server(gateway.url, USER, PASSWORD, new_database()).ping()
