"""Taking a partition over: reading back what its former owner has made durable.

All of it blocks, for seconds to minutes, and runs in threads of an executor. Progress is reported
to Liveness, which ends a worker that makes none.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from broker.newest import newest_values
from broker.partitioner import partition_of
from dossiers.wire.keys import POSITION_KEY
from dossiers.wire.reference import Reference
from dossiers.wire.topics import DOSSIERS, PARTIALS, TALLIES
from streams.agents.source_partition import new_engine
from streams.config import WorkerConfig
from streams.liveness import Liveness
from streams.partition.changelog import epoch_after, fault_of
from streams.partition.engine import PartitionEngine
from streams.tallies.merger import Merger

_log = logging.getLogger(__name__)

_REBUILD_GRACE_SECONDS = 0.0005  # a key; about 0.02 ms, times the partitions that share the lock


def restored_engine(
    config: WorkerConfig,
    reference_of: Callable[[str], Reference],
    liveness: Liveness,
    partition: int,
) -> PartitionEngine:
    """The engine of a source partition, rebuilt from committed records of its changelog.

    Its producer must be open, so that no other worker writes the changelog. Blocks; raises
    KafkaException if the broker refuses.
    """
    began = time.monotonic()
    records, _ = newest_values(
        config.kafka, DOSSIERS, partition, committed=True, progress=liveness.progress
    )
    read = time.monotonic()
    liveness.progress(grace=len(records) * _REBUILD_GRACE_SECONDS)
    engine = new_engine(config, reference_of, partition)
    engine.restore(records.items())
    if engine.state.unusable:
        engine = _without_unusable(config, reference_of, liveness, engine)
    liveness.progress()
    state = engine.state
    _log.info(
        "partition %d: %d keys read in %.1f s, rebuilt in %.1f s; epoch %d, next offset %d",
        partition, len(records), read - began, time.monotonic() - read, state.epoch,
        state.next_offset,
    )  # fmt: skip
    return engine


def _without_unusable(
    config: WorkerConfig,
    reference_of: Callable[[str], Reference],
    liveness: Liveness,
    found: PartitionEngine,
) -> PartitionEngine:
    """The same partition, from the last usable record of every key.

    Compaction keeps what was there before for a while. Without any position the partition is
    folded from its beginning, under an epoch that no state knows.
    """
    partition, unusable = found.state.partition, found.state.unusable
    key, why = next(iter(unusable.items()))
    _log.error(
        "partition %d: %d records of topic %s are skipped, the first has the key %r: %s",
        partition, len(unusable), DOSSIERS, key[:64], why,
    )  # fmt: skip
    records, _ = newest_values(
        config.kafka, DOSSIERS, partition, committed=True, progress=liveness.progress,
        takes=lambda key, value, _: not (key in unusable and fault_of(config.timeline, key, value)),
    )  # fmt: skip
    lost = POSITION_KEY in unusable and POSITION_KEY not in records
    engine = new_engine(config, reference_of, partition)
    engine.restore([] if lost else records.items())
    if lost:
        _log.error("partition %d is folded from its beginning: its position is lost", partition)
        engine.state.epoch = epoch_after(records.values())
    engine.state.skipped += len(unusable)
    return engine


def restored_merger(
    config: WorkerConfig, progress: Callable[[int], None], partition: int
) -> tuple[Merger, list[tuple[bytes, bytes]], int]:
    """The merger of a partition of partial-tallies.

    Returns it with the (key, value) records that topic tallies lacks, and the first offset that is
    not in it. Blocks; raises KafkaException if the broker refuses.
    """
    partials, end = newest_values(
        config.kafka, PARTIALS, partition, committed=False, progress=progress
    )
    # Committed: what the former owner had open never comes to readers of committed data.
    sent, _ = newest_values(config.kafka, TALLIES, partition, committed=True, progress=progress)
    merger = Merger(
        config.timeline, partition, config.partitions,
        lambda scope: partition_of(scope, config.partitions) == partition,
    )  # fmt: skip
    lacking = merger.rebuild(partials, sent)
    _log.info("tallies %d: %d scopes, %d to send again",
              partition, merger.scopes, len(lacking))  # fmt: skip
    return merger, lacking, end
