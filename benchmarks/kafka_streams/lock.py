"""Writes jgo.lock.toml anew: the jars of Kafka Streams and of ecj with their SHA-256.

Run as ``python -m benchmarks.kafka_streams.lock`` after a change of COORDINATES; it needs the
network. Measuring never resolves a version: it only reads the file.
"""

from __future__ import annotations

from pathlib import Path

from infra.kafka.lock import write_lock

LOCK_FILE = Path(__file__).with_name("jgo.lock.toml")

COORDINATES = (
    "org.apache.kafka:kafka-streams:4.2.1",
    "org.apache.kafka:kafka-clients:4.2.1",
    "org.slf4j:slf4j-nop:1.7.36",
    "org.eclipse.jdt:ecj:3.43.0",
)

if __name__ == "__main__":
    write_lock(LOCK_FILE, "kafka-streams", COORDINATES)
