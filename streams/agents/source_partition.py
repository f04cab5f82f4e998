"""One partition of dossier-events that this worker owns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from broker.partitioner import partition_of
from dossiers.wire.reference import Reference
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.partition.engine import PartitionEngine


@dataclass
class SourcePartition:
    """What folds it, and what makes its outputs durable.

    ``gap``: the first offset behind a gap, while the records before it are fetched again.
    """

    engine: PartitionEngine
    transactions: PartitionTransactions
    gap: int | None = None

    @property
    def number(self) -> int:
        """Of the partition."""
        return self.engine.state.partition


def new_engine(
    config: WorkerConfig, reference_of: Callable[[str], Reference], partition: int
) -> PartitionEngine:
    """An engine as the worker's settings want it; it is not restored yet."""
    return PartitionEngine(
        config.timeline,
        partition,
        reference_of,
        lambda scope: partition_of(scope, config.partitions),
        config.partitions,
        config.bound,
        config.form,
    )
