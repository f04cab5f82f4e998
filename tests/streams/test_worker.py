"""The worker as a process, on a real broker: the same records give the same figures, whatever
happens to the worker on the way."""

from __future__ import annotations

import random
import signal
import time

import msgspec
import pytest
from confluent_kafka import Consumer, TopicPartition

from broker.kafka import Kafka
from dossiers.wire import topics
from dossiers.wire.alerts import Alert
from dossiers.wire.tallies import PartialTally
from tests.streams.line import PARTITIONS, Line
from tests.streams.story import story
from tests.support import wait_for

BAD = (
    b"", b"{", b'"\xff\xfe"', b"[1]", b'{"kind":"unheard_of"}', b'{"kind":"finished"}',
    b'{"kind":"progressed","event_id":"x","dossier_id":"other","occurred_at":1700000000000,'
    b'"received_at":1,"source":"s"}',
    b'{"kind":"tick","now":17}', b'{"kind":"activate","hash":"none","since":0}',
    b'{"kind":"progressed","step":"' + b"x" * 900_000 + b'"}',
)  # fmt: skip


def check(line: Line) -> None:
    line.finish()
    line.finish()  # whatever unit was over a threshold an hour ago is announced now
    line.wait_committed()
    expected, actual = line.expected(), line.actual()
    assert actual.states == expected.states
    assert actual.alerts == expected.alerts
    assert actual.dead_letters == expected.dead_letters
    assert actual.tallies == expected.tallies
    assert expected.alerts
    assert expected.states
    check_backlogs(actual.backlogs)


def check_backlogs(backlogs: dict[str, list[Alert]]) -> None:
    """How often depends on when sums are seen; but an alert that stands is not raised again."""
    assert backlogs
    for unit, alerts in backlogs.items():
        told = [alert.transition for alert in alerts]
        assert told == [("raised", "resolved")[n % 2] for n in range(len(told))], unit
        for raised, resolved in zip(alerts[::2], alerts[1::2], strict=False):
            assert raised.alert_id == resolved.alert_id
            assert (raised.sequence, resolved.sequence) == (1, 2)
        assert len({alert.alert_id for alert in alerts}) == (len(alerts) + 1) // 2


def test_the_same_records_give_the_same_figures_and_bad_ones_do_not_stop_it(line: Line) -> None:
    events = story(1)
    worker = line.worker()
    line.publish(events, 200)
    producer = Kafka(line.kafka.bootstrap).producer({})
    for value in BAD:
        for partition in range(PARTITIONS):
            producer.produce(topics.EVENTS, value, b"d-1", partition)
    producer.produce(topics.EVENTS, None, b"d-1", 0)
    assert producer.flush(20) == 0
    line.publish(events, 200)
    check(line)
    assert len(line.actual().dead_letters) == len(BAD) * PARTITIONS + 1
    status = line.status()
    assert status is not None
    assert {"worker_dossier_events_batches", "worker_unsent_records"} < set(status.queues)
    assert all(0 <= held <= most for held, most in status.queues.values())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0, line.log()


def test_kill_9_at_random_points_changes_nothing(line: Line) -> None:
    chance = random.Random(7)
    events = story(2)
    published = 0
    for _ in range(3):
        worker = line.worker()
        line.publish(events, 150)
        line.wait_folded(worker, published + 1 + chance.randrange(100))
        published += 150
        line.publish(events, 100)
        published += 100
        time.sleep(chance.random() * 0.4)  # where in a commit it falls is the point
        worker.kill()
        worker.wait()
    line.worker()
    check(line)


@pytest.mark.parametrize("successor", ["one", "two"])
def test_a_worker_that_was_replaced_in_its_sleep_changes_nothing(
    line: Line, successor: str
) -> None:
    events = story(3)
    zombie = line.worker()
    line.publish(events, 200)
    line.wait_folded(zombie, 150)
    line.publish(events, 100)
    zombie.send_signal(signal.SIGSTOP)
    line.worker(successor)
    line.publish(events, 200)
    line.finish()
    line.wait_committed()
    before = line.actual()
    zombie.send_signal(signal.SIGCONT)
    if successor == "one":
        assert zombie.wait(40) != 0
        assert line.actual() == before
    line.publish(events, 100)
    check(line)


def test_latency_from_event_to_partial_tally(line: Line) -> None:
    """Printed, not asserted: this machine may be busy."""
    worker = line.worker(commit_interval=1.0)
    events = story(4)
    line.publish(events, 10)
    line.wait_folded(worker, 10)
    consumer = Consumer(
        {
            "bootstrap.servers": line.kafka.bootstrap,
            "group.id": line.kafka.unique("latency"),
            "isolation.level": "read_uncommitted",
            "auto.offset.reset": "latest",
            "fetch.wait.max.ms": 10,
        }
    )
    consumer.assign([TopicPartition(topics.PARTIALS, p) for p in range(PARTITIONS)])
    consumer.poll(1.0)
    took: list[float] = []
    for _ in range(100):
        line.now += 1_000
        sent = time.monotonic()
        line.publisher.tick(line.now)
        line.publisher.flush()

        def arrived() -> bool:
            message = consumer.poll(0.5)
            value = message.value() if message is not None else None
            if value is None:
                return False
            partial = msgspec.json.decode(value, type=PartialTally)
            return partial.now >= line.now

        wait_for(arrived, 20, every=0)
        took.append((time.monotonic() - sent) * 1_000)
    consumer.close()
    took.sort()
    print(f"tick to partial tally: p50 {took[50]:.1f} ms, p99 {took[98]:.1f} ms")
