"""Faust agent "dossiers": source partitions in, effects out, one transaction after another.

A partition is taken over in this order, so that no two workers ever write for it: its producer is
opened, which fences the former owner and ends its transaction; the changelog is read back,
committed records only; the engine rebuilds; the new epoch is written and committed; and only then
Faust seeks to the state's next offset.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial

from dossiers.wire.reference import Reference
from streams.agents.backpressure import wait_while_saturated
from streams.agents.batches import fold_in_slices, is_stale, seek_back
from streams.agents.contract import PartitionAgent
from streams.agents.flush_timing import FlushTimer, LoopClock
from streams.agents.source_partition import SourcePartition
from streams.agents.take_over import restored_engine
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.errors import TransactionError
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output


class DossiersAgent(PartitionAgent):
    """The source partitions of this worker, and the transactions of all its outputs.

    ``reference_of``: reference data by content hash; blocks, from any thread. ``merge_locally``
    gets every partial tally as soon as it is sent. ``clock``: the event loop.
    """

    def __init__(
        self,
        config: WorkerConfig,
        reference_of: Callable[[str], Reference],
        executor: Executor,
        liveness: Liveness,
        merge_locally: Callable[[Sequence[Output]], None],
        clock: LoopClock,
    ) -> None:
        self.owned: dict[int, SourcePartition] = {}
        self.transactions: dict[int, PartitionTransactions] = {}  # also of those not owned yet
        self._config = config
        self._reference_of = reference_of
        self._executor = executor
        self._liveness = liveness
        self._merge_locally = merge_locally
        self._timer = FlushTimer(clock, self._flush)

    @property
    def reference(self) -> Reference | None:
        """The reference data in force in the partition whose time is furthest; None without any."""
        states = (each.engine.state for each in self.owned.values())
        furthest = max(states, key=lambda state: state.now, default=None)
        return None if furthest is None else furthest.versions.current.reference

    async def open(self, partitions: Iterable[int]) -> None:
        """Fence the former owners of these partitions and end what they had open.

        Comes before ``take_over``. Waits for threads that ask Kafka, at most their time limit;
        raises TransactionError.
        """
        wanted = sorted(set(partitions) - self.transactions.keys())
        opened = {p: PartitionTransactions(self._config, p, self._executor) for p in wanted}
        loop = asyncio.get_running_loop()
        self.transactions.update(opened)
        await asyncio.gather(
            *(loop.run_in_executor(self._executor, self._open, each) for each in opened.values())
        )

    def _open(self, transactions: PartitionTransactions) -> None:
        transactions.open()
        self._liveness.progress()

    async def take_over(self, partitions: Iterable[int]) -> list[Output]:
        """Own these partitions, which are open. Returns every tally and position: they are
        committed, and were sent before anybody could merge them locally."""
        wanted = sorted(set(partitions) - self.owned.keys())
        loop = asyncio.get_running_loop()
        restore = partial(restored_engine, self._config, self._reference_of, self._liveness)
        engines = await asyncio.gather(
            *(loop.run_in_executor(self._executor, restore, p) for p in wanted)
        )
        sent = await asyncio.gather(*(self._announce(engine) for engine in engines))
        return [output for outputs in sent for output in outputs]

    async def _announce(self, engine: PartitionEngine) -> list[Output]:
        """Commit the new epoch before anything is folded under it.

        Were it folded first and then lost, the next owner would use the same epoch again, and
        readers would refuse its lower offsets.
        """
        number = engine.state.partition
        source = SourcePartition(engine, self.transactions[number])
        outputs = engine.opening()
        source.transactions.send(outputs)
        await source.transactions.commit(engine.closing)
        self._liveness.progress()
        self.owned[number] = source
        return outputs

    async def drop(self) -> None:
        """Let go of everything: open transactions are aborted, states forgotten."""
        self._timer.clear()
        self.owned.clear()
        opened = list(self.transactions.values())
        self.transactions.clear()
        await asyncio.gather(*(transactions.close() for transactions in opened))

    def start_of(self, partition: int) -> int | None:
        """The offset that the state of this partition needs next."""
        source = self.owned.get(partition)
        return None if source is None else source.engine.state.next_offset

    async def take(
        self, partition: int, records: list[KafkaRecord], *, more: bool = False
    ) -> int | None:
        """Fold one batch, in slices of 50 ms, and send its outputs; tallies follow in time."""
        source = self.owned.get(partition)
        if source is None or is_stale(source, records[0][0]):
            return None  # revoked while it was in the queue, or it comes again
        if (back := seek_back(source, records[0][0])) is not None:
            return back

        def is_owned() -> bool:
            return self.owned.get(partition) is source

        if await fold_in_slices(source, records, partial(self._send, source, more=True), is_owned):
            self._send(source, more=more)
            await wait_while_saturated(lambda: [source.transactions] if is_owned() else [])
        return None

    def _send(self, source: SourcePartition, *, more: bool) -> None:
        """All that was folded, before anything else can commit the place up to which it was."""
        source.transactions.send(source.engine.drain())
        if source.engine.unflushed:
            self._timer.request(source.number, behind=more)

    def _flush(self, partitions: list[int]) -> None:
        """Send the changed tallies of these partitions; each replaces all before it."""
        sent: list[Output] = []
        for source in (self.owned[number] for number in partitions):
            outputs = source.engine.flush()
            with suppress(TransactionError):  # latched: the next commit raises it
                source.transactions.send(outputs)
            sent += outputs
        self._merge_locally(sent)

    async def commit(self, partitions: Iterable[int]) -> None:
        """Commit what these partitions have folded so far, all at the same time.

        Waits for threads that ask Kafka, at most their time limit; raises TransactionError. The
        loop goes on folding meanwhile, into the next transactions.
        """
        owned = [self.owned[number] for number in partitions if number in self.owned]
        await asyncio.gather(
            *(source.transactions.commit(partial(self._closing, source)) for source in owned)
        )

    def _closing(self, source: SourcePartition) -> list[Output]:
        outputs = source.engine.closing()
        self._merge_locally(outputs)
        return outputs
