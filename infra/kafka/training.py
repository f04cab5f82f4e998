"""One short life of a broker, so that its JVM writes the cache of classes for all later ones."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import NewTopic

from broker.kafka import Kafka
from infra.kafka.class_cache import cache_file
from infra.kafka.embedded import prepare, wait_ready
from infra.kafka.errors import EmbeddedKafkaError
from infra.kafka.jars import Progress, classpath
from infra.kafka.java import Java, find_java
from infra.process import tied

_START_SECONDS = 120.0
_STOP_SECONDS = 300.0
_TOPIC = "training"


def make_cache(progress: Progress | None = None) -> bool:
    """Write the cache unless it is there; whether there is one now.

    False if Java, the folder or the machine does not allow it: that costs time, nothing else.
    Raises EmbeddedKafkaError if there is no Java, or a jar is lacking.
    """
    java = find_java()
    try:
        file = cache_file(java, classpath())
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    if file.is_file() or not java.bundled:
        return file.is_file()
    if progress:
        progress("Preparing Kafka's classes, so that it starts faster (only this once) ...")
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=file.parent) as name:
        made = Path(name) / "classes.aot"
        prepare(Path(name))  # the storage is formatted before: that is another program
        try:
            _live(Path(name), replace(java, options=(*java.options, f"-XX:AOTCacheOutput={made}")))
        except (EmbeddedKafkaError, KafkaException, OSError, subprocess.TimeoutExpired) as error:
            if progress:
                progress(f"That did not work ({error}). Kafka will start without it, more slowly.")
        if not made.is_file():
            return False
        for old in file.parent.glob("kafka-*.aot"):
            old.unlink()
        made.replace(file)
    return True


def _live(folder: Path, java: Java) -> None:
    command = prepare(folder, java=java)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            tied(command.argv), env=command.env, cwd=command.folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_ready(
                command.bootstrap,
                _START_SECONDS,
                login=command.login,
                alive=lambda: process.poll() is None,
            )
            exercise(Kafka(command.bootstrap, command.login))
            process.terminate()
            process.wait(_STOP_SECONDS)  # the cache is written as the JVM ends
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def exercise(kafka: Kafka) -> None:
    """What every stack does: a transaction, and a consumer of a group that reads it."""
    admin = kafka.admin()  # held: without its client no answer comes
    admin.create_topics([NewTopic(_TOPIC, 1)])[_TOPIC].result(_START_SECONDS)
    producer = kafka.producer({"transactional.id": _TOPIC})
    producer.init_transactions(_START_SECONDS)
    producer.begin_transaction()
    producer.produce(_TOPIC, b"value", b"key")
    producer.commit_transaction(_START_SECONDS)
    consumer = kafka.consumer({"group.id": _TOPIC, "enable.partition.eof": False})
    try:
        consumer.subscribe([_TOPIC])
        consumer.poll(_START_SECONDS)
    finally:
        consumer.close()
