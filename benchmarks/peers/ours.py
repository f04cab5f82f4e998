"""Ours: Faust with the product's bulk delivery and its transactional producers (streams/).

All effects of a partition stand in one transaction with its position, committed once a second; the
zombie of a former owner is fenced. The other engines here promise less: at least once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, cast

from benchmarks import small_job
from benchmarks.contract import Engine, Job

POSITION = b"\x00position"


class Ours(Engine):
    label = "ours: Faust, bulk delivery, transactions"
    environment = "product"

    def run(self, job: Job) -> None:
        import uvloop  # noqa: PLC0415

        from streams.worker import configure_logging  # noqa: PLC0415

        configure_logging()
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        asyncio.run(_serve(job, self.changelog(job)))

    def state(self, key: bytes, value: bytes) -> tuple[str, small_job.State] | None:
        return None if key == POSITION else super().state(key, value)


async def _serve(job: Job, changelog: str) -> None:
    import faust  # noqa: PLC0415
    from faust.app.base import BootStrategy  # noqa: PLC0415

    from streams.delivery.transport import BulkSchema, BulkTransport  # noqa: PLC0415

    class Boot(BootStrategy):
        enable_kafka_producer = False
        enable_web = False

    class App(faust.App):
        BootStrategy = Boot

    effects = _Partitions(job, changelog)
    app = App(
        job.name,
        broker=f"kafka://{job.bootstrap}",
        datadir=job.folder,
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_commit_interval=job.commit_ms / 1_000,
        consumer_group_instance_id=job.name,
        consumer_max_fetch_size=1024 * 1024,
        stream_buffer_maxsize=16,
        stream_wait_empty=False,
    )
    app.transport = BulkTransport(app, effects, [job.events])

    async def take_over(*_: Any, **__: Any) -> None:
        await effects.take_over()

    async def agent(stream: Any) -> None:
        async for event in stream.events():
            try:
                effects.take(event.message.tp.partition, cast(list[Any], event.value))
            except Exception as error:
                await effects.failed(error)

    app.on_rebalance_complete.connect(take_over)
    app.agent(app.topic(job.events, schema=BulkSchema()), name="dossiers")(agent)
    app.finalize()
    start = asyncio.create_task(app.start())
    reason = await effects.failure
    start.cancel()
    raise reason


class _Partitions:
    """The effects behind the events: states, tallies and a transaction for each partition."""

    def __init__(self, job: Job, changelog: str) -> None:
        self.failure: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._job = job
        self._changelog = changelog
        self._executor = ThreadPoolExecutor(2 * job.partitions)
        self._transactions: list[Any] = []
        self._states: dict[bytes, small_job.State] = {}
        self._tallies = [small_job.Tallies(p) for p in range(job.partitions)]
        self._next = [0] * job.partitions

    async def take_over(self) -> None:
        """Open the producers once; this run has one worker, which never hands anything over."""
        from streams.agents.transactions import PartitionTransactions  # noqa: PLC0415
        from streams.config import WorkerConfig  # noqa: PLC0415

        if self._transactions:
            return
        job = self._job
        folder = Path(job.folder)
        config = WorkerConfig(job.bootstrap, job.name, job.partitions, folder, linger_ms=20)
        opened = [PartitionTransactions(config, p, self._executor) for p in range(job.partitions)]
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._executor, t.open) for t in opened))
        self._transactions = opened

    def take(self, partition: int, records: list[tuple[int, bytes, bytes]]) -> None:
        """Fold one batch and send what comes of it."""
        states, move = self._states, self._tallies[partition].move
        fold, encode, decode = small_job.fold, small_job.encode, small_job.decode_event
        changelog, out = self._changelog, self._job.tallies
        outputs: list[tuple[str, int | None, bytes, bytes]] = []
        for _, key, value in records:
            state = states.get(key)
            was_open = None if state is None else state.open
            state = states[key] = fold(state, decode(value))
            unit, tally = move(was_open, state)
            outputs.append((changelog, partition, key, encode(state)))
            outputs.append((out, None, unit, encode(tally)))
        self._next[partition] = records[-1][0] + 1
        self._transactions[partition].send(outputs)

    async def commit(self, offsets: Mapping[Any, int]) -> None:
        """Commit the transactions behind these offsets."""
        await asyncio.gather(
            *(
                self._transactions[tp.partition].commit(partial(self._position, tp.partition))
                for tp in offsets
                if tp.topic == self._job.events
            )
        )

    def _position(self, partition: int) -> list[Any]:
        value = str(self._next[partition]).encode()
        return [(self._changelog, partition, POSITION, value)]

    def start_of(self, tp: Any) -> int | None:
        """Where the state of a partition stands."""
        return self._next[tp.partition] if tp.topic == self._job.events else None

    async def failed(self, error: BaseException) -> None:
        """The first error ends the run."""
        if not self.failure.done():
            self.failure.set_result(error)

    async def expelled(self) -> None:
        """The group has lost this member."""
        await self.failed(RuntimeError("the consumer group has lost the worker"))


ENGINE = Ours()
