"""What waits in the process of the API has a bound and a figure."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from api.ports import StoreAway
from broker.kafka import Kafka
from dossiers.wire.audit import Audited
from dunghen.access import audit_trail as auditing
from dunghen.access.audit_trail import KafkaTrail
from dunghen.serving import store_query
from dunghen.serving.queues import trail_queue, worker_queues
from dunghen.serving.store_query import StoreQuery
from streams.config import WorkerConfig
from streams.status import WorkerStatus, write_status


@pytest.mark.asyncio
async def test_a_slow_clickhouse_is_asked_no_more_than_its_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store_query, "MOST_QUERIES", 10)
    go = threading.Event()

    class Slow:
        def query(self, *_: Any) -> list[dict[str, Any]]:
            go.wait()
            return [{"one": 1}]

    query = StoreQuery(Slow())  # type: ignore[arg-type]
    asked = [asyncio.create_task(query.rows("SELECT 1", {})) for _ in range(25)]
    refused, _ = await asyncio.wait(asked, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    while len(refused) < 15:
        refused = {task for task in asked if task.done()}
        await asyncio.sleep(0)
    assert query.waiting == 10
    assert all(isinstance(task.exception(), StoreAway) for task in refused)
    go.set()
    answers = await asyncio.gather(*(set(asked) - refused))
    assert answers == [[{"one": 1}]] * 10
    assert query.waiting == 0
    query.close()


def test_the_audit_trail_waits_for_kafka_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "MOST", 10)
    trail = KafkaTrail(Kafka("127.0.0.1:1", {"log_level": "0"}))
    entry = Audited(timeline="t", at=1, kind="list", subject="s", means="session", target="u")
    for _ in range(12):
        trail.write(entry)
    assert (trail.waiting, trail.lost) == (10, 2)
    assert [queue.held for queue in trail_queue(trail)] == [10]
    assert trail._sender is not None
    trail._sender.abandon()
    assert (trail.waiting, trail.lost) == (0, 12)


def test_of_several_workers_the_fullest_queue_counts(tmp_path: Path) -> None:
    for instance, held in (("a", 3), ("b", 7)):
        status = WorkerStatus(
            instance=instance, pid=1, timeline="t", phase="running", started_at=1, updated_at=1,
            queues={"worker_unsent_records": (held, 9)},
        )  # fmt: skip
        config = WorkerConfig("k", "t", 1, tmp_path, instance)
        write_status(config, status)
    found = list(worker_queues(tmp_path / "run"))
    assert found == [("worker_unsent_records", 7, 9)]
