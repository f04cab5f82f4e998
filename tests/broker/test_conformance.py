"""What every broker does that our rooms are given, the twin in memory included: reading to an end,
ends, newest values, groups' offsets, and deliveries."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from broker.ends import EndReader, end_offsets, next_given
from broker.errors import BrokerError, NotDelivered
from broker.groups import committed_offsets, group_lag
from broker.newest import newest_values
from broker.producing import DurableProducer, Writer
from broker.reading import read_all, read_on, read_places
from broker.silence import PartitionId
from tests.broker.rig import PATIENCE, Rig


def read(rig: Rig, topic: str, *, committed: bool = True) -> list[tuple[int, bytes | None]]:
    """Partitions and values, by partition."""
    found = read_all(rig.broker, topic, committed=committed)
    return sorted((message.partition() or 0, message.value()) for message in found)


def test_all_that_stands_in_a_topic_is_read_in_the_order_of_its_partitions(rig: Rig) -> None:
    topic = rig.topic(3)
    rig.send(topic, *((n % 2, b"k", b"%03d" % n) for n in range(250)))
    found = list(read_all(rig.broker, topic))
    for partition in (0, 1):
        values = [m.value() for m in found if m.partition() == partition]
        assert values == [b"%03d" % n for n in range(partition, 250, 2)]
    assert len(found) == 250
    assert [m.offset() for m in read_all(rig.broker, topic, only=1)] == list(range(125))


def test_nothing_comes_of_no_topic_and_of_an_empty_one(rig: Rig) -> None:
    assert read(rig, "never-made") == []
    assert read(rig, rig.topic(2)) == []
    assert end_offsets(rig.broker, "never-made") == {}


def test_what_is_aborted_or_open_is_given_to_readers_of_uncommitted_data_only(rig: Rig) -> None:
    topic = rig.topic()
    with rig.transaction() as producer:
        producer.produce(topic, b"committed", b"k", 0)
    with rig.transaction(commit=False) as producer:
        producer.produce(topic, b"aborted", b"k", 0)
    rig.settle(topic)
    with rig.transaction() as producer:
        producer.produce(topic, b"open", b"k", 0)
        assert producer.flush(PATIENCE) == 0
        assert read(rig, topic) == [(0, b"committed")]
        every = [(0, b"aborted"), (0, b"committed"), (0, b"open")]
        assert read(rig, topic, committed=False) == every
        # Two records with their markers, then the open one.
        assert end_offsets(rig.broker, topic) == {0: 4}
        reader = EndReader(rig.broker)
        assert reader.read([topic]) == {PartitionId(topic, 0): 5}
        assert reader.read([topic], committed=True) == {PartitionId(topic, 0): 4}
        reader.close()
    rig.settle(topic)
    assert read(rig, topic) == [(0, b"committed"), (0, b"open")]
    assert end_offsets(rig.broker, topic) == {0: 6}


def test_ends_of_a_topic_that_is_missing_are_not_guessed(rig: Rig) -> None:
    reader = EndReader(rig.broker)
    with pytest.raises(KafkaException):
        reader.read([rig.topic(), "never-made"])
    reader.close()


def test_who_asks_for_ends_while_everything_stops_is_told_so(rig: Rig) -> None:
    reader = EndReader(rig.broker)
    topic = rig.topic()
    reader.close()
    with pytest.raises(KafkaException, match="closed"):
        reader.read([topic])


def test_a_stretch_ends_before_its_end_also_among_markers(rig: Rig) -> None:
    topic = rig.topic()
    rig.send(topic, *((0, None, b"%d" % n) for n in range(4)))
    with rig.transaction() as producer:
        producer.produce(topic, b"4", None, 0)
    rig.settle(topic)
    consumer = rig.broker.consumer({})

    def stretch(start: int, end: int | None = None) -> list[bytes | None]:
        ends = None if end is None else {0: end}
        found = read_on(consumer, rig.broker.bootstrap, topic, {0: start}, ends)
        return [message.value() for message in found]

    assert stretch(1, 3) == [b"1", b"2"]
    assert stretch(3) == [b"3", b"4"]
    assert stretch(5, 6) == [], "there is the marker"
    consumer.close()


def test_single_places_are_read_and_missed(rig: Rig) -> None:
    topic = rig.topic(2)
    rig.send(topic, (0, b"a", b"1"), (1, b"b", b"2"), (1, b"c", None))
    found = read_places(rig.broker, topic, [(1, 1), (0, 0)])
    assert [(m.key(), m.value()) for m in found] == [(b"c", None), (b"a", b"1")]
    with pytest.raises(BrokerError, match="no record at partition 0:7"):
        read_places(rig.broker, topic, [(0, 7)])


def test_newest_values_are_those_that_count(rig: Rig) -> None:
    topic = rig.topic()
    rig.send(topic, (0, b"a", b"1"), (0, b"b", b"1"), (0, b"a", None), (0, None, b"no key"))
    with rig.transaction(commit=False) as producer:
        producer.produce(topic, b"undone", b"b", 0)
    rig.settle(topic)
    chunks: list[int] = []
    newest, end = newest_values(rig.broker, topic, 0, committed=True, progress=chunks.append)
    assert newest == {b"a": None, b"b": b"1"}
    assert end == 6
    assert sum(chunks) >= 4
    every, _ = newest_values(rig.broker, topic, 0, committed=False, progress=chunks.append)
    assert every[b"b"] == b"undone"
    kept, _ = newest_values(
        rig.broker, topic, 0, committed=True, progress=chunks.append,
        takes=lambda key, value, known: value is not None,
    )  # fmt: skip
    assert kept[b"a"] == b"1"


def test_another_client_is_given_the_next_record_and_no_marker(rig: Rig) -> None:
    topic = rig.topic()
    with rig.transaction() as producer:
        producer.produce(topic, b"one", None, 0)
    place = PartitionId(topic, 0)
    given = [next_given(rig.broker, {place: offset})[place] for offset in (0, 1, 2)]
    assert given == [1, 1, 2]


def test_a_groups_offsets_are_kept_for_others_to_see(rig: Rig) -> None:
    topic, group = rig.topic(2), rig.unique("group")
    rig.send(topic, *((0, None, b"x") for _ in range(5)))
    assert committed_offsets(rig.broker, group, topic, 2) == {0: 0, 1: 0}
    consumer = rig.broker.consumer({"group.id": group})
    consumer.commit(offsets=[TopicPartition(topic, 0, 3)], asynchronous=False)
    consumer.close()
    assert committed_offsets(rig.broker, group, topic, 2) == {0: 3, 1: 0}
    assert group_lag(rig.broker, group, topic, 2) == {0: 2, 1: 0}


def test_the_same_key_lies_in_the_same_partition_everywhere(rig: Rig) -> None:
    topic = rig.topic(7)
    rig.send(topic, *((-1, b"dossier-%d" % n, b"") for n in range(40)))
    found = {m.key(): m.partition() for m in read_all(rig.broker, topic)}
    # As Java, Faust and librdkafka's murmur2_random have it.
    assert [found[b"dossier-%d" % n] for n in range(5)] == [1, 3, 2, 0, 0]


def test_headers_come_through(rig: Rig) -> None:
    topic = rig.topic()
    producer = DurableProducer(rig.broker, {})
    producer.send(topic, b"v", headers=[("boot", b"1")], partition=0)
    producer.close(PATIENCE)
    [message] = read_all(rig.broker, topic)
    assert message.headers() == [("boot", b"1")]


def test_a_failed_delivery_is_the_last_word(rig: Rig) -> None:
    topic = rig.topic()
    producer = DurableProducer(rig.broker, {"message.timeout.ms": 2_000, "linger.ms": 0})
    producer.send(topic, b"before", partition=0)
    producer.flush(PATIENCE)
    rig.delete(topic)
    producer.send(topic, b"lost", partition=0)
    with pytest.raises(NotDelivered, match=f"did not take a record of topic {topic}"):
        producer.flush(PATIENCE)
    other = rig.topic()
    with pytest.raises(NotDelivered, match=topic):
        producer.send(other, b"after", partition=0)
    with pytest.raises(NotDelivered):
        producer.close(PATIENCE)
    assert read(rig, other) == []


def test_a_writer_returns_when_its_record_stands(rig: Rig) -> None:
    topic = rig.topic(2)
    with Writer(rig.broker) as writer:
        for number in range(3):
            writer.send(topic, 1, b"key", b"%d" % number)
            assert len(read(rig, topic)) == number + 1


def test_the_last_to_open_a_transactional_id_fences_the_former(rig: Rig) -> None:
    topic, name = rig.topic(), rig.unique("writer")
    former = rig.writer(name)
    former.begin_transaction()
    former.produce(topic, b"former", b"k", 0)
    assert former.flush(PATIENCE) == 0
    latter = rig.writer(name)
    latter.begin_transaction()
    latter.produce(topic, b"latter", b"k", 0)
    latter.commit_transaction(PATIENCE)
    with pytest.raises(KafkaException) as raised:
        former.commit_transaction(PATIENCE)
    assert raised.value.args[0].fatal()
    assert raised.value.args[0].code() in (KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH)
    rig.settle(topic)
    assert read(rig, topic) == [(0, b"latter")]
