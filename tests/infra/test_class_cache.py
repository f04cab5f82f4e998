"""The broker starts with prepared classes where they fit, and without them otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from broker.kafka import Kafka
from infra.kafka import class_cache
from infra.kafka.broker import EmbeddedKafka
from infra.kafka.jars import classpath
from infra.kafka.java import Java, find_java
from infra.kafka.training import exercise, make_cache
from tests.support.kafka import TestKafka


@pytest.fixture
def jars(tmp_path: Path) -> list[Path]:
    jar = tmp_path / "one.jar"
    jar.write_bytes(b"1")
    return [jar]


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another place for the packages, where there is no cache."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "packages"))
    return tmp_path / "packages"


def test_it_is_used_where_it_is_and_only_for_these_jars(prefix: Path, jars: list[Path]) -> None:
    java = find_java()
    assert class_cache.with_cache(java, jars) == java
    file = class_cache.cache_file(java, jars)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    assert f"-XX:AOTCache={file}" in class_cache.with_cache(java, jars).options
    os.utime(jars[0], (1, 1))  # fetched anew: the JVM would refuse the cache
    assert class_cache.with_cache(java, jars) == java


def test_a_java_of_the_machine_goes_without(prefix: Path, jars: list[Path]) -> None:
    java = Java(prefix / "bin" / "java")
    assert class_cache.with_cache(java, jars) == java


def test_a_broker_starts_with_a_cache_that_is_damaged(prefix: Path, tmp_path: Path) -> None:
    file = class_cache.cache_file(find_java(), classpath())
    file.parent.mkdir(parents=True)
    file.write_bytes(b"half a file")
    with EmbeddedKafka(tmp_path / "state") as broker:
        assert broker.pid


def test_where_it_cannot_be_made_nothing_else_fails(prefix: Path) -> None:
    prefix.write_text("a file where the folder should be")
    assert make_cache() is False


def test_what_makes_the_cache_is_what_kafka_can_do(kafka: TestKafka) -> None:
    exercise(Kafka(kafka.bootstrap, kafka.login))
    (record,) = kafka.read_all("training")
    assert record.value() == b"value"


def test_setup_has_made_one(tmp_path: Path) -> None:
    """`make setup` ran before these tests; elsewhere they say so and go on."""
    java = find_java()
    if class_cache.with_cache(java, classpath()) == java:
        pytest.skip(f"{sys.prefix} was not set up by `make setup`: there is no cache")
    with EmbeddedKafka(tmp_path) as broker:
        assert broker.pid
    assert "aot" not in broker.log_file.read_text()
