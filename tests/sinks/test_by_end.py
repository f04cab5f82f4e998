"""Every dossier has one row in dossiers_by_end, that of table dossiers, whatever became of its end,
and however often its records come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.time.end_month import end_month
from oracle.checks.by_end import check_by_end
from sinks import by_end
from sinks.decode.base import Record
from sinks.decode.facts import FactDecoder
from sinks.errors import StoreError
from sinks.migrate import load
from sinks.store import Store
from tests.sinks.topics import header

OCTOBER = round(datetime(2026, 10, 20, 9, tzinfo=UTC).timestamp() * 1000)
NOVEMBER = round(datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp() * 1000)
STATES: dict[str, dict[str, Any]] = {
    "open": {"received_at": OCTOBER},
    "october": {"received_at": OCTOBER, "finished_at": OCTOBER, "outcome": "finished"},
    "november": {"received_at": OCTOBER, "finished_at": NOVEMBER, "outcome": "finished"},
    "rewritten later": {
        "received_at": OCTOBER, "finished_at": OCTOBER, "outcome": "finished",
        "rewrites": (NOVEMBER,),
    },
}  # fmt: skip
PLACES = {"open": 0, "october": 202610, "november": 202611, "rewritten later": 0}
_COLUMNS = "dossier_id, version, finished_at, rewritten_at, scopes, as_of, supplements"


def record(dossier: str, state: str, offset: int) -> Record:
    """As topic dossiers has it."""
    ended = "finished_at" in STATES[state]
    made = header("line", dossier, "on_time" if ended else "within", **STATES[state])
    return Record(0, offset, dossier.encode(), msgspec.json.encode(made))


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.query(f"SELECT {_COLUMNS} FROM {table} FINAL ORDER BY dossier_id")  # noqa: S608


def place(store: Store, dossier: str) -> list[int]:
    found = store.query(
        "SELECT end_month FROM dossiers_by_end FINAL WHERE dossier_id = {id:String}",
        {"id": dossier},
    )
    return [row["end_month"] for row in found]


class Sink:
    """Takes records of one partition in batches, as sinks.pump does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decoder = FactDecoder()

    def take(self, records: list[Record], *, fails: bool = False) -> None:
        """``fails``: table dossiers takes nothing, once."""
        decoded = self._decoder.decode(records).rows
        assert decoded is not None
        if fails:
            with pytest.raises(StoreError):
                self._decoder.insert(_Refusing(self._store), decoded)
        else:
            self._decoder.insert(self._store, decoded)
            self._decoder.committed(self._store)


class _Refusing(Store):
    def __init__(self, store: Store) -> None:
        self._whole = store

    def insert(self, table: str, rows: pa.Table, token: str = "") -> None:
        if table == "dossiers":
            raise StoreError("asked to fail")
        self._whole.insert(table, rows, token)

    def query_arrow(self, *asked: Any, **more: Any) -> pa.Table:
        return self._whole.query_arrow(*asked, **more)


@pytest.fixture(scope="module", autouse=True)
def _clean_often() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_end, "_GONE", 3)
        yield


def test_a_dossier_that_is_reopened_and_ends_in_another_month_has_one_row(
    embedded_store: Store,
) -> None:
    for number, state in enumerate(("open", "october", "open", "november", "october")):
        Sink(embedded_store).take([record("d", state, number)])
        assert place(embedded_store, "d") == [PLACES[state]], state


def test_what_ended_before_something_else_is_found_whenever_one_asks_for_that(
    embedded_store: Store,
) -> None:
    sink = Sink(embedded_store)
    sink.take([record("d", "october", 1)])
    sink.take([record("d", "rewritten later", 2)])
    assert place(embedded_store, "d") == [0]
    sink.take([record("d", "november", 3)])
    assert place(embedded_store, "d") == [202611]


def test_the_rows_of_what_has_left_are_removed(embedded_store: Store) -> None:
    sink = Sink(embedded_store)
    for number in range(4):
        sink.take([record(f"d{number}", "open", 2 * number)])
        sink.take([record(f"d{number}", "november", 2 * number + 1)])
    [left] = embedded_store.query("SELECT countIf(unsettled) AS n FROM dossiers_by_end")
    assert left["n"] < 3
    assert len(rows(embedded_store, "dossiers_by_end")) == 4


