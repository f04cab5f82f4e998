"""The stream app: two agents over bulk topics, and the effects behind their offsets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, cast

import faust
from faust.types import TP, EventT, StreamT

from dossiers.wire.topics import EVENTS, PARTIALS
from streams.agents.contract import PartitionAgent
from streams.agents.dossiers import DossiersAgent
from streams.agents.partition_queues import PartitionQueues
from streams.agents.rebalance import Rebalance, partitions_of
from streams.agents.tallies import TalliesAgent
from streams.agents.transactions import MAX_UNSENT
from streams.config import WorkerConfig
from streams.delivery.bulk import BULK_RECORDS
from streams.delivery.faust_app import BUFFERED_BATCHES, faust_app
from streams.delivery.transport import BulkSchema
from streams.errors import WorkerError
from streams.kafka_record import KafkaRecord
from streams.liveness import Liveness
from streams.partition.outputs import Output
from streams.references import References

_log = logging.getLogger(__name__)


class StreamApp:
    """The Faust app and its agents; it is also the ``Effects`` behind the bulk topics.

    ``failure`` is done when the worker has to stop: its result is the reason. From then on nothing
    is folded and nothing is committed. Everything runs in the event loop's thread.
    """

    def __init__(self, config: WorkerConfig, executor: Executor, liveness: Liveness) -> None:
        loop = asyncio.get_running_loop()
        self.config = config
        self.failure: asyncio.Future[BaseException] = loop.create_future()
        self.dossiers = DossiersAgent(
            config, References(config).of, executor, liveness, self._merge_locally, loop
        )
        self.tallies = TalliesAgent(
            config, executor, liveness, self.dossiers.transactions, lambda: self.dossiers.reference
        )
        self._liveness = liveness
        self._channels: dict[str, Any] = {}  # of the agents, by topic
        self._queues = PartitionQueues(
            lambda tp: self.app.consumer.pause_partitions({tp}),
            lambda tp: self.app.consumer.resume_partitions({tp}),
        )
        self.rebalance = Rebalance(self.dossiers, self.tallies, self._queues, liveness)
        self.app = faust_app(config, [EVENTS, PARTIALS], self, liveness.end)
        self.app.on_rebalance_complete.connect(self._on_rebalance_complete)
        self.app.on_partitions_revoked.connect(self._on_partitions_revoked)
        self.app.agent(self.app.topic(EVENTS, schema=BulkSchema()), name="dossiers")(self._dossiers)
        self.app.agent(self.app.topic(PARTIALS, schema=BulkSchema()), name="tallies")(self._tallies)
        self.app.finalize()

    def _merge_locally(self, sent: Sequence[Output]) -> None:
        self.tallies.merge_locally(sent)

    # Agents. An exception that leaves one would ack its message: everything is caught.

    async def _dossiers(self, stream: StreamT[Any]) -> None:
        self._channels[EVENTS] = stream.channel
        async for event in cast(Any, stream).noack().events():
            await self._queues.put(event.message.tp, partial(self._fold, stream, event))

    async def _fold(self, stream: StreamT[Any], event: EventT[Any]) -> None:
        await self._take(self.dossiers, event, more=len(cast(Any, event.value)) == BULK_RECORDS)
        await stream.ack(event)

    async def _tallies(self, stream: StreamT[Any]) -> None:
        self._channels[PARTIALS] = stream.channel
        async for event in stream.events():
            waiting = not cast(Any, stream.channel).queue.empty()
            await self._take(self.tallies, event, more=waiting)

    async def _take(self, agent: PartitionAgent, event: EventT[Any], *, more: bool) -> None:
        """Give an agent its batch, and seek if it asks for it."""
        records = cast(list[KafkaRecord], event.value)
        tp = event.message.tp
        try:
            if not self.failure.done():
                back = await agent.take(tp.partition, records, more=more)
                if back is not None:
                    await self.app.consumer.seek_wait({tp: back})
        except Exception as error:
            self.fail(error)
        records.clear()  # the message itself is kept until the next commit

    # Rebalance

    async def _on_rebalance_complete(self, app: faust.App, **_: Any) -> None:
        """Before Faust seeks and lets records flow."""
        try:
            await self.rebalance.take_over(app.consumer.assignment, self.failure.done)
        except Exception as error:
            self.fail(error)

    async def _on_partitions_revoked(self, app: faust.App, revoked: set[TP], **_: Any) -> None:
        await self.rebalance.revoke()

    # Effects

    async def commit(self, offsets: Mapping[TP, int]) -> None:
        """Commit the transactions behind these offsets."""
        if self.failure.done():
            raise WorkerError("nothing is committed after a failure")
        self.tallies.emit()
        await self.dossiers.commit(
            {*partitions_of(offsets, EVENTS), *partitions_of(offsets, PARTIALS)}
        )

    def start_of(self, tp: TP) -> int | None:
        """The next offset that the state of a partition needs."""
        if tp.topic == EVENTS:
            return self.dossiers.start_of(tp.partition)
        return self.tallies.start_of(tp.partition) if tp.topic == PARTIALS else None

    async def failed(self, error: BaseException) -> None:
        """A commit failed."""
        self.fail(error)

    async def expelled(self) -> None:
        """The process was stopped or cut off for longer than its session, or was replaced.

        There is nothing to wind up: the next owners end its transactions. Leaving the process is
        the only way to keep aiokafka from joining the group again.
        """
        self._liveness.end(f"the group {self.config.group} has lost {self.config.instance}")

    # What the worker asks

    def lag(self, topic: str, partition: int, next_offset: int) -> int | None:
        """Records of a partition beyond ``next_offset``; None if Faust does not know yet."""
        try:
            end = self.app.consumer.highwater(TP(topic, partition))
        except Exception:  # between assignments the driver has several ways to say so
            return None
        return None if end is None else max(0, end - next_offset)

    def queues(self) -> dict[str, tuple[int, int]]:
        """Name to what waits and how much may: batches before each agent, and records on their way
        to the broker, of the partition that has most."""
        found = {
            f"worker_{topic.replace('-', '_')}_batches": (channel.queue.qsize(), BUFFERED_BATCHES)
            for topic, channel in self._channels.items()
        }
        unsent = (each.unsent for each in self.dossiers.transactions.values())
        found["worker_unsent_records"] = (max(unsent, default=0), MAX_UNSENT)
        return found

    def fail(self, error: BaseException) -> None:
        """Latch the first error."""
        if not self.failure.done():
            known = isinstance(error, WorkerError)
            _log.critical("%s; this worker stops, nothing of it is committed any more",
                          error, exc_info=None if known else error)  # fmt: skip
            self.failure.set_result(error)

    async def close(self) -> None:
        """Commit what is folded, unless it has failed, and drop the partitions."""
        if not self.failure.done():
            try:
                self.tallies.emit()
                await self.dossiers.commit(list(self.dossiers.owned))
            except Exception as error:
                self.fail(error)
        await self.tallies.drop()
        await self.dossiers.drop()
