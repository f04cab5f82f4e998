"""Conformance of bulk delivery with the pinned Faust: an upgrade has to pass this."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from faust.types import TP

from streams.delivery.bulk import BULK_RECORDS
from streams.kafka_record import KafkaRecord
from tests.streams.rig import Rig, fill, group_offset, running
from tests.support import wait_for_async
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.asyncio


@pytest.fixture
def topic(kafka: TestKafka) -> str:
    name = kafka.unique("bulk")
    kafka.create_topics(name, partitions=2)
    return name


async def test_order_without_gap_or_loss(kafka: TestKafka, topic: str, tmp_path: Path) -> None:
    for partition in (0, 1):
        fill(kafka, topic, partition, 3_000)
    group = kafka.unique("group")
    async with running(kafka, topic, tmp_path, group=group) as rig:
        await wait_for_async(lambda: rig.counts() >= 6_000)
        fill(kafka, topic, 1, 7)
        await wait_for_async(lambda: rig.counts() >= 6_007)
        await wait_for_async(lambda: rig.commits and rig.commits[-1].get(1) == 3_007)
    assert rig.seen == {0: list(range(3_000)), 1: list(range(3_007))}
    assert max(rig.sizes) == BULK_RECORDS
    assert group_offset(kafka, group, topic, 0) == 3_000
    assert group_offset(kafka, group, topic, 1) == 3_007


async def test_holes_in_the_offsets_hold_nothing_up(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    producer = Producer(
        {
            "log_level": 0,
            "bootstrap.servers": kafka.bootstrap,
            "transactional.id": kafka.unique("hole"),
        }
    )
    producer.init_transactions(20)
    for _ in range(5):  # each commit leaves a marker, which has an offset and is no record
        producer.begin_transaction()
        for number in range(3):
            producer.produce(topic, b"%d" % number, partition=0)
        producer.commit_transaction(20)
    async with running(kafka, topic, tmp_path, group=kafka.unique("group")) as rig:
        await wait_for_async(lambda: rig.commits and rig.commits[-1].get(0) == 19)
    assert rig.seen[0] == [base + i for base in range(0, 20, 4) for i in range(3)]


async def test_nothing_is_committed_past_work_in_flight(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    fill(kafka, topic, 0, 1_500)
    group = kafka.unique("group")
    async with running(kafka, topic, tmp_path, group=group, acks=False) as rig:
        await wait_for_async(lambda: len(rig.held) == 3)
        first, second, third = rig.held
        rig.seen[0] = list(range(1_500))  # handled, though acked out of order below
        third.ack()
        second.ack()
        await rig.consumer.commit()
        assert rig.commits == []
        first.ack()
        await wait_for_async(lambda: rig.commits)
        assert rig.commits[0] == {0: 1_500}
    assert group_offset(kafka, group, topic, 0) == 1_500


async def test_records_of_a_paused_partition_are_not_lost(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    for partition in (0, 1):
        fill(kafka, topic, partition, 10_000)
    rigs: list[Rig] = []
    paused = asyncio.Event()

    async def pause_once(tp: TP, records: list[KafkaRecord]) -> None:
        if not paused.is_set() and tp.partition == 0:
            rigs[0].consumer.pause_partitions({tp})
            paused.set()

    async with running(
        kafka, topic, tmp_path, group=kafka.unique("group"), handler=pause_once
    ) as rig:
        rigs.append(rig)
        await asyncio.wait_for(paused.wait(), 20)
        await wait_for_async(lambda: len(rig.seen[1]) == 10_000)
        assert len(rig.seen[0]) < 10_000
        rig.consumer.resume_partitions({rig.tp(0)})
        await wait_for_async(lambda: len(rig.seen[0]) == 10_000)
    assert rig.seen == {0: list(range(10_000)), 1: list(range(10_000))}


async def test_a_seek_in_mid_batch_goes_there(kafka: TestKafka, topic: str, tmp_path: Path) -> None:
    fill(kafka, topic, 0, 4_000)
    rigs: list[Rig] = []
    done = asyncio.Event()

    async def seek_once(tp: TP, records: list[KafkaRecord]) -> None:
        if not done.is_set() and records[0][0] <= 1_200 <= records[-1][0]:
            done.set()
            await rigs[0].consumer.seek_wait({tp: 250})

    async with running(
        kafka, topic, tmp_path, group=kafka.unique("group"), handler=seek_once
    ) as rig:
        rigs.append(rig)
        await wait_for_async(lambda: rig.seen[0].count(250) == 2 and rig.seen[0][-1] == 3_999)
        seen = rig.seen[0]
        back = seen.index(250, seen.index(250) + 1)
        assert seen[:back] == list(range(back))
        assert seen[back:] == list(range(250, 4_000))
        await wait_for_async(lambda: rig.commits and rig.commits[-1].get(0) == 4_000)


async def test_the_owner_of_the_state_says_where_to_start(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    fill(kafka, topic, 0, 2_000)
    group = kafka.unique("group")
    async with running(kafka, topic, tmp_path, group=group) as rig:
        await wait_for_async(lambda: rig.commits and rig.commits[-1].get(0) == 2_000)
    for start in (1_234, 0):  # both before what Faust has committed
        async with running(kafka, topic, tmp_path, group=group, starts={0: start}) as again:
            await wait_for_async(lambda: again.next_offset(0) == 2_000)
            await wait_for_async(lambda: again.commits and again.commits[-1].get(0) == 2_000)
        assert again.seen[0] == list(range(start, 2_000))


async def test_a_rebalance_loses_nothing_and_repeats_nothing(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    group = kafka.unique("group")
    handled: dict[int, list[int]] = {0: [], 1: []}
    starts: dict[int, int] = {}  # shared, as the position in a changelog would be

    async def handle(tp: TP, records: list[KafkaRecord]) -> None:
        start = starts.get(tp.partition, 0)
        assert records[0][0] <= start, "a gap"
        handled[tp.partition] += [offset for offset, _, _ in records if offset >= start]
        starts[tp.partition] = max(start, records[-1][0] + 1)

    shared: dict[str, Any] = {"group": group, "handler": handle, "starts": starts}
    async with (
        running(kafka, topic, tmp_path, instance="one", **shared) as first,
        running(kafka, topic, tmp_path, instance="two", **shared) as second,
    ):
        produced = 0
        while not (first.counts() and second.counts() and produced > 10_000):
            for partition in (0, 1):
                await asyncio.to_thread(fill, kafka, topic, partition, 1_000)
            produced += 1_000
            assert produced < 1_000_000, "the second never got a partition"
        await wait_for_async(lambda: starts == {0: produced, 1: produced})
    assert handled == {0: list(range(produced)), 1: list(range(produced))}
    assert not first.errors
    assert not second.errors


async def test_the_first_failed_commit_is_the_last(
    kafka: TestKafka, topic: str, tmp_path: Path
) -> None:
    fill(kafka, topic, 0, 100)
    group = kafka.unique("group")
    async with running(kafka, topic, tmp_path, group=group) as rig:
        await wait_for_async(lambda: rig.commits)
        rig.refuse = RuntimeError("the broker says no")
        fill(kafka, topic, 0, 100)
        await wait_for_async(lambda: rig.errors)
        rig.refuse = None
        fill(kafka, topic, 0, 100)
        await wait_for_async(lambda: rig.next_offset(0) == 300)
        await rig.consumer.commit()
    assert [str(error) for error in rig.errors] == ["the broker says no"]
    assert rig.commits == [{0: 100}]
    assert group_offset(kafka, group, topic, 0) == 100
