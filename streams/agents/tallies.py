"""Faust agent "tallies": partial tallies in, merged tallies and alerts about units out.

It reads uncommitted, for latency: what is in an aborted transaction is replaced by the next
owner's first one, under a higher epoch. It keeps nothing of its own: on assignment it reads its
partition of partial-tallies whole, and of tallies too, to send only what readers do not have yet.

Local merge: what this worker's own source partitions send is merged at once, and skipped when
it comes back from the topic. The way through the broker and back would cost a wall a tenth of a
second, and the worker a quarter of its time. The topic is there for other workers, and for the next
owner.

Outputs go out in the transactions of the source partition of the same number, the merged record of
a scope to the partition of its partial tallies (see streams.tallies.merger for the clocks).
The worker that took that partition over has fenced the former owner: a process that was only
suspended cannot put an older sum behind a newer one, nor raise an alert a second time. Producers of
their own would cost a commit a second for every partition.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from dossiers.wire.keys import SEPARATOR
from dossiers.wire.reference import Reference
from dossiers.wire.topics import EVENTS, PARTIALS, TALLIES
from streams.agents.backpressure import wait_while_saturated
from streams.agents.contract import PartitionAgent
from streams.agents.take_over import restored_merger
from streams.agents.transactions import PartitionTransactions
from streams.config import WorkerConfig
from streams.errors import TransactionError, WorkerError
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.outputs import Output
from streams.tallies.merger import Merger

# While more is waiting, merged records go out this often: each replaces all before it.
ROUND_SECONDS = 0.05


@dataclass
class TallyPartition:
    """One partition of partial-tallies that this worker owns.

    ``start``: the first offset that is not in the merger yet.
    """

    merger: Merger
    transactions: PartitionTransactions
    start: int

    def send(self, records: Iterable[tuple[bytes, bytes]]) -> list[Output]:
        """Send merged (key, value) records, and the alerts that came with them."""
        partition = self.merger.partition
        outputs = [Output(TALLIES, partition, key, value) for key, value in records]
        outputs += self.merger.watch.drain()
        self.transactions.send(outputs)
        return outputs


class TalliesAgent(PartitionAgent):
    """The partitions of partial-tallies of this worker.

    ``transactions``: by source partition, open; their owner commits them. ``reference``: the
    reference data whose thresholds apply now, None while that is not known.
    """

    def __init__(
        self,
        config: WorkerConfig,
        executor: Executor,
        liveness: Liveness,
        transactions: Mapping[int, PartitionTransactions],
        reference: Callable[[], Reference | None],
    ) -> None:
        self.owned: dict[int, TallyPartition] = {}
        self._config = config
        self._executor = executor
        self._liveness = liveness
        self._transactions = transactions
        self._reference = reference
        self._emitted_at = 0.0  # s, monotonic
        self._local_suffixes: tuple[bytes, ...] = ()  # of the keys of our own partial tallies

    async def take_over(self, partitions: Iterable[int]) -> list[Output]:
        """Rebuild these partitions, whose transactions are open. Returns what topic tallies
        lacked; it is sent, and not committed."""
        loop = asyncio.get_running_loop()
        wanted = sorted(set(partitions) - self.owned.keys())
        rebuilt = await asyncio.gather(
            *(loop.run_in_executor(self._executor, self._rebuild, p) for p in wanted)
        )
        sent: list[Output] = []
        for owned, lacking in rebuilt:
            sent += owned.send(lacking)
            self.owned[owned.merger.partition] = owned
        return sent

    def _rebuild(self, partition: int) -> tuple[TallyPartition, list[tuple[bytes, bytes]]]:
        """Read the partition whole. Blocks; in a thread of the executor."""
        transactions = self._transactions.get(partition)
        if transactions is None:  # Faust assigns co-partitioned topics together
            raise WorkerError(
                f"partition {partition} of {PARTIALS} was assigned without that of {EVENTS}; "
                "run all workers of the timeline in one release"
            )
        merger, lacking, end = restored_merger(self._config, self._liveness.progress, partition)
        return TallyPartition(merger, transactions, end), lacking

    async def drop(self) -> None:
        """Forget everything: the next owner rebuilds it, and sends what is aborted here."""
        self.owned.clear()

    def merge_from(self, sources: Iterable[int], sent: Sequence[Output]) -> None:
        """Skip these source partitions in the topic: ``merge_locally`` gets all that they send.
        ``sent``: what they sent before."""
        self._local_suffixes = tuple(f"{SEPARATOR}{source}".encode() for source in sources)
        self.merge_locally(sent)

    def merge_locally(self, outputs: Sequence[Output]) -> None:
        """Merge what source partitions of this worker have just sent, and send the sums.

        Uncommitted, as what is read from the topic: if the transaction ends badly, so does this
        worker, and the next owner's first tallies replace it.
        """
        for topic, partition, key, value in outputs:
            if topic == PARTIALS and partition in self.owned:
                self.owned[partition].merger.absorb(((key, value),))
        with suppress(TransactionError):  # latched: the next commit raises it
            self.emit()

    def start_of(self, partition: int) -> int | None:
        """The first offset that is not in the merger yet."""
        owned = self.owned.get(partition)
        return None if owned is None else owned.start

    async def take(
        self, partition: int, records: list[KafkaRecord], *, more: bool = False
    ) -> int | None:
        """Merge one batch; never seeks. With ``more``, sums go out once in 50 ms."""
        owned = self.owned.get(partition)
        if owned is not None:
            local = self._local_suffixes
            owned.merger.absorb(
                (key, value) for _, key, value in records if not (key or b"").endswith(local)
            )
            owned.start = records[-1][0] + 1
        now = time.monotonic()
        if more and now - self._emitted_at < ROUND_SECONDS:
            return None
        self._emitted_at = now
        self.emit()
        await wait_while_saturated(lambda: [each.transactions for each in self.owned.values()])
        return None

    def emit(self) -> None:
        """Send all that was merged so far, into the open transactions. Never waits; raises
        TransactionError."""
        reference = self._reference()
        for each in self.owned.values():
            if each.merger.changed:
                each.send(each.merger.emit(reference))
