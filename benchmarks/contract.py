"""What an engine must offer to be measured on the small job.

An engine is one file in ``benchmarks/peers``. The harness creates its topics, starts it in a
process of its own, waits until all tallies are out, stops it and reads its result from Kafka.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

import msgspec

from benchmarks import small_job


class Job(msgspec.Struct, frozen=True):
    """One run of one engine, handed to its process as JSON.

    ``name`` is new for each run and prefixes everything the engine owns: consumer group, topics,
    files under ``folder``. ``commit_ms``: all engines commit that often.
    """

    name: str
    bootstrap: str
    events: str
    partitions: int
    folder: str
    commit_ms: int = 1_000

    @property
    def tallies(self) -> str:
        """Topic of the output, one record an event."""
        return f"{self.name}-tallies"


class Engine(ABC):
    """One engine. Subclasses import their library in ``run`` only: the harness has none of them."""

    label = ""
    environment: Literal["product", "peers"] = "peers"
    share = 1.0  # of the events of the others; below 1 if an engine would take minutes
    note = ""

    def changelog(self, job: Job) -> str:
        """Topic in which this engine keeps its states."""
        return f"{job.name}-changelog"

    @abstractmethod
    def run(self, job: Job) -> None:
        """Run in this process until it is terminated. Effects are durable: acks=all."""

    def state(self, key: bytes, value: bytes) -> tuple[str, small_job.State] | None:
        """A changelog record as dossier and state; None for the engine's own bookkeeping."""
        return key.decode(), small_job.decode_state(value)


PRODUCER = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 20,
    "batch.size": 1_048_576,
    "compression.type": "lz4",
    "queue.buffering.max.messages": 1_000_000,
    "partitioner": "murmur2_random",
}
"""librdkafka producer settings that every engine on librdkafka runs with."""

CONSUMER = {
    "auto.offset.reset": "earliest",
    "fetch.max.bytes": 52_428_800,
    "max.partition.fetch.bytes": 1_048_576,
    "queued.min.messages": 100_000,
}
