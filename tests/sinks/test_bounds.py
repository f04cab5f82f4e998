"""However slow what is behind it, the sink holds one batch, and the notifier up to its limit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from broker.kafka import Kafka
from dossiers.wire.alerts import Alert
from sinks.config import NotifierConfig, SinkConfig
from sinks.decode.events import EventDecoder
from sinks.notifier.attempts import MemoryLog, TableLog
from sinks.notifier.channels import DeliveryError
from sinks.notifier.mailbox import Item, Mailbox
from sinks.pump import Pump
from sinks.reader import _SLICE, TAKEN_BYTES
from tests.sinks.topics import PATIENCE_S, alert, make_topics, progressed
from tests.support.kafka import TestKafka

BATCH = 250  # no multiple of what the reader takes at a time
RECORDS = 6_000


class SlowStore:
    """Every insert waits until the test allows it."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.allowed = threading.Semaphore(0)
        self.sizes: list[int] = []
        self.bytes: list[int] = []

    def insert(self, table: str, rows: Any, token: str = "") -> None:
        self.sizes.append(rows.num_rows)
        self.asked.release()
        self.allowed.acquire()


@pytest.fixture
def store() -> Iterator[SlowStore]:
    slow = SlowStore()
    yield slow
    slow.allowed.release(10_000)


def pump_of(kafka: TestKafka, store: SlowStore, group: str, batch: int) -> Pump:
    config = SinkConfig(kafka.bootstrap, "line", batch_rows=batch, linger_s=0.2)
    return Pump(
        Kafka(kafka.bootstrap), config, store, EventDecoder("line"),  # type: ignore[arg-type]
        group=group, stopping=threading.Event(),
    )  # fmt: skip


def test_a_slow_store_under_a_high_rate_is_given_one_batch_after_the_other(
    kafka: TestKafka, store: SlowStore
) -> None:
    topics = make_topics(kafka)
    pump = pump_of(kafka, store, topics.timeline, BATCH)
    topics.events([progressed(number) for number in range(RECORDS)])
    pump.start()
    seen = 0
    while seen < RECORDS:
        assert store.asked.acquire(timeout=PATIENCE_S)
        # While it hangs, as much again comes; nothing of that is in hand.
        if seen < 5 * BATCH:
            topics.events([progressed(RECORDS + seen + n) for n in range(BATCH)])
        assert pump.held == store.sizes[-1] <= BATCH
        seen += store.sizes[-1]
        store.allowed.release()
    assert seen > RECORDS / 2
    pump._stopping.set()
    store.allowed.release(10_000)
    pump.join(PATIENCE_S)
    assert pump.held == 0


def test_a_batch_of_large_records_is_full_by_its_bytes(kafka: TestKafka, store: SlowStore) -> None:
    topics = make_topics(kafka)
    large, count = "x" * 60_000, 500
    topics.events([progressed(number, step=large) for number in range(count)])
    pump = pump_of(kafka, store, topics.timeline, RECORDS)
    pump.start()
    while sum(store.sizes) < count:
        assert store.asked.acquire(timeout=PATIENCE_S)
        store.allowed.release()
    assert max(store.sizes) * len(large) < TAKEN_BYTES + _SLICE * 61_000
    assert len(store.sizes) > 1
    pump._stopping.set()
    store.allowed.release(10_000)
    pump.join(PATIENCE_S)


class Down:
    """A receiver that takes nothing."""

    name, gathers = "webhook", False

    async def deliver(self, alerts: Sequence[Alert]) -> None:
        raise DeliveryError("it is down")


@pytest.mark.asyncio
async def test_a_receiver_that_is_down_keeps_no_more_waiting_than_its_limit() -> None:
    config = NotifierConfig("b", "line", "live", "http://u", queue_limit=20, retry_min_s=60)
    log, settled = MemoryLog(), list[Item]()
    mailbox = Mailbox("webhook:0", Down(), config, log, settled.append)
    running = asyncio.create_task(mailbox.run())
    for number in range(200):
        mailbox.put(Item(alert("line", f"d{number}"), 0, number, 0.0))
        await asyncio.sleep(0)
        assert mailbox.status.waiting <= config.queue_limit + 1  # and the one that is being tried
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    # The oldest were given up, which is on record; none is settled in silence.
    given_up = [attempt.alert_id for attempt in log.attempts if attempt.outcome == "gave_up"]
    assert given_up == [item.alert.alert_id for item in settled]
    assert len(given_up) >= 200 - config.queue_limit - 1


def test_attempts_that_clickhouse_does_not_take_are_bounded() -> None:
    class Away:
        def insert(self, *_: Any) -> None:
            from sinks.errors import StoreUnavailable

            raise StoreUnavailable("away")

    log = TableLog(Away(), "line", size=10)  # type: ignore[arg-type]
    config = NotifierConfig("b", "line", "live", "http://u", queue_limit=1)
    mailbox = Mailbox("webhook:0", Down(), config, log, lambda _: None)
    for number in range(50):
        mailbox.put(Item(alert("line", f"d{number}"), 0, number, 0.0))
        log.flush()
        assert log.waiting <= log.most == 10
    assert log.waiting == 10
