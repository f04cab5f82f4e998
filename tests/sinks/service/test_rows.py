"""Records of Kafka become rows of ClickHouse."""

from __future__ import annotations

from datetime import UTC, datetime

from dossiers.wire.events import Received, Tick
from dossiers.wire.keys import CLOCK_SCOPE, POSITION_KEY
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS, SYNC_ERRORS, TALLIES, TRAITS
from sinks.store import Store
from tests.sinks.service.rig import Starter, count, topic_status
from tests.sinks.topics import (
    PATIENCE_S,
    T0,
    Topics,
    alert,
    dead_letter,
    header,
    progressed,
    reported,
    tally,
    traits,
)
from tests.support.waiting import wait_for


def test_events_become_rows_to_the_millisecond(
    topics: Topics, start: Starter, store: Store
) -> None:
    received = Received(
        event_id="r1",
        dossier_id="d1",
        occurred_at=T0,
        received_at=T0 + 1,
        source="portal",
        procedure="1.0",
        due_at=T0 + 2,
    )
    topics.events([Tick(T0), received, b'{"kind": "progressed"', progressed(1, "d1")])
    topics.events([b"\xff", progressed(2, "d2")], partition=1)
    service = start(store)
    assert service.wait_caught_up(PATIENCE_S)
    rows = store.query("SELECT * FROM dossier_events FINAL ORDER BY event_id")
    assert [(row["event_id"], row["partition"], row["offset"]) for row in rows] == [
        ("e1", 0, 3),
        ("e2", 1, 1),
        ("r1", 0, 1),
    ]
    row = rows[2]
    assert row["timeline"] == "line"
    assert row["kind"] == "received"
    assert row["occurred_at"] == datetime(2023, 11, 14, 22, 13, 20, 123_000, UTC)
    assert row["due_at"] == datetime(2023, 11, 14, 22, 13, 20, 125_000, UTC)
    assert row["procedure"] == "1.0"
    assert rows[0]["due_at"] is None
    status = topic_status(service, "dossier-events")
    assert (status.rows, status.skipped, status.lag) == (3, 2, 0)


