"""What the app relies on of either agent, whatever it does with its records."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import current_thread
from typing import Any, cast

import msgspec
import pytest

from dossiers.tallies.vector import WIDTH
from dossiers.wire.events import Tick, encode_event
from dossiers.wire.keys import POSITION_KEY, partial_key
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally
from dossiers.wire.topics import PARTIALS
from streams.agents.contract import PartitionAgent
from streams.agents.dossiers import DossiersAgent
from streams.agents.tallies import TalliesAgent
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.outputs import Output
from tests.streams.clock import HandClock

pytestmark = pytest.mark.asyncio
NOW = 1_700_000_000_000
TIMELINE = uuid.UUID(int=5).hex
PARTITION = 3


class Sent:
    """Stands in for a partition's transactions, which are committed at once."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.left = 0  # polls until the broker has taken enough
        self.commits = 0
        self.closed = False

    def send(self, outputs: Sequence[Output]) -> None:
        self.outputs.extend(outputs)

    async def commit(self, closing: Callable[[], Sequence[Output]]) -> None:
        self.outputs.extend(closing())
        self.commits += 1

    async def close(self) -> None:
        self.closed = True

    @property
    def saturated(self) -> bool:
        return self.left > 0

    def poll(self) -> None:
        self.left -= 1


@dataclass
class Case:
    """One agent, with a partition of which topic partial-tallies has one scope, and the others
    nothing. ``records``: a batch that it takes."""

    agent: PartitionAgent
    sent: Sent
    records: Callable[[int, int], list[KafkaRecord]]
    owned: dict[int, Any]
    clock: HandClock
    threads: list[str] = field(default_factory=list)


def ticks(first: int, last: int) -> list[KafkaRecord]:
    return [(n, None, encode_event(Tick(now=NOW + n))) for n in range(first, last + 1)]


def partials(first: int, last: int) -> list[KafkaRecord]:
    return [
        (n, partial_key("all", 0), msgspec.json.encode(PartialTally(
            timeline=TIMELINE, scope="all", partition=0, epoch=1, offset=n, now=NOW,
            vector=(n,) * WIDTH,
        )))
        for n in range(first, last + 1)
    ]  # fmt: skip


@pytest.fixture(params=["dossiers", "tallies"])
def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Case]:
    config, sent, clock = WorkerConfig("nowhere:1", TIMELINE, 5, tmp_path), Sent(), HandClock()
    opened = {PARTITION: cast(PartitionTransactions, sent)}
    liveness = Liveness(60)
    with ThreadPoolExecutor(2, "executor") as executor:
        if request.param == "dossiers":
            dossiers = DossiersAgent(
                config, lambda _: Reference(), executor, liveness, lambda _: None, clock
            )
            dossiers.transactions.update(opened)
            found = Case(dossiers, sent, ticks, dossiers.owned, clock)
        else:
            tallies = TalliesAgent(config, executor, liveness, opened, Reference)
            found = Case(tallies, sent, partials, tallies.owned, clock)

        def read(kafka: Any, topic: str, *_: Any, **__: Any) -> tuple[dict[bytes, bytes], int]:
            found.threads.append(current_thread().name)
            ((_offset, key, value),) = partials(0, 0)
            return {key or b"": value or b""} if topic == PARTIALS else {}, 0

        monkeypatch.setattr("streams.agents.take_over.newest_values", read)
        yield found


async def test_it_reads_in_threads_of_the_executor(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    assert case.threads
    assert all(name.startswith("executor") for name in case.threads)


async def test_it_returns_what_it_has_sent_first(case: Case) -> None:
    returned = await case.agent.take_over([PARTITION])
    assert returned
    assert case.sent.outputs[: len(returned)] == returned
    assert await case.agent.take_over([PARTITION]) == [], "it is owned already"


async def test_it_starts_behind_what_it_has_taken(case: Case) -> None:
    assert case.agent.start_of(PARTITION) is None
    await case.agent.take_over([PARTITION])
    assert case.agent.start_of(PARTITION) == 0
    assert await case.agent.take(PARTITION, case.records(0, 4)) is None
    assert case.agent.start_of(PARTITION) == 5


async def test_it_sends_what_it_has_taken_before_it_returns(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    del case.sent.outputs[:]
    bad = [(0, b"d", b"{"), *case.records(1, 4)]
    await case.agent.take(PARTITION, bad)
    assert case.sent.outputs, "a dead letter, or a sum"


async def test_it_takes_nothing_of_what_it_does_not_own(case: Case) -> None:
    assert await case.agent.take(PARTITION, case.records(0, 4)) is None
    assert case.sent.outputs == []
    assert case.agent.start_of(PARTITION) is None


async def test_it_waits_under_backpressure_and_lets_the_loop_run(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    case.sent.left = 3
    taking = asyncio.ensure_future(case.agent.take(PARTITION, case.records(0, 4)))
    await asyncio.sleep(0)
    assert not taking.done()
    assert await taking is None
    assert case.sent.left == 0


async def test_backpressure_ends_with_the_partition(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    case.sent.left = 10**9
    taking = asyncio.ensure_future(case.agent.take(PARTITION, case.records(0, 4)))
    await asyncio.sleep(0)
    await case.agent.drop()
    assert await asyncio.wait_for(taking, 10) is None


async def test_it_forgets_all_it_has_dropped(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    await case.agent.take(PARTITION, case.records(0, 4))
    await case.agent.drop()
    assert case.owned == {}
    assert case.agent.start_of(PARTITION) is None
    del case.sent.outputs[:]
    assert await case.agent.take(PARTITION, case.records(5, 9)) is None
    assert case.sent.outputs == []


@pytest.mark.parametrize("case", ["dossiers"], indirect=True)
async def test_an_epoch_is_committed_before_anything_is_folded(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    assert case.sent.commits == 1
    assert case.sent.outputs[-1].key == POSITION_KEY
    assert {output.topic for output in case.sent.outputs} >= {PARTIALS}


@pytest.mark.parametrize("case", ["dossiers"], indirect=True)
async def test_tallies_that_wait_are_dropped_with_their_partition(case: Case) -> None:
    await case.agent.take_over([PARTITION])
    await case.agent.take(PARTITION, case.records(0, 4))
    assert case.clock.calls
    await case.agent.drop()
    assert not case.clock.calls
