"""What a worker's own partitions send is merged without the way through the topic."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import msgspec
import pytest

from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.keys import partial_key
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally, Tally
from dossiers.wire.topics import PARTIALS
from streams.agents.tallies import TalliesAgent, TallyPartition
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.outputs import Output
from streams.tallies.merger import Merger

TIMELINE = uuid.UUID(int=7).hex
OURS, THEIRS = 0, 1  # source partitions


class Sent:
    """Stands for a partition's transactions: the newest sum that went out for each key."""

    def __init__(self) -> None:
        self.sums: list[int] = []
        self.saturated = False

    def send(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            tally = msgspec.json.decode(output.value or b"", type=Tally)
            self.sums.append(tally.vector[FIELD["open"]])


def partial(source: int, offset: int, count: int) -> Output:
    vector = [0] * WIDTH
    vector[FIELD["open"]] = count
    value = PartialTally(
        timeline=TIMELINE, scope="all", partition=source, epoch=1, offset=offset, now=1,
        vector=tuple(vector),
    )  # fmt: skip
    return Output(PARTIALS, 0, partial_key("all", source), msgspec.json.encode(value))


def from_topic(*outputs: Output) -> list[KafkaRecord]:
    return [(offset, each.key, each.value) for offset, each in enumerate(outputs)]


def owned(sent: Sent) -> TallyPartition:
    return TallyPartition(Merger(TIMELINE, 0, 2), cast(PartitionTransactions, sent), 0)


def tallies(tmp_path: Path) -> tuple[TalliesAgent, Sent]:
    partitions = TalliesAgent(
        WorkerConfig("nowhere:1", TIMELINE, 2, tmp_path), ThreadPoolExecutor(1), Liveness(60), {},
        Reference,
    )  # fmt: skip
    sent = Sent()
    partitions.owned[0] = TallyPartition(
        Merger(TIMELINE, 0, 2), cast(PartitionTransactions, sent), 0
    )
    return partitions, sent


def test_own_tallies_are_merged_at_once_and_those_of_others_from_the_topic(tmp_path: Path) -> None:
    partitions, sent = tallies(tmp_path)
    partitions.merge_from([OURS], [partial(OURS, 1, 10)])
    partitions.merge_locally([partial(OURS, 2, 11)])
    assert sent.sums == [10, 11]
    came_back = from_topic(partial(OURS, 1, 10), partial(THEIRS, 9, 100), partial(OURS, 2, 11))
    asyncio.run(partitions.take(0, came_back, more=False))
    assert sent.sums == [10, 11, 111]
    assert partitions.start_of(0) == len(came_back)


def test_what_comes_back_late_hides_nothing_newer(tmp_path: Path) -> None:
    partitions, sent = tallies(tmp_path)
    partitions.merge_from([OURS], [])
    asyncio.run(partitions.take(0, from_topic(partial(OURS, 1, 10)), more=True))
    partitions.merge_locally([partial(OURS, 2, 11)])
    asyncio.run(partitions.take(0, from_topic(partial(OURS, 1, 10)), more=False))
    assert sent.sums == [11]


def test_sums_wait_for_the_next_batch_only_while_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.agents.tallies.ROUND_SECONDS", 3_600.0)
    partitions, sent = tallies(tmp_path)
    for offset, more in ((1, False), (2, True), (3, True), (4, False)):
        batch = from_topic(partial(THEIRS, offset, offset))
        asyncio.run(partitions.take(0, batch, more=more))
    assert sent.sums == [1, 4]


def test_after_a_rebalance_the_topic_counts_again(tmp_path: Path) -> None:
    partitions, sent = tallies(tmp_path)
    partitions.merge_from([OURS], [partial(OURS, 1, 10)])
    asyncio.run(partitions.drop())
    partitions.owned[0] = TallyPartition(
        Merger(TIMELINE, 0, 2), cast(PartitionTransactions, sent), 0
    )
    partitions.merge_from([THEIRS], [])
    asyncio.run(partitions.take(0, from_topic(partial(OURS, 3, 12)), more=False))
    assert sent.sums == [10, 12]
