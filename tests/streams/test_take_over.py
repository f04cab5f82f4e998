"""What a partition does with a batch that does not join its state."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from dossiers.events import Tick, encode_event
from dossiers.reference import Reference
from streams.bulk import Record
from streams.config import WorkerConfig
from streams.dossiers_agent import DossierPartitions, Owned
from streams.engine import Output, PartitionEngine
from streams.liveness import Liveness
from streams.transactions import PartitionTransactions

pytestmark = pytest.mark.asyncio
NOW = 1_700_000_000_000


class Sent:
    """Stands in for the partition's producer."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.pressed = False

    def send(self, outputs: Sequence[Output]) -> None:
        self.outputs.extend(outputs)


@pytest.fixture
def owned(tmp_path: Path) -> tuple[DossierPartitions, PartitionEngine]:
    timeline = uuid.uuid4().hex
    config = WorkerConfig("nowhere:1", timeline, 1, tmp_path)
    partitions = DossierPartitions(
        config, lambda _: Reference(), ThreadPoolExecutor(1), Liveness(60), lambda sent: None
    )
    engine = PartitionEngine(timeline, 0, lambda _: Reference(), lambda _: 0, 1)
    engine.restore([])
    partitions.owned[0] = Owned(engine, cast(PartitionTransactions, Sent()))
    return partitions, engine


def ticks(first: int, last: int) -> list[Record]:
    return [(n, None, encode_event(Tick(now=NOW + n))) for n in range(first, last + 1)]


async def test_a_batch_behind_a_gap_goes_back_once(
    owned: tuple[DossierPartitions, PartitionEngine],
) -> None:
    partitions, engine = owned
    assert await partitions.take(0, ticks(0, 4)) is None
    assert await partitions.take(0, ticks(8, 9)) == 5, "seek to the next offset"
    assert await partitions.take(0, ticks(10, 12)) is None, "still of the old place"
    assert engine.next_offset == 5
    assert await partitions.take(0, ticks(5, 9)) is None
    assert await partitions.take(0, ticks(10, 12)) is None
    assert engine.next_offset == 13


async def test_offsets_that_do_not_exist_are_passed_over(
    owned: tuple[DossierPartitions, PartitionEngine],
) -> None:
    partitions, engine = owned
    assert await partitions.take(0, ticks(3, 4)) == 0
    assert await partitions.take(0, ticks(3, 4)) is None, "the topic begins there"
    assert engine.next_offset == 5


async def test_what_is_folded_already_is_skipped(
    owned: tuple[DossierPartitions, PartitionEngine],
) -> None:
    partitions, engine = owned
    await partitions.take(0, ticks(0, 9))
    before = engine.now
    assert await partitions.take(0, ticks(2, 7)) is None
    assert (engine.next_offset, engine.now) == (10, before)


async def test_a_partition_that_was_revoked_is_not_folded(
    owned: tuple[DossierPartitions, PartitionEngine],
) -> None:
    partitions, engine = owned
    partitions.owned.clear()
    assert await partitions.take(0, ticks(0, 3)) is None
    assert engine.next_offset == 0
    assert partitions.start_of(0) is None
