"""Following topics, alone and as one member, and what becomes of a client that falls silent."""

from __future__ import annotations

import time

import pytest
from confluent_kafka import TopicPartition

from broker.errors import BrokerError, SilentClient
from broker.follower import Follower
from broker.groups import committed_offsets
from broker.memory.kafka import MemoryKafka
from broker.silence import PartitionId
from broker.watched_client import WatchedClient
from tests.broker.gathering import Collector, member
from tests.broker.rig import PATIENCE, Rig
from tests.support.deaf import DeafKafka

LIMIT = 0.6  # s


def test_topics_are_followed_from_their_beginning_past_their_end(rig: Rig) -> None:
    topics = [rig.topic(2), rig.topic()]
    rig.send(topics[0], (0, b"a", b"1"), (1, b"b", b"2"))
    follower = Follower(rig.broker, topics, {})
    follower.open(PATIENCE)
    collector = Collector(follower)
    assert not follower.caught_up
    collector.until(lambda: follower.caught_up)
    assert sorted(filter(None, collector.values)) == [b"1", b"2"]
    with rig.transaction() as producer:
        producer.produce(topics[1], b"3", None, 0)
        assert producer.flush(PATIENCE) == 0
        collector.until(lambda: b"3" in collector.values)  # it is not committed yet
    follower.close()


def test_a_missing_topic_is_named(rig: Rig) -> None:
    follower = Follower(rig.broker, [rig.topic(), "never-made"], {})
    with pytest.raises(BrokerError, match="never-made"):
        follower.open(PATIENCE)
    follower.close()


def test_a_silent_client_is_replaced_and_gives_every_record_once(rig: Rig) -> None:
    topic, full = rig.topic(2), rig.topic()
    rig.send(topic, *((0, None, b"%d" % n) for n in range(3)))
    rig.send(full, (0, None, b"0"))
    deaf = DeafKafka(rig.broker, hears=2, of="view", deaf=2)
    follower = Follower(deaf, [topic, full], {"group.id": "view"}, silent_s=LIMIT)
    follower.open(PATIENCE)
    collector = Collector(follower)
    said: list[str] = []

    def replaced() -> bool:
        said.append(follower.check_silence())
        return deaf.opened == 3  # the second one gave nothing at all

    collector.until(replaced)
    assert f"nothing of it came for {LIMIT:.0f} s" in said[-1]
    rig.send(topic, (0, None, b"3"), (1, None, b"other"))
    collector.until(lambda: len(collector.records) >= 6)
    found = sorted((m.topic(), m.partition(), m.offset()) for m in collector.records)
    assert found == sorted([*((topic, 0, n) for n in range(4)), (topic, 1, 0), (full, 0, 0)])
    follower.close()


def test_nobody_is_silent_who_has_been_given_everything(rig: Rig) -> None:
    """Markers of transactions stand behind the last record, and what is open cannot be given."""
    topic = rig.topic()
    with rig.transaction() as producer:
        producer.produce(topic, b"1", None, 0)
    now = 0.0
    follower = member(rig.broker, topic, rig.unique("group"), silent_s=60, clock=lambda: now)
    collector = Collector(follower)
    collector.until(lambda: bool(collector.ends))
    with rig.transaction() as producer:
        producer.produce(topic, b"open", None, 0)
        assert producer.flush(PATIENCE) == 0
        for _ in range(5):
            now += 30
            follower.check_silence()
    collector.until(lambda: len(collector.records) == 2)
    follower.close()


@pytest.mark.parametrize("answers", [True, False])  # its connection hangs
def test_a_silent_member_says_so_and_the_next_one_goes_on(rig: Rig, answers: bool) -> None:
    topic, group = rig.topic(), rig.unique("group")
    rig.send(topic, *((0, None, b"%d" % n) for n in range(5)))
    deaf = DeafKafka(rig.broker, hears=2, of=group, answers=answers)
    follower = member(deaf, topic, group, silent_s=LIMIT)
    collector = Collector(follower)
    collector.until(lambda: len(collector.records) == 2)
    follower.commit({0: 2})

    said: list[str] = []

    def says() -> bool:
        try:
            follower.check_silence()
        except SilentClient as silent:
            said.append(str(silent))
        return bool(said)

    collector.until(says)
    assert f"partition 0 of {topic} stands at offset 2" in said[0]
    follower.close()
    again = member(deaf, topic, group)
    after = Collector(again)
    after.until(lambda: len(after.records) == 3)
    assert after.values == [b"2", b"3", b"4"]
    again.close()


def test_what_was_held_on_purpose_is_not_silence(rig: Rig) -> None:
    topic, group = rig.topic(), rig.unique("group")
    rig.send(topic, (0, None, b"0"))
    now = 0.0
    follower = member(rig.broker, topic, group, silent_s=60, clock=lambda: now)
    collector = Collector(follower)
    collector.until(lambda: 0 in collector.ends)
    now += 10
    follower.check_silence()
    follower.hold()
    rig.send(topic, (0, None, b"1"))
    for _ in range(10):
        now += 10
        follower.heartbeat()
    follower.release()
    for _ in range(3):  # no record was asked for yet
        follower.check_silence()
        now += 10
    collector.until(lambda: len(collector.records) == 2)
    follower.close()


def test_an_end_that_was_reached_counts_for_as_long_as_the_partition_is_held() -> None:
    """Whoever is given it once more reads it again from what was committed: no standstill."""
    kafka = MemoryKafka()
    kafka.create_topics("topic")
    consumer = kafka.consumer({"group.id": "view"})
    starts = {PartitionId("topic", 0): 500}
    client = WatchedClient(kafka, "read_committed", consumer, 60, time.monotonic, starts)
    consumer.assign([TopicPartition("topic", 0, 400)])
    assert client.positions() == {PartitionId("topic", 0): 500}
    client.forget([TopicPartition("topic", 0)])
    assert client.positions()[PartitionId("topic", 0)] <= 400


def test_a_commit_waits_for_nobody_and_is_there_when_the_member_has_left(rig: Rig) -> None:
    topic, group = rig.topic(2), rig.unique("group")
    rig.send(topic, (0, None, b"0"), (0, None, b"1"), (1, None, b"2"))
    told: list[int] = []
    follower = member(rig.broker, topic, group, assigned=told.extend)
    collector = Collector(follower)
    collector.until(lambda: len(collector.records) == 3)
    assert sorted(told) == [0, 1]
    follower.commit({0: 1, 1: 1})
    follower.commit({0: 1, 1: 1})  # asked for already
    follower.close()
    assert committed_offsets(rig.broker, group, topic, 2) == {0: 1, 1: 1}


def test_a_new_group_may_begin_at_the_end_and_then_misses_nothing(rig: Rig) -> None:
    topic, group = rig.topic(), rig.unique("group")
    rig.send(topic, (0, None, b"old"))
    first = member(rig.broker, topic, group, from_end=True)
    collector = Collector(first)
    collector.until(lambda: collector.ends.get(0) == 1)
    assert collector.records == []
    first.close()  # before it committed anything itself
    rig.send(topic, (0, None, b"new"))
    second = member(rig.broker, topic, group, from_end=True)
    after = Collector(second)
    after.until(lambda: len(after.records) == 1)
    assert after.values == [b"new"]
    second.close()
