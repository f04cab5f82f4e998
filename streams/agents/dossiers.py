"""Faust agent "dossiers": source partitions in, effects out, one transaction after another.

A partition is taken over in this order, so that no two workers ever write for it:
its producer is opened, which fences the former owner and ends its transaction; the changelog is
read back, committed records only; the engine rebuilds; the new epoch is written and committed; and
only then Faust is sought to where the state stands.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from aiokafka.partitioner import murmur2

from dossiers.wire.records import DOSSIERS, POSITION_KEY
from dossiers.wire.reference import Reference
from streams.agents.transactions import PartitionTransactions
from streams.clients import read_partition
from streams.config import WorkerConfig
from streams.delivery.bulk import BULK_RECORDS, Record
from streams.errors import TransactionError
from streams.liveness import Liveness
from streams.partition.changelog import epoch_after, wrong
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output

_log = logging.getLogger(__name__)

_PRESSURE_PAUSE_SECONDS = 0.002
# A partition's tallies go out this often at most, and on a busy machine with pauses of as many
# times what it takes. While it is behind, nobody can be shown the present anyway. Every vector left
# out is one less to encode, to send and to merge.
FLUSH_SECONDS = 0.02
BEHIND_FLUSH_SECONDS = 0.5
_FLUSH_PAUSES = 5
_TOGETHER_SECONDS = 0.01
# The loop is given back after this long, and asked about it after every few records: one dossier
# with very many facts can make a record cost as much as a thousand others.
SLICE_SECONDS = 0.05
_PIECE_RECORDS = 10
_REBUILD_GRACE_SECONDS = 0.0005  # a key; about 0.02 ms, times the partitions that share the lock


def scope_partition(scope: str, partitions: int) -> int:
    """The partition of topics partial-tallies and tallies that holds a scope (Java's default)."""
    return int((murmur2(scope.encode()) & 0x7FFFFFFF) % partitions)


@dataclass
class Owned:
    """One source partition in the hands of this worker."""

    engine: PartitionEngine
    transactions: PartitionTransactions
    gap: int | None = None  # the first offset behind a gap, while we are going back
    flushed_at: float = 0.0  # time of the loop, s
    flush_at: float | None = None  # when tallies that wait are due


class DossierPartitions:
    """The source partitions of this worker. For the event loop's thread, but where said.

    ``near`` is given all partial tallies that are sent, at once: see streams.agents.tallies.
    """

    def __init__(
        self,
        config: WorkerConfig,
        reference_of: Callable[[str], Reference],
        executor: Executor,
        liveness: Liveness,
        near: Callable[[Sequence[Output]], None],
    ) -> None:
        self.owned: dict[int, Owned] = {}
        self.transactions: dict[int, PartitionTransactions] = {}  # also of those not owned yet
        self._near = near
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        self._pause = FLUSH_SECONDS
        self._config = config
        self._reference_of = reference_of
        self._executor = executor
        self._liveness = liveness

    @property
    def reference(self) -> Reference | None:
        """The reference data in force where a partition of ours is furthest; None without one."""
        owned = max(self.owned.values(), key=lambda each: each.engine.state.now, default=None)
        return None if owned is None else owned.engine.state.versions.current.reference

    async def open(self, partitions: Iterable[int]) -> None:
        """Fence the former owners of these partitions and end what they had open."""
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
        """Own these partitions, which are open; raises when one cannot be had. Returns what was
        sent first: every tally, for those who could not be ``near`` yet."""
        wanted = sorted(set(partitions) - self.owned.keys())
        loop = asyncio.get_running_loop()
        taken = await asyncio.gather(
            *(loop.run_in_executor(self._executor, self._restore, p) for p in wanted)
        )
        sent = await asyncio.gather(
            *(
                self._announce(Owned(engine, self.transactions[engine.state.partition]))
                for engine in taken
            )
        )
        return [output for outputs in sent for output in outputs]

    def _restore(self, partition: int) -> PartitionEngine:
        """Read back, rebuild. Blocks; in a thread of the executor."""
        began = time.monotonic()
        config = self._config
        records, _ = read_partition(
            config, DOSSIERS, partition, committed=True, progress=self._liveness.progress
        )
        read = time.monotonic()
        self._liveness.progress(grace=len(records) * _REBUILD_GRACE_SECONDS)
        engine = self._rebuilt(partition, records)
        if odd := engine.state.unusable:
            key, why = next(iter(odd.items()))
            _log.error(
                "partition %d: %d records of topic %s are passed over, the first has the key %r: "
                "%s", partition, len(odd), DOSSIERS, key[:64], why,
            )  # fmt: skip
            records, _ = read_partition(
                config, DOSSIERS, partition, committed=True, progress=self._liveness.progress,
                takes=lambda key, value, _: not (key in odd and wrong(config.timeline, key, value)),
            )  # fmt: skip
            lost = POSITION_KEY in odd and POSITION_KEY not in records
            engine = self._rebuilt(partition, {} if lost else records)
            if lost:
                _log.error("partition %d is folded anew: nothing says how far it was", partition)
                engine.state.epoch = epoch_after(records.values())
            engine.state.skipped += len(odd)
        self._liveness.progress()
        _log.info(
            "partition %d: %d keys read in %.1f s, rebuilt in %.1f s; epoch %d, next offset %d",
            partition, len(records), read - began, time.monotonic() - read, engine.state.epoch,
            engine.state.next_offset,
        )  # fmt: skip
        return engine

    def _rebuilt(self, partition: int, records: Mapping[bytes, bytes | None]) -> PartitionEngine:
        config = self._config
        engine = PartitionEngine(
            config.timeline,
            partition,
            self._reference_of,
            lambda scope: scope_partition(scope, config.partitions),
            config.partitions,
            config.bound,
            config.form,
        )
        engine.restore(records.items())
        return engine

    async def _announce(self, owned: Owned) -> list[Output]:
        """Commit the new epoch before anything is folded under it.

        Were it folded first and then lost, the next owner would use the same epoch again, and
        readers would refuse its lower offsets.
        """
        outputs = owned.engine.opening()
        owned.transactions.send(outputs)
        await owned.transactions.commit(owned.engine.closing)
        self._liveness.progress()
        self.owned[owned.engine.state.partition] = owned
        return outputs

    async def drop(self) -> None:
        """Let go of everything: open transactions are aborted, states forgotten."""
        self._set_timer(None)
        self.owned.clear()
        opened = list(self.transactions.values())
        self.transactions.clear()
        await asyncio.gather(*(transactions.close() for transactions in opened))

    def start_of(self, partition: int) -> int | None:
        """The offset that the state of this partition needs next."""
        owned = self.owned.get(partition)
        return None if owned is None else owned.engine.state.next_offset

    async def take(self, partition: int, records: list[Record]) -> int | None:
        """Fold one batch; returns an offset to seek to, where the batch does not join the state."""
        owned = self.owned.get(partition)
        if owned is None:
            return None  # revoked while it was in the queue
        engine, transactions = owned.engine, owned.transactions
        first, expected = records[0][0], engine.state.next_offset
        if owned.gap is not None and first > owned.gap:
            return None  # was in the queue behind the gap; it comes again
        if first > expected:
            if owned.gap is None:
                owned.gap = first
                _log.warning("partition %d: got offset %d, but %d is next; going back",
                             partition, first, expected)  # fmt: skip
                return expected
            _log.warning("partition %d: the topic has no offsets %d to %d; going on",
                         partition, expected, first - 1)  # fmt: skip
        owned.gap = None
        behind = len(records) == BULK_RECORDS
        began = time.monotonic()
        for start in range(0, len(records), _PIECE_RECORDS):
            engine.feed(records[start : start + _PIECE_RECORDS])
            if time.monotonic() - began > SLICE_SECONDS:
                self._send(owned, behind=True)
                await asyncio.sleep(0)
                if self.owned.get(partition) is not owned:
                    return None  # revoked meanwhile; its next owner folds the rest
                began = time.monotonic()
        self._send(owned, behind=behind)
        while transactions.pressed:
            await asyncio.sleep(_PRESSURE_PAUSE_SECONDS)
            if self.owned.get(partition) is not owned:
                return None
            transactions.relieve()
        return None

    def _send(self, owned: Owned, *, behind: bool) -> None:
        """All that was folded, before anything else can commit the place up to which it was."""
        owned.transactions.send(owned.engine.drain())
        self._flush_in_time(owned, behind=behind)

    def _flush_in_time(self, owned: Owned, *, behind: bool) -> None:
        """Have tallies sent now or a little later: each stands for all that came before it."""
        if not owned.engine.unflushed:
            return
        now = asyncio.get_running_loop().time()
        at = max(now, owned.flushed_at + (BEHIND_FLUSH_SECONDS if behind else self._pause))
        if owned.flush_at is None or at < owned.flush_at:
            owned.flush_at = at
            if self._timer is None or at < self._timer_at:
                self._set_timer(at)

    def _set_timer(self, at: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at is not None:
            # Of a time that has come uvloop makes no timer that could be asked for it.
            self._timer, self._timer_at = (
                asyncio.get_running_loop().call_at(at, self._flush_due),
                at,
            )

    def _flush_due(self) -> None:
        """Flush the partitions whose time has come, or nearly: then their sums go out once."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = [each for each in self.owned.values() if each.flush_at is not None]
        sent: list[Output] = []
        for owned in waiting:
            if (owned.flush_at or 0.0) <= now + _TOGETHER_SECONDS:
                owned.flush_at, owned.flushed_at = None, now
                outputs = owned.engine.flush()
                with suppress(TransactionError):  # latched: the next commit raises it
                    owned.transactions.send(outputs)
                sent += outputs
        self._near(sent)
        pause = max(FLUSH_SECONDS, _FLUSH_PAUSES * (loop.time() - now))
        self._pause = min(pause, BEHIND_FLUSH_SECONDS)
        self._set_timer(min((o.flush_at for o in waiting if o.flush_at is not None), default=None))

    def _closing(self, owned: Owned) -> list[Output]:
        outputs = owned.engine.closing()
        self._near(outputs)
        return outputs

    async def commit(self, partitions: Iterable[int]) -> None:
        """Commit what these partitions have folded so far, all at the same time."""
        await asyncio.gather(
            *(
                owned.transactions.commit(partial(self._closing, owned))
                for owned in (self.owned.get(p) for p in partitions)
                if owned is not None
            )
        )
