"""The product's whole fold (streams.partition.engine) in different hosts, one a file.

``python -m benchmarks.fold HOST FOLD_JOB`` runs one of them in this process. All hosts run the same
PartitionEngine; what differs is who reads the events, hands them over and sends the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from dossiers.wire.reference import Reference, decode_reference
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output

NAMES = ("bare", "ours", "quix", "bytewax_")
BATCH = 500  # records at most, as our worker's bulk delivery has them

Record = tuple[int, bytes | None, bytes | None]  # offset, key, value


class FoldJob(msgspec.Struct, frozen=True):
    """One run. ``reference``: file with the reference data; ``end``: now (ms) of the last tick."""

    name: str
    bootstrap: str
    timeline: str
    partitions: int
    reference: str
    folder: str
    end: int
    commit_ms: int = 1_000


class Host(Protocol):
    """What runs the fold."""

    label: str
    environment: Literal["product", "peers"]

    def run(self, job: FoldJob) -> None:
        """Run in this process until it is terminated. Effects are durable: acks=all."""


def load(name: str) -> Host:
    """The host of ``benchmarks/fold/<name>.py``."""
    host: Host = import_module(f"benchmarks.fold.{name}").HOST
    return host


def process(engine: PartitionEngine, records: list[Record]) -> Iterator[Output]:
    """The outputs of any number of records, folded in batches of the same size in every host.

    Larger batches would be less work: a tally that changes often is sent once a batch.
    """
    for start in range(0, len(records), BATCH):
        yield from engine.process(records[start : start + BATCH])


def engines(job: FoldJob, partition_of: Callable[[str, int], int]) -> list[PartitionEngine]:
    """A fresh engine for each partition."""
    reference = decode_reference(Path(job.reference).read_bytes())
    return fresh_engines(job.timeline, job.partitions, reference, partition_of)


def fresh_engines(
    timeline: str,
    partitions: int,
    reference: Reference,
    partition_of: Callable[[str, int], int],
) -> list[PartitionEngine]:
    """Engines of an empty timeline, one a partition."""
    return [
        PartitionEngine(
            timeline,
            partition,
            lambda _hash: reference,
            lambda scope: partition_of(scope, partitions),
            partitions,
        )
        for partition in range(partitions)
    ]
