"""One partition's transactions on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from broker.newest import newest_values
from broker.partitioner import partition_of
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.errors import TransactionError
from streams.partition.outputs import Output
from tests.support import wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.asyncio


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def config(kafka: TestKafka, tmp_path: Path) -> WorkerConfig:
    return WorkerConfig(kafka.bootstrap, kafka.unique("line"), 1, tmp_path)


@pytest.fixture
def topic(kafka: TestKafka) -> str:
    name = kafka.unique("effects")
    kafka.create_topics(name)
    return name


def closed(topic: str, value: bytes) -> Callable[[], list[Output]]:
    """What ends a transaction."""
    return lambda: [Output(topic, 0, b"p", value)]


async def opened(config: WorkerConfig, executor: ThreadPoolExecutor) -> PartitionTransactions:
    transactions = PartitionTransactions(config, 0, executor)
    await asyncio.get_running_loop().run_in_executor(executor, transactions.open)
    return transactions


def values(kafka: TestKafka, topic: str, *, committed: bool) -> list[bytes | None]:
    return [message.value() for message in kafka.read_all(topic, committed=committed)]


async def test_seen_at_once_and_final_with_the_commit(
    kafka: TestKafka, config: WorkerConfig, executor: ThreadPoolExecutor, topic: str
) -> None:
    transactions = await opened(config, executor)
    transactions.send([Output(topic, 0, b"k", b"1"), Output(topic, None, b"k", b"2")])
    wait_for(lambda: len(values(kafka, topic, committed=False)) == 2)
    assert values(kafka, topic, committed=True) == []
    committing = asyncio.create_task(transactions.commit(closed(topic, b"position")))
    await asyncio.sleep(0)  # the commit is under way, in its thread
    transactions.send([Output(topic, 0, b"k", b"3")])
    await committing
    assert values(kafka, topic, committed=True) == [b"1", b"2", b"position"]
    wait_for(lambda: values(kafka, topic, committed=False)[-1] == b"3")
    await transactions.close()
    assert values(kafka, topic, committed=True) == [b"1", b"2", b"position"], "aborted"


async def test_a_successor_fences_and_ends_what_was_open(
    kafka: TestKafka, config: WorkerConfig, executor: ThreadPoolExecutor, topic: str
) -> None:
    former = await opened(config, executor)
    former.send([Output(topic, 0, b"k", b"former")])
    wait_for(lambda: values(kafka, topic, committed=False) == [b"former"])
    latter = await opened(config, executor)
    latter.send([Output(topic, 0, b"k", b"latter")])
    await latter.commit(closed(topic, b"position"))
    former.send([Output(topic, 0, b"k", b"zombie")])
    with pytest.raises(TransactionError, match="another worker has taken the partition over"):
        await former.commit(closed(topic, b"zombie"))
    with pytest.raises(TransactionError):
        former.send([Output(topic, 0, b"k", b"again")])
    assert values(kafka, topic, committed=True) == [b"latter", b"position"]
    assert b"zombie" not in values(kafka, topic, committed=False)
    await former.close()
    await latter.close()


async def test_reading_back_gives_the_newest_of_every_key_that_is_committed(
    config: WorkerConfig, executor: ThreadPoolExecutor, topic: str
) -> None:
    transactions = await opened(config, executor)
    for number in range(3):
        transactions.send([Output(topic, 0, b"a", b"%d" % number), Output(topic, 0, b"b", None)])
        await transactions.commit(closed(topic, b"%d" % number))
    transactions.send([Output(topic, 0, b"a", b"open")])
    await transactions.close()
    counts: list[int] = []
    loop = asyncio.get_running_loop()
    latest, end = await loop.run_in_executor(
        executor,
        lambda: newest_values(config.kafka, topic, 0, committed=True, progress=counts.append),
    )
    assert latest == {b"a": b"2", b"b": None, b"p": b"2"}
    assert end >= 12, "markers and what was aborted have offsets, too"
    assert sum(counts) >= 9


async def test_a_scope_lies_where_the_producers_partitioner_puts_it(
    kafka: TestKafka, config: WorkerConfig, executor: ThreadPoolExecutor
) -> None:
    topic = kafka.unique("scopes")
    kafka.create_topics(topic, partitions=12)
    scopes = ["all", "unit:u-1", "officer:Nguyễn Văn An", *(f"unit:{n}" for n in range(40))]
    transactions = await opened(config, executor)
    transactions.send([Output(topic, None, scope.encode(), b"") for scope in scopes])
    await transactions.commit(closed(topic, b""))
    found = {
        key.decode(): message.partition()
        for message in kafka.read_all(topic)
        if (key := message.key()) and key != b"p"
    }
    assert found == {scope: partition_of(scope, 12) for scope in scopes}
    await transactions.close()
