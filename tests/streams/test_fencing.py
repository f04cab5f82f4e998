"""A merger that was replaced in its sleep leaves no older sum behind a newer one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from broker.kafka import Kafka
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.keys import CLOCK_SCOPE, POSITION_KEY, partial_key
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally
from dossiers.wire.topics import ALERTS, DOSSIERS, PARTIALS, TALLIES
from sinks.config import SinkConfig
from sinks.migrate import migrate
from sinks.service import SinkService
from sinks.store import Store
from streams.agents.tallies import TalliesAgent
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.errors import TransactionError
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.outputs import Output
from tests.streams.line import Line

pytestmark = pytest.mark.asyncio
NOW = 1_700_000_000_000
MINUTE = 60_000


@pytest.fixture
def config(line: Line, tmp_path: Path) -> WorkerConfig:
    return WorkerConfig(line.kafka.bootstrap, line.timeline.id, 1, tmp_path)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


class Source:
    """The only source partition: what it sends is in the topic, and a batch for a merger."""

    def __init__(self, config: WorkerConfig) -> None:
        self._timeline = config.timeline
        self._producer = Kafka(config.bootstrap).producer({})
        self._offset = 0

    def send(self, overdue: int, minute: int) -> list[KafkaRecord]:
        batch: list[KafkaRecord] = []
        for scope in ("unit:u1", CLOCK_SCOPE):
            vector = [0] * WIDTH
            vector[FIELD["overdue"]] = vector[FIELD["open"]] = overdue
            partial = PartialTally(
                timeline=self._timeline, scope=scope, partition=0, epoch=1, offset=self._offset,
                now=NOW + minute * MINUTE, vector=() if scope == CLOCK_SCOPE else tuple(vector),
            )  # fmt: skip
            key, value = partial_key(scope, 0), msgspec.json.encode(partial)
            self._producer.produce(PARTIALS, value, key, 0)
            batch.append((self._offset, key, value))
            self._offset += 1
        assert self._producer.flush(20) == 0
        return batch


class Worker:
    """The part of a worker that merges."""

    def __init__(self, config: WorkerConfig, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self.transactions = PartitionTransactions(config, 0, executor)
        self._tallies = TalliesAgent(
            config, executor, Liveness(60), {0: self.transactions}, Reference
        )

    async def take_over(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self.transactions.open)
        await self._tallies.take_over([0])

    async def take(self, batch: list[KafkaRecord]) -> None:
        await self._tallies.take(0, batch, more=False)
        await self.transactions.commit(lambda: [Output(DOSSIERS, 0, POSITION_KEY, b"{}")])


async def test_a_stale_sum_stands_nowhere_and_an_alert_is_raised_once(
    line: Line, config: WorkerConfig, executor: ThreadPoolExecutor, tmp_path: Path
) -> None:
    source = Source(config)
    sleeper, successor = Worker(config, executor), Worker(config, executor)
    await sleeper.take_over()
    await sleeper.take(source.send(50, minute=0))
    stale = source.send(60, minute=30)  # read by both, merged by the sleeper too late
    await successor.take_over()
    await successor.take(newer := source.send(70, minute=30))
    with pytest.raises(TransactionError, match="another worker has taken the partition over"):
        await sleeper.take(stale)
    await successor.take(newer)  # records that are delivered again
    await sleeper.transactions.close()
    await successor.transactions.close()

    sums = [
        msgspec.json.decode(m.value() or b"") for m in line.kafka.read_all(TALLIES, committed=False)
    ]
    overdue = [t["vector"][FIELD["overdue"]] for t in sums if t["scope"] == "unit:u1"]
    assert overdue[-1] == 70
    alerts = [msgspec.json.decode(m.value() or b"") for m in line.kafka.read_all(ALERTS)]
    assert [(a["unit"], a["transition"], a["due_at"]) for a in alerts] == [("u1", "raised", NOW)]
    rows = await asyncio.to_thread(_stored, config, str(tmp_path / "engine"))
    assert rows["tallies"] == [{"minute": 0, "overdue": 50}, {"minute": 30, "overdue": 70}]
    assert rows["alerts"] == [{"kind": "unit_backlog", "unit": "u1", "overdue": 70, "open": 70}]


def _stored(config: WorkerConfig, folder: str) -> dict[str, list[dict[str, object]]]:
    """What the sink makes of the topics."""
    with Store.embedded(folder, "test") as store:
        migrate(store)
        sink = SinkService(SinkConfig(config.bootstrap, config.timeline, linger_s=0.05), store)
        sink.start()
        try:
            assert sink.wait_caught_up(60)
            return {
                "tallies": store.query(
                    "SELECT intDiv(toUnixTimestamp64Milli(now) - {now:Int64}, 60000) AS minute, "
                    "overdue FROM tallies FINAL WHERE scope = 'unit:u1' ORDER BY minute",
                    {"now": NOW},
                ),
                "alerts": store.query("SELECT kind, unit, overdue, open FROM alerts FINAL"),
            }
        finally:
            sink.stop()
