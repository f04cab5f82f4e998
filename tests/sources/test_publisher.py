"""The publisher on a real broker."""

from __future__ import annotations

import time

import pytest
from confluent_kafka import Message

from broker.errors import BrokerError
from broker.kafka import Kafka
from broker.partitioner import partition_of
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Progressed, Tick, decode_event
from sources.publisher import Publisher
from tests.sources.conftest import Topics


def progressed(dossier_id: str, at: int = 1_300_000_000_000, seq: int = 0) -> Progressed:
    return Progressed(
        event_id=f"{dossier_id}-{seq}",
        dossier_id=dossier_id,
        occurred_at=at,
        received_at=at,
        source="test",
        source_seq=seq,
    )


def test_partition_is_the_one_librdkafka_chooses(topics: Topics) -> None:
    ids = [f"H44-{n}-hồ sơ" for n in range(200)]
    with topics.publisher() as publisher:
        for dossier_id in ids:
            publisher.publish(progressed(dossier_id))
    found = {(m.key() or b"").decode(): m.partition() for m in topics.events()}
    assert found == {dossier_id: partition_of(dossier_id, topics.partitions) for dossier_id in ids}
    assert len(set(found.values())) == topics.partitions


@pytest.mark.parametrize("bulk", [False, True])
def test_keeps_order_with_ticks_in_between(topics: Topics, bulk: bool) -> None:
    with topics.publisher(bulk=bulk) as publisher:
        partition = publisher.partition_of("one")
        for seq in range(3_000):
            publisher.publish(progressed("one", seq=seq))
            publisher.tick(seq, (partition,))
        assert publisher.published == 3_000
    events = [decode_event(m.value() or b"") for m in topics.events() if m.partition() == partition]
    told = [e.now if isinstance(e, Tick) else e.source_seq for e in events]  # type: ignore[union-attr]
    assert told == [seq for seq in range(3_000) for _ in range(2)]


def test_ticks_every_partition_without_a_key(topics: Topics) -> None:
    with topics.publisher() as publisher:
        publisher.tick(7)
    events = topics.events()
    assert [m.partition() for m in events] == list(range(topics.partitions))
    assert all(m.key() is None and decode_event(m.value() or b"") == Tick(now=7) for m in events)


def test_records_carry_wall_time(topics: Topics) -> None:
    before = int(time.time() * 1000) - 1
    with topics.publisher() as publisher:
        publisher.publish(progressed("old", at=1_000_000_000_000))
    (message,) = topics.events()
    assert before <= message.timestamp()[1] <= time.time() * 1000 + 1


def test_dead_letters_of_the_same_record_have_the_same_key(topics: Topics) -> None:
    letter = DeadLetter(
        timeline="t",
        reason="bad_time",
        detail="log.csv, line 3: no time.",
        source="event-log",
        topic="",
        partition=-1,
        offset=-1,
        detected_at=1,
    )
    with topics.publisher() as publisher:
        publisher.dead_letter(letter)
        publisher.dead_letter(letter)
    messages: list[Message] = topics.dead_letters()
    assert len({m.key() for m in messages}) == 1
    assert len(messages) == 2


def test_a_failed_delivery_latches(topics: Topics) -> None:
    publisher = topics.publisher(delivery_timeout=2)
    publisher.publish(progressed("before"))
    publisher.flush()
    topics.kafka.delete_topics(topics.name)
    publisher.publish(progressed("lost"))
    with pytest.raises(BrokerError, match="did not take a record"):
        publisher.flush()
    with pytest.raises(BrokerError, match="did not take a record"):
        publisher.publish(progressed("after"))
    with pytest.raises(BrokerError):
        publisher.close()


def test_a_full_queue_makes_the_sender_wait(topics: Topics) -> None:
    user = {"queue.buffering.max.messages": 10}
    with topics.publisher(user=user) as publisher:
        for seq in range(500):
            publisher.publish(progressed("one", seq=seq))
    assert len(topics.events()) == 500


def test_says_when_no_broker_answers() -> None:
    with pytest.raises(BrokerError, match=r"No Kafka broker answers at 127\.0\.0\.1:1 .*dunghen"):
        Publisher(Kafka("127.0.0.1:1"), 4, connect_timeout=0.5)


def test_refuses_another_number_of_partitions(topics: Topics) -> None:
    with pytest.raises(BrokerError, match="has 3 partitions, not 4"):
        topics.publisher(partitions=4)


def test_says_when_the_topics_are_missing(topics: Topics) -> None:
    topics.name = topics.kafka.unique("never-made")
    with pytest.raises(BrokerError, match="dunghen topics"):
        topics.publisher(connect_timeout=1)
