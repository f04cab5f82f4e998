"""Joining a group: what its members are told of their partitions, share and lose to each other."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaException

from broker.errors import SilentClient
from broker.group_follower import GroupFollower
from broker.memory.kafka import MemoryKafka
from tests.broker.gathering import Collector, member
from tests.broker.rig import PATIENCE, Rig
from tests.support import wait_for


def test_a_member_that_is_told_nothing_of_its_partitions_says_so(rig: Rig) -> None:
    topic = rig.topic()
    now = 0.0
    # Its group's answer is heard within ``take``, which nobody calls.
    follower = member(rig.broker, topic, rig.unique("group"), silent_s=60, clock=lambda: now)

    def wait() -> None:
        nonlocal now
        for _ in range(9):
            now += 11
            follower.check_silence()

    if isinstance(rig.broker, MemoryKafka):
        rig.broker.be_away()
        wait()  # nobody can tell it anything
        rig.broker.be_away(False)
    with pytest.raises(SilentClient, match=f"no partitions of {topic}"):
        wait()
    follower.close()


def test_a_member_for_whom_no_partition_is_left_is_not_silent(rig: Rig) -> None:
    topic, group = rig.topic(), rig.unique("group")
    now = 0.0
    told: list[list[int]] = []
    first, second = (
        member(rig.broker, topic, group, name, assigned=told.append, silent_s=60, clock=lambda: now)
        for name in ("one", "two")
    )

    def shared() -> bool:
        first.take(1, 0.02)
        second.take(1, 0.02)
        return sorted(told[-2:]) == [[], [0]]

    wait_for(shared, PATIENCE)
    for _ in range(12):
        now += 11
        first.check_silence()
        second.check_silence()
    first.close()
    second.close()


def test_two_members_share_a_topic_and_lose_nothing(rig: Rig) -> None:
    topic, group = rig.topic(4), rig.unique("group")
    taken: dict[str, set[int]] = {"one": set(), "two": set()}

    def follow(name: str) -> GroupFollower:
        return member(
            rig.broker, topic, group, name,
            assigned=taken[name].update, revoked=taken[name].difference_update,
        )  # fmt: skip

    one = follow("one")
    first = Collector(one)
    first.until(lambda: len(taken["one"]) == 4)
    two = follow("two")
    second = Collector(two)

    def shared() -> bool:
        second.records += two.take(100, 0.05).records
        return len(taken["one"]) == len(taken["two"]) == 2

    first.until(shared)
    assert taken["one"] | taken["two"] == {0, 1, 2, 3}
    rig.send(topic, *((n % 4, None, b"%d" % n) for n in range(40)))

    def all_there() -> bool:
        second.records += two.take(100, 0.05).records
        return len(first.records) + len(second.records) >= 40

    first.until(all_there)
    assert len({*first.values, *second.values}) == 40
    one.close()
    two.close()


def test_a_member_that_was_replaced_cannot_go_on(rig: Rig) -> None:
    topic, group = rig.topic(), rig.unique("group")
    former = member(rig.broker, topic, group)
    collector = Collector(former)
    collector.until(lambda: 0 in collector.ends)
    latter = member(rig.broker, topic, group)
    after = Collector(latter)

    def refused() -> bool:
        latter.take(1, 0.05)
        try:
            former.take(1, 0.05)
        except KafkaException:
            return True
        return False

    wait_for(refused, PATIENCE)
    after.until(lambda: True)
    former.close()
    latter.close()
