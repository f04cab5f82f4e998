"""Walls that read slowly, and the list of everything that waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.feed.hub import MAX_BUFFERED, Hub
from api.ports import Queue
from tests.api.conftest import Running

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


class Transport:
    """Reads nothing: all that is written waits."""

    def __init__(self) -> None:
        self.waiting = 0

    def write(self, data: bytes) -> None:
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.waiting = 0


def test_a_wall_that_does_not_read_and_large_deltas_are_bounded() -> None:
    state: dict[str, Any] = {}
    hub = Hub(lambda: dict(state), lambda: {"watermark": 1, "tick_age_ms": 1}, ring_bytes=300_000)
    wall: Any = Transport()
    hub.join(wall, None, None)
    delta = 50_000
    for number in range(40):
        state["text"] = str(number % 10) * delta
        hub.publish()
        assert hub.slowest() <= MAX_BUFFERED + delta + 100
        assert hub.ring_held <= hub.ring_most
    assert hub.aborted == 1
    assert hub.slowest() == 0
    # Who comes back soon hears what it missed, who comes back later gets the whole.
    assert hub._missed(hub.epoch, hub.sequence - 3) is not None
    assert hub._missed(hub.epoch, hub.sequence - 20) is None


@pytest.mark.asyncio
async def test_every_queue_has_a_figure_a_bound_and_its_line_in_the_documents(
    api: Running,
) -> None:
    elsewhere = (
        "sink_batch_records", "notifier_alerts", "notifier_log_attempts", "audit_entries",
        "clickhouse_queries", "worker_dossier_events_batches", "worker_partial_tallies_batches",
        "worker_unsent_records",
    )  # fmt: skip
    live = api.live
    object.__setattr__(live.config, "queues", lambda: [Queue(n, 1, 2) for n in elsewhere])
    queues = {queue.name: queue for queue in live.queues()}
    text = (await api.http.get("/metrics")).text
    found = {
        (family.name, sample.labels.get("queue")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    document = DOCUMENT.read_text("utf-8")
    assert {"slowest_wall_bytes", "feed_ring_bytes", "live_view_records"} < set(queues)
    for name, queue in queues.items():
        assert found["dunghen_queue_held", name] == queue.held <= queue.most
        assert found["dunghen_queue_limit", name] == queue.most > 0
        assert f"`{name}`" in document