steps = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["taken", "taken", "refused", "killed", "again"])),
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(sorted(STATES))), min_size=2,
             max_size=10),
    steps,
)  # fmt: skip
def test_one_row_a_dossier_whatever_is_interrupted_and_comes_again(
    embedded_store: Store, history: list[tuple[str, str]], steps: list[tuple[int, str]]
) -> None:
    """``killed``: between the two tables, or behind both and before the offset was committed."""
    store = embedded_store
    for table in ("dossiers", "dossiers_by_end"):
        store.command(f"TRUNCATE TABLE {table}")
    log = [record(dossier, state, at) for at, (dossier, state) in enumerate(history)]
    sink, committed = Sink(store), 0
    for many, what in [*steps, (len(log), "taken")]:
        batch = log[committed : committed + many]
        if not batch:
            break
        if what in ("refused", "killed"):
            sink.take(batch, fails=True)
        if what in ("refused", "taken", "again"):
            sink.take(batch)
        if what in ("killed", "again"):  # the same records, cut elsewhere
            sink = Sink(store)
        else:
            committed += len(batch)
    if committed < len(log):
        sink.take(log[committed:])
    assert rows(store, "dossiers_by_end") == rows(store, "dossiers")
    for dossier, state in dict(history).items():
        assert place(store, dossier) == [PLACES[state]]


def test_a_database_from_before_is_filled_with_what_it_has(embedded_store: Store) -> None:
    """By the same months as the sink's, at the edges of months, too."""
    edge = round(datetime(2026, 10, 31, 17, tzinfo=UTC).timestamp() * 1000)
    sink = Sink(embedded_store)
    for number, at in enumerate((edge - 1, edge, OCTOBER, -2_000_000_000_000)):
        made = header("line", f"d{number}", "late", received_at=at, finished_at=at)
        sink.take([Record(0, number, b"", msgspec.json.encode(made))])
        assert place(embedded_store, f"d{number}") == [end_month(at)]
    sink.take([record(f"s{n}", state, 10 + n) for n, state in enumerate(STATES)])
    places = "SELECT dossier_id, end_month, unsettled FROM dossiers_by_end FINAL ORDER BY 1"
    filled, found = embedded_store.query(places), rows(embedded_store, "dossiers_by_end")
    embedded_store.command("TRUNCATE TABLE dossiers_by_end")
    [migration] = [each for each in load() if each.name == "0022_dossiers_by_end"]
    fill = next(each for each in migration.statements if each.startswith("INSERT"))
    for _ in range(2):  # as after an interruption
        embedded_store.command(fill)
        assert embedded_store.query(places) == filled
        assert rows(embedded_store, "dossiers_by_end") == found


def test_verification_tells_what_differs(embedded_store: Store) -> None:
    sink = Sink(embedded_store)
    sink.take([record(f"d{n}", state, n) for n, state in enumerate(STATES)])
    sound = check_by_end(embedded_store, "line")
    assert (sound.compared, sound.differences) == (len(STATES), 0)
    embedded_store.command(
        "INSERT INTO dossiers_by_end SELECT * REPLACE (202609 AS end_month) "
        "FROM dossiers_by_end WHERE dossier_id = 'd1' AND end_month > 0"
    )
    embedded_store.command(
        "INSERT INTO dossiers_by_end SELECT * REPLACE ('elsewhere' AS unit, version + 1 AS version)"
        " FROM dossiers_by_end FINAL WHERE dossier_id = 'd2'"
    )
    embedded_store.command(
        "INSERT INTO dossiers_by_end SELECT * REPLACE (version + 1 AS version, 1 AS is_gone)"
        " FROM dossiers_by_end FINAL WHERE dossier_id = 'd3'"
    )
    assert sorted(check_by_end(embedded_store, "line").examples) == [
        "d1: 2 rows by its end, 1 in the table of dossiers",
        "d2: the two rows say different things",
        "d3: 0 rows by its end, 1 in the table of dossiers",
    ]