def test_the_first_arrival_of_an_event_counts(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    topics.events([progressed(1, "d1", step="first"), progressed(1, "d1", step="second")])
    service = start(embedded_store, batch_rows=1)
    assert service.wait_caught_up(PATIENCE_S)
    rows = embedded_store.query("SELECT step FROM dossier_events FINAL")
    assert rows == [{"step": "first"}]


def test_only_committed_records_become_rows(topics: Topics, start: Starter, store: Store) -> None:
    with topics.transaction() as producer:
        topics.put(producer, DOSSIERS, "d1", header("line", "d1"))
        topics.put(producer, DOSSIERS, "d2", header("line", "d2"))
        topics.put(producer, DOSSIERS, POSITION_KEY, {"timeline": "line"})
        topics.put(producer, ALERTS, "d1", alert("line"))
        topics.put(producer, DEAD_LETTERS, b"", dead_letter("line", 1, 0))
        topics.put(producer, TRAITS, "d1", traits("line", T0 + 1, channel=2, databases=()))
        topics.put(producer, SYNC_ERRORS, "d1", reported("e1"))
    with topics.transaction(commit=False) as producer:
        topics.put(producer, DOSSIERS, "d1", header("line", "d1", "late"))
        topics.put(producer, DOSSIERS, "d3", header("line", "d3"))
        topics.put(producer, ALERTS, "d1", alert("line", sequence=2))
        topics.put(producer, TRAITS, "d1", traits("line", T0 + 2, channel=3))
    with topics.transaction() as producer:
        topics.put(producer, DOSSIERS, "d2", header("line", "d2", "early", finished_at=T0))
        topics.put(producer, DOSSIERS, "d1", None)
        topics.put(producer, TRAITS, "d1", traits("line", T0, channel=1))  # late news
    service = start(store)
    # The last offset of every partition is a commit marker, which no reader is ever given.
    assert service.wait_caught_up(PATIENCE_S)
    rows = store.query("SELECT * FROM dossiers_current ORDER BY dossier_id")
    assert [(row["dossier_id"], row["standing"]) for row in rows] == [
        ("d1", "within"),
        ("d2", "early"),
    ]
    assert rows[0]["alerts"] == f'[["overdue",0,{T0},1,"raised","",0,""]]'
    assert rows[0]["scopes"] == ["all", "unit:u1"]
    assert rows[1]["finished_at"] == datetime(2023, 11, 14, 22, 13, 20, 123_000, UTC)
    assert [row["sequence"] for row in store.query("SELECT sequence FROM alerts FINAL")] == [1]
    [row] = store.query("SELECT * FROM traits_current")
    assert (row["dossier_id"], row["channel"], row["fees"]) == ("d1", 2, None)
    assert (row["databases"], row["databases_said"]) == ([], True)
    assert row["supplement_components_said"] is False
    assert [r["error_id"] for r in store.query("SELECT error_id FROM sync_errors FINAL")] == ["e1"]
    letters = store.query("SELECT partition, offset, dl_offset FROM dead_letters FINAL")
    assert letters == [{"partition": 1, "offset": 0, "dl_offset": 0}]
    with topics.transaction(commit=False) as producer:
        topics.put(producer, DOSSIERS, "d4", header("line", "d4"))
        producer.flush()
        assert not service.caught_up()  # it may yet be committed
        ends = service.committed_ends()
        assert ends is not None
        wait_for(lambda: service.reached(ends))  # what is committed does not wait for it
    assert service.wait_caught_up(PATIENCE_S)
    assert count(store, "dossiers") == 2


def test_a_minute_keeps_its_last_tally(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    minute = T0 // 60_000 * 60_000
    with topics.transaction() as producer:
        for second in range(3):
            topics.put(producer, TALLIES, "all", tally("line", "all", minute + second, second))
        topics.put(producer, TALLIES, "all", tally("line", "all", minute + 60_000, 9))
        topics.put(producer, TALLIES, "clock", Tally(timeline="line", scope=CLOCK_SCOPE, now=1))
        topics.put(producer, TALLIES, "old", Tally(timeline="line", scope="x", now=1, vector=(1,)))
    service = start(embedded_store)
    assert service.wait_caught_up(PATIENCE_S)
    query = "SELECT minute, now, total, late_receptions_month AS last FROM tallies FINAL"
    rows = embedded_store.query(f"{query} ORDER BY minute")
    assert [row["total"] for row in rows] == [2, 9]
    assert rows[0]["minute"] == datetime.fromtimestamp(minute / 1000, UTC)
    assert topic_status(service, TALLIES).skipped == 1
    with topics.transaction() as producer:
        topics.put(producer, TALLIES, "all", tally("line", "all", minute + 60_001, 10))
    assert service.wait_caught_up(PATIENCE_S)
    assert [row["total"] for row in embedded_store.query(f"{query} ORDER BY minute")] == [2, 10]


def test_the_first_record_of_a_partition_is_a_row_that_gives_way_to_a_later_one(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    """Its version is its offset, 0: the lowest there is, and good enough."""
    minute = T0 // 60_000 * 60_000
    query = "SELECT total, version FROM tallies FINAL"
    service = start(embedded_store)
    for version, total in ((0, 7), (2, 8)):  # a marker stands between them
        with topics.transaction() as producer:
            topics.put(producer, TALLIES, "all", tally("line", "all", minute, total))
        assert service.wait_caught_up(PATIENCE_S)
        assert embedded_store.query(query) == [{"total": total, "version": version}]


def test_a_value_that_no_column_holds_stops_nothing(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    too_large = progressed(1, source_seq=2**64)
    topics.events([progressed(0), too_large, progressed(2)])
    service = start(embedded_store)
    assert service.wait_caught_up(PATIENCE_S)
    rows = embedded_store.query("SELECT event_id FROM dossier_events FINAL ORDER BY event_id")
    assert [row["event_id"] for row in rows] == ["e0", "e2"]
