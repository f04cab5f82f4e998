"""Failed inserts, lost answers and restarts: no row is lost and none is there twice."""

from __future__ import annotations

import pytest

from sinks.errors import StoreError, TimelineMismatch
from sinks.migrate import migrate
from sinks.store import Store
from tests.sinks.conftest import Gateway, new_database
from tests.sinks.service.rig import Starter, count, topic_status
from tests.sinks.topics import (
    PATIENCE_S,
    Topics,
    progressed,
)
from tests.support.clickhouse_gateway import PASSWORD, USER
from tests.support.waiting import wait_for


def test_a_failed_insert_blocks_and_is_tried_again(
    topics: Topics, start: Starter, gateway: Gateway, gateway_store: Store
) -> None:
    gateway.fail(1_000_000, "error", "INSERT")
    with pytest.raises(StoreError):
        gateway_store.command("INSERT INTO sink_timeline SELECT 'a', 'b', now()")
    gateway.fail(0, "error")
    service = start(gateway_store, batch_rows=10)
    topics.events([progressed(0)])
    assert service.wait_caught_up(PATIENCE_S)
    gateway.fail(1_000_000, "error", "INSERT")
    topics.events([progressed(number) for number in range(1, 100)])
    wait_for(
        lambda: "asked to fail" in topic_status(service, "dossier-events").last_error, PATIENCE_S
    )
    status = topic_status(service, "dossier-events")
    assert "asked to fail" in status.partitions[0].last_error
    assert not service.caught_up()
    gateway.fail(0, "error")
    assert service.wait_caught_up(PATIENCE_S)
    assert count(gateway_store, "dossier_events") == 100
    assert topic_status(service, "dossier-events").last_error == ""


def test_a_lost_answer_makes_no_second_row(
    topics: Topics, start: Starter, gateway: Gateway, gateway_store: Store
) -> None:
    service = start(gateway_store, batch_rows=10)
    assert service.wait_caught_up(PATIENCE_S)
    gateway.fail(3, "lost", "INSERT")
    topics.events([progressed(number) for number in range(50)])
    assert service.wait_caught_up(PATIENCE_S)
    assert gateway.failures_met() == 3
    rows = gateway_store.query("SELECT count() AS n, uniqExact(event_id) AS u FROM dossier_events")
    assert rows == [{"n": 50, "u": 50}]


def test_a_restart_takes_nothing_twice(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    topics.events([progressed(number) for number in range(10)])
    first = start(embedded_store)
    assert first.wait_caught_up(PATIENCE_S)
    first.stop()
    second = start(embedded_store)
    assert second.wait_caught_up(PATIENCE_S)
    assert topic_status(second, "dossier-events").rows == 0


def test_an_empty_database_is_filled_from_the_beginning(
    topics: Topics, start: Starter, gateway: Gateway, embedded_store: Store
) -> None:
    topics.events([progressed(number) for number in range(10)])
    first = start(embedded_store)
    assert first.wait_caught_up(PATIENCE_S)
    first.stop()
    with Store.server(gateway.url, USER, PASSWORD, new_database()) as fresh:
        migrate(fresh)
        second = start(fresh)
        assert second.wait_caught_up(PATIENCE_S)
        assert count(fresh, "dossier_events") == 10
        second.stop()


def test_a_database_holds_one_timeline(
    topics: Topics, start: Starter, embedded_store: Store
) -> None:
    start(embedded_store).stop()
    with pytest.raises(TimelineMismatch, match="holds the timeline line, not other"):
        start(embedded_store, timeline="other")


def test_a_database_without_tables_is_named(
    topics: Topics, start: Starter, engine_folder: str
) -> None:
    with Store.embedded(engine_folder, new_database()) as store:
        store.ensure_database()
        with pytest.raises(StoreError, match="Run the migrations first"):
            start(store)
