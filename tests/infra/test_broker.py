"""The embedded broker through starts, stops, kills and taken ports: what was written stays."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from confluent_kafka import Producer

from infra.kafka import broker as broker_module
from infra.kafka import embedded
from infra.kafka.broker import Broker
from infra.kafka.embedded import KafkaCommand, prepare
from infra.kafka.errors import EmbeddedKafkaError
from tests.support.kafka import TestKafka


def _produce(bootstrap: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, value)
    assert producer.flush(20) == 0


def _listen(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen(1)
    return taken


def test_topics_survive_a_stop_a_kill_and_a_change_of_ports(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "thư mục có dấu")  # the folder's name is no ASCII on purpose
    with broker:
        first = broker.bootstrap
        TestKafka(first).create_topics("kept")
        _produce(first, "kept", b"before the stop")
    assert broker.pid is None

    with broker:
        assert broker.bootstrap == first  # clients find it where it was
        _produce(first, "kept", b"before the kill")
        broker.kill()

    with _listen(int(first.rpartition(":")[2])), broker:
        assert broker.bootstrap != first
        values = [message.value() for message in TestKafka(broker.bootstrap).read_all("kept")]
    assert values == [b"before the stop", b"before the kill"]


def test_a_port_taken_at_the_last_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thieves: list[socket.socket] = []

    def prepare_and_be_robbed(state_dir: Path, **options: object) -> KafkaCommand:
        command = prepare(state_dir, **options)  # type: ignore[arg-type]
        if not thieves:
            thieves.append(_listen(command.port))
        return command

    monkeypatch.setattr(broker_module, "prepare", prepare_and_be_robbed)
    try:
        with Broker(tmp_path) as broker:
            stolen = thieves[0].getsockname()[1]
            assert not broker.bootstrap.endswith(f":{stolen}")
            assert TestKafka(broker.bootstrap).topic_names() == set()
    finally:
        for thief in thieves:
            thief.close()


def test_a_second_broker_on_the_same_data_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LOCK_SECONDS", 0.1)
    with Broker(tmp_path) as broker:
        with pytest.raises(EmbeddedKafkaError, match="Another Kafka already runs on"):
            Broker(tmp_path).start()
        assert TestKafka(broker.bootstrap).topic_names() == set()
