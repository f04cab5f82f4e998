"""What a partition does with a batch that does not join its state."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from dossiers.wire.events import Tick, encode_event
from dossiers.wire.reference import Reference
from streams.agents.dossiers import DossiersAgent
from streams.agents.source_partition import SourcePartition
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.streams.clock import HandClock

NOW = 1_700_000_000_000


class Sent:
    """Stands in for the partition's producer."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.saturated = False

    def send(self, outputs: Sequence[Output]) -> None:
        self.outputs.extend(outputs)


@pytest.fixture
def owned(tmp_path: Path) -> tuple[DossiersAgent, PartitionEngine]:
    timeline = uuid.uuid4().hex
    config = WorkerConfig("nowhere:1", timeline, 1, tmp_path)
    partitions = DossiersAgent(
        config,
        lambda _: Reference(),
        ThreadPoolExecutor(1),
        Liveness(60),
        lambda sent: None,
        HandClock(),
    )
    engine = PartitionEngine(timeline, 0, lambda _: Reference(), lambda _: 0, 1)
    engine.restore([])
    partitions.owned[0] = SourcePartition(engine, cast(PartitionTransactions, Sent()))
    return partitions, engine


def ticks(first: int, last: int) -> list[KafkaRecord]:
    return [(n, None, encode_event(Tick(now=NOW + n))) for n in range(first, last + 1)]


@pytest.mark.asyncio
async def test_a_batch_behind_a_gap_goes_back_once(
    owned: tuple[DossiersAgent, PartitionEngine],
) -> None:
    partitions, engine = owned
    assert await partitions.take(0, ticks(0, 4)) is None
    assert await partitions.take(0, ticks(8, 9)) == 5, "seek to the next offset"
    assert await partitions.take(0, ticks(10, 12)) is None, "still of the old place"
    assert engine.state.next_offset == 5
    assert await partitions.take(0, ticks(5, 9)) is None
    assert await partitions.take(0, ticks(10, 12)) is None
    assert engine.state.next_offset == 13


@pytest.mark.asyncio
async def test_offsets_that_do_not_exist_are_passed_over(
    owned: tuple[DossiersAgent, PartitionEngine],
) -> None:
    partitions, engine = owned
    assert await partitions.take(0, ticks(3, 4)) == 0
    assert await partitions.take(0, ticks(3, 4)) is None, "the topic begins there"
    assert engine.state.next_offset == 5


@pytest.mark.asyncio
async def test_what_is_folded_already_is_skipped(
    owned: tuple[DossiersAgent, PartitionEngine],
) -> None:
    partitions, engine = owned
    await partitions.take(0, ticks(0, 9))
    before = engine.state.now
    assert await partitions.take(0, ticks(2, 7)) is None
    assert (engine.state.next_offset, engine.state.now) == (10, before)


@pytest.mark.asyncio
async def test_a_long_batch_gives_the_loop_back_with_all_it_has_folded_sent(
    owned: tuple[DossiersAgent, PartitionEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.agents.batches.SLICE_SECONDS", -1.0)
    partitions, engine = owned
    refused: list[KafkaRecord] = [(n, b"d", b"{") for n in range(9, 40)]
    taking = asyncio.ensure_future(partitions.take(0, [*ticks(0, 4), *refused]))
    await asyncio.sleep(0)
    assert 0 < engine.state.dead_letters < 31, "the rest waits"
    assert engine.drain() == [], "a commit would cover what was folded: it was sent"
    assert await taking is None
    assert engine.state.next_offset == 40
    taking = asyncio.ensure_future(partitions.take(0, ticks(40, 79)))
    await asyncio.sleep(0)
    partitions.owned.clear()
    assert await taking is None
    assert engine.state.next_offset < 80, "its next owner folds the rest"


@pytest.mark.asyncio
async def test_a_partition_that_was_revoked_is_not_folded(
    owned: tuple[DossiersAgent, PartitionEngine],
) -> None:
    partitions, engine = owned
    partitions.owned.clear()
    assert await partitions.take(0, ticks(0, 3)) is None
    assert engine.state.next_offset == 0
    assert partitions.start_of(0) is None


@pytest.mark.asyncio
async def test_partitions_that_are_due_at_once_send_their_tallies_together(tmp_path: Path) -> None:
    sent: list[list[Output]] = []
    clock = HandClock()
    timeline = uuid.uuid4().hex
    partitions = DossiersAgent(
        WorkerConfig("nowhere:1", timeline, 2, tmp_path), lambda _: Reference(),
        ThreadPoolExecutor(1), Liveness(60), lambda outputs: sent.append(list(outputs)), clock,
    )  # fmt: skip
    for number in (0, 1):
        engine = PartitionEngine(timeline, number, lambda _: Reference(), lambda _: 0, 2)
        engine.restore([])
        partitions.owned[number] = SourcePartition(engine, cast(PartitionTransactions, Sent()))
    await partitions.take(0, ticks(0, 0))
    await partitions.take(1, ticks(0, 0))
    clock.turn(0)
    assert [sorted({output.key[-1:] for output in each}) for each in sent] == [[b"0", b"1"]]
