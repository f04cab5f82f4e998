"""Reading tallies and the watermark, and the lag on a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
import pytest
from confluent_kafka import TopicPartition

from broker.groups import group_lag, has_read_all
from broker.kafka import Kafka
from broker.memory.kafka import MemoryKafka
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire import topics
from dossiers.wire.keys import ALL, CLOCK_SCOPE
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import EVENTS, PARTIALS, TALLIES
from dunghen.timeline.tallies import FollowedTallies
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for

TIMELINE = "t"


@pytest.fixture
def broker(kafka: TestKafka) -> Iterator[TestKafka]:
    names = (EVENTS, PARTIALS, TALLIES)

    def clean() -> None:
        if found := kafka.topic_names() & {*names, topics.REFERENCE, topics.DOSSIERS}:
            kafka.delete_topics(*found)

    clean()
    kafka.create_topics(*names, partitions=2)
    yield kafka
    clean()


@pytest.fixture
def memory() -> MemoryKafka:
    kafka = MemoryKafka()
    kafka.create_topics(TALLIES, partitions=2)
    return kafka


def send(kafka: MemoryKafka, partition: int, *tallies: Tally) -> None:
    producer = kafka.producer({})
    for tally in tallies:
        producer.produce(TALLIES, msgspec.json.encode(tally), tally.scope.encode(), partition)
    assert producer.flush(10) == 0


def clock(now: int) -> Tally:
    return Tally(timeline=TIMELINE, scope=CLOCK_SCOPE, now=now)


def tally(scope: str, overdue: int, version: tuple[int, int], timeline: str = TIMELINE) -> Tally:
    vector = [0] * WIDTH
    vector[FIELD["overdue"]] = overdue
    return Tally(
        timeline=timeline, scope=scope, now=1, vector=tuple(vector), versions={"0": version}
    )


def test_the_watermark_is_the_slowest_partition_s(memory: MemoryKafka) -> None:
    send(memory, 0, tally(ALL, 1, (1, 5)), clock(100))
    with FollowedTallies(memory, TIMELINE) as tallies:
        tallies.read_to_end()
        assert tallies.watermark == 0  # partition 1 has not spoken
        send(memory, 1, clock(70))
        assert tallies.read_until(lambda: tallies.watermark > 0, 10)
        assert tallies.watermark == 70
        send(memory, 1, clock(120))
        tallies.read_to_end()
        assert tallies.watermark == 100
        assert not tallies.read_until(lambda: tallies.watermark > 100, 0.1)


def test_tallies_of_another_width_are_passed_over(memory: MemoryKafka) -> None:
    narrow = Tally(timeline=TIMELINE, scope="unit:a", now=1, vector=(3,), versions={"0": (1, 9)})
    send(memory, 0, tally(ALL, 1, (1, 5)), narrow, clock(100))
    with FollowedTallies(memory, TIMELINE) as tallies:
        tallies.read_to_end()
        assert set(tallies.scopes) == {ALL}
        assert tallies.value("unit:a", "overdue") == 0


def test_older_versions_and_other_timelines_are_passed_over(memory: MemoryKafka) -> None:
    send(
        memory,
        0,
        tally(ALL, 1, (1, 5)),
        tally(ALL, 3, (2, 4)),
        tally(ALL, 2, (1, 9)),
        tally(ALL, 9, (9, 9), timeline="other"),
    )
    with FollowedTallies(memory, TIMELINE) as tallies:
        tallies.read_to_end()
        assert tallies.value(ALL, "overdue") == 3
        assert tallies.value("unit:none", "overdue") == 0


def test_markers_of_transactions_are_no_lag(broker: TestKafka) -> None:
    group = broker.unique("worker")
    producer = Kafka(broker.bootstrap).producer({"transactional.id": broker.unique()})
    producer.init_transactions(30)
    for _ in range(2):
        producer.begin_transaction()
        for topic in (EVENTS, PARTIALS):
            for partition in (0, 1):
                producer.produce(topic, b"{}", partition=partition)
        producer.commit_transaction(30)
    # Each partition holds record, marker, record, marker, soon: Kafka writes the markers after it
    # has said that the transaction is committed.
    reading = Kafka(broker.bootstrap)
    for topic in (EVENTS, PARTIALS):
        wait_for(partial(_lags, reading, group, topic, {0: 4, 1: 4}), 60)
    assert not has_read_all(Kafka(broker.bootstrap), group, 2)
    commit(broker, group, {EVENTS: 3, PARTIALS: 2})
    assert not has_read_all(Kafka(broker.bootstrap), group, 2)
    commit(broker, group, {PARTIALS: 3})
    assert has_read_all(Kafka(broker.bootstrap), group, 2)
    assert group_lag(Kafka(broker.bootstrap), group, EVENTS, 2) == {0: 1, 1: 1}


def _lags(kafka: Kafka, group: str, topic: str, by: dict[int, int]) -> bool:
    return group_lag(kafka, group, topic, 2) == by


def commit(broker: TestKafka, group: str, offsets: dict[str, int]) -> None:
    consumer = Kafka(broker.bootstrap).consumer({"group.id": group})
    places = [TopicPartition(topic, p, at) for topic, at in offsets.items() for p in (0, 1)]
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()
