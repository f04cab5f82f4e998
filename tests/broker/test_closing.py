"""A member can be closed at any moment, also while its group's answer waits to be heard."""

from __future__ import annotations

import logging
import multiprocessing

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from broker.group_follower import GroupFollower
from broker.kafka import Kafka
from tests.broker.rig import PATIENCE
from tests.support import wait_for
from tests.support.kafka import TestKafka

log = logging.getLogger(__name__)
MEMBERS = 8  # each may be closed at another moment of the answer's way


def test_a_member_closes_while_its_groups_answer_waits(kafka: TestKafka) -> None:
    topic = kafka.unique("closing")
    kafka.create_topics(topic, partitions=2)
    groups = [kafka.unique("group") for _ in range(MEMBERS)]
    # librdkafka waits with Python's lock held: no thread of that process could tell.
    child = multiprocessing.get_context("spawn").Process(
        target=_open_and_close, args=(kafka.bootstrap, topic, groups)
    )
    child.start()
    child.join(2 * PATIENCE)
    waits = child.is_alive()
    child.kill()
    child.join()
    assert not waits, "close waits for an answer that nobody gives"
    assert child.exitcode == 0


def _open_and_close(bootstrap: str, topic: str, groups: list[str]) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for group in groups:
        member = GroupFollower(Kafka(bootstrap), topic, group, "one", {}, logger=log)
        wait_for(lambda group=group: _is_stable(admin, group), PATIENCE)  # type: ignore[misc]
        member.close()


def _is_stable(admin: AdminClient, group: str) -> bool:
    """Whether the group's coordinator has given its partitions away."""
    [asked] = admin.describe_consumer_groups([group]).values()
    try:
        return bool(asked.result().state == ConsumerGroupState.STABLE)
    except KafkaException:  # it has no coordinator yet
        return False
