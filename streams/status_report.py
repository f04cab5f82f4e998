"""The content of a worker's status file."""

from __future__ import annotations

import os

from dossiers.wire.topics import EVENTS
from streams.agents.source_partition import SourcePartition
from streams.app import StreamApp
from streams.status import PartitionStatus, Phase, TallyStatus, WorkerStatus
from streams.tallies.merger import Merger


def phase_of(stream: StreamApp) -> Phase:
    """How far the worker is with its partitions."""
    if stream.failure.done():
        return "failed"
    if stream.rebalance.taking_over:
        return "taking-over"
    return "running" if stream.rebalance.ready else "starting"


def status_of(stream: StreamApp, phase: Phase, started_at: int, updated_at: int) -> WorkerStatus:
    """The status of the worker that runs ``stream``; times are wall time (ms)."""
    failure = stream.failure.result() if stream.failure.done() else None
    return WorkerStatus(
        instance=stream.config.instance,
        pid=os.getpid(),
        timeline=stream.config.timeline,
        phase=phase,
        started_at=started_at,
        updated_at=updated_at,
        partitions={
            str(p): _partition(owned, stream) for p, owned in sorted(stream.dossiers.owned.items())
        },
        tallies={
            str(p): _tallies(owned.merger) for p, owned in sorted(stream.tallies.owned.items())
        },
        queues=stream.queues(),
        error=str(failure) if failure is not None else "",
    )


def _partition(owned: SourcePartition, stream: StreamApp) -> PartitionStatus:
    state = owned.engine.state
    return PartitionStatus(
        next_offset=state.next_offset,
        now=state.now,
        epoch=state.epoch,
        events=state.events,
        duplicates=state.duplicates,
        dead_letters=state.dead_letters,
        dossiers=len(state.dossiers),
        lag=stream.lag(EVENTS, state.partition, state.next_offset),
    )


def _tallies(merger: Merger) -> TallyStatus:
    return TallyStatus(scopes=merger.scopes, watermark=merger.watermark, ignored=merger.ignored)
