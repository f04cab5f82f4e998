"""The session's broker keeps what the other rooms' tests rely on."""

from __future__ import annotations

from confluent_kafka import Producer

from tests.support.kafka import TestKafka


def test_records_come_back_in_order(kafka: TestKafka) -> None:
    topic = kafka.unique()
    kafka.create_topics(topic, partitions=2)
    producer = Producer({"log_level": 0, "bootstrap.servers": kafka.bootstrap})
    for number in range(10):
        producer.produce(topic, str(number).encode(), partition=number % 2)
    producer.flush(10)

    values = [message.value() for message in kafka.read_all(topic)]

    assert values == [b"0", b"2", b"4", b"6", b"8", b"1", b"3", b"5", b"7", b"9"]


def test_aborted_records_are_hidden_from_committed_readers(kafka: TestKafka) -> None:
    topic = kafka.unique()
    kafka.create_topics(topic)
    producer = Producer(
        {
            "log_level": 0,
            "bootstrap.servers": kafka.bootstrap,
            "transactional.id": kafka.unique("transaction"),
        }
    )
    producer.init_transactions(20)
    for value, ending in (
        (b"kept", producer.commit_transaction),
        (b"lost", producer.abort_transaction),
    ):
        producer.begin_transaction()
        producer.produce(topic, value)
        producer.flush(10)
        ending(20)

    assert [message.value() for message in kafka.read_all(topic)] == [b"kept"]


def test_a_topic_is_never_made_by_accident(kafka: TestKafka) -> None:
    absent = kafka.unique("absent")
    kafka.admin.list_topics(absent, timeout=10)
    assert absent not in kafka.topic_names()
