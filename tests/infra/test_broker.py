"""The embedded broker through starts, stops, kills and taken ports: what was written stays."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from confluent_kafka import Producer

from infra.kafka import broker as broker_module
from infra.kafka import embedded
from infra.kafka.broker import EmbeddedKafka
from infra.kafka.embedded import KafkaCommand, prepare
from infra.kafka.errors import EmbeddedKafkaError
from tests.support.kafka import TestKafka


def _of(broker: EmbeddedKafka) -> TestKafka:
    return TestKafka(broker.bootstrap, broker.login)


def _produce(broker: EmbeddedKafka, topic: str, value: bytes) -> None:
    producer = Producer(_of(broker).client)
    producer.produce(topic, value)
    assert producer.flush(20) == 0


def _listen(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen(1)
    return taken


def _values(broker: EmbeddedKafka, topic: str) -> list[bytes | None]:
    return [message.value() for message in _of(broker).read_all(topic)]


def test_a_stopped_broker_comes_back_where_it_was_and_is_never_started_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LOCK_SECONDS", 0.1)
    folder = tmp_path / "thư mục có dấu"  # no ASCII on purpose
    broker = EmbeddedKafka(folder)
    with broker:
        first = broker.bootstrap
        _of(broker).create_topics("kept")
        with pytest.raises(EmbeddedKafkaError, match="Another Kafka already runs on"):
            EmbeddedKafka(folder).start()
        _produce(broker, "kept", b"after the attempt")
    assert broker.pid is None

    with broker:
        assert broker.bootstrap == first
        assert _values(broker, "kept") == [b"after the attempt"]


def test_a_killed_broker_keeps_its_topics_though_its_port_is_taken_at_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thieves: list[socket.socket] = []

    def prepare_and_be_robbed(state_dir: Path, **options: object) -> KafkaCommand:
        command = prepare(state_dir, **options)  # type: ignore[arg-type]
        if not thieves:
            thieves.append(_listen(command.port))
        return command

    broker = EmbeddedKafka(tmp_path).start()
    first = broker.bootstrap
    _of(broker).create_topics("kept")
    _produce(broker, "kept", b"before the kill")
    broker.kill()

    monkeypatch.setattr(broker_module, "prepare", prepare_and_be_robbed)
    try:
        with broker:
            assert [f"127.0.0.1:{thief.getsockname()[1]}" for thief in thieves] == [first]
            assert broker.bootstrap != first
            assert _values(broker, "kept") == [b"before the kill"]
    finally:
        for thief in thieves:
            thief.close()
