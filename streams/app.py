"""The Faust app: two agents over bulk topics, and when partitions change hands."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, cast

import faust
from faust.app.base import BootStrategy
from faust.types import TP, EventT, StreamT

from broker.faust_login import faust_options
from dossiers.wire.records import EVENTS, PARTIALS
from streams.agents.dossiers import DossierPartitions
from streams.agents.partition_queues import Lanes
from streams.agents.tallies import TallyPartitions
from streams.agents.transactions import MAX_UNSENT
from streams.config import WorkerConfig
from streams.delivery.assignor import assignor_for
from streams.delivery.bulk import BulkSchema, BulkTransport, Record
from streams.errors import WorkerError
from streams.liveness import Liveness
from streams.partition.outputs import Output
from streams.references import References

_log = logging.getLogger(__name__)

# Batches waiting before an agent; each holds up to 500 records.
_BUFFERED_BATCHES = 16
_FETCH_BYTES = 1024 * 1024  # a partition; 8 MiB cost 350 MB resident and gained nothing
TAKE_OVER_SWITCH_SECONDS = 0.02


class _Boot(BootStrategy):
    """Everything is produced through confluent_kafka: Faust's own producer is not started."""

    enable_kafka_producer = False
    enable_web = False


class _App(faust.App):
    BootStrategy = _Boot
    logger = logging.getLogger("faust.app")


class StreamApp:
    """The app and what it owns; it is also the ``Effects`` behind the bulk topics.

    ``failure`` is done when the worker has to stop: its result is the reason. From then on nothing
    is folded and nothing is committed.
    """

    def __init__(self, config: WorkerConfig, executor: Executor, liveness: Liveness) -> None:
        self.config = config
        self.failure: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self.taking_over = False
        self.ready = False  # partitions, perhaps none, are in hand
        self.dossiers = DossierPartitions(
            config, References(config).of, executor, liveness, self._near
        )
        self.tallies = TallyPartitions(
            config,
            executor,
            liveness,
            self.dossiers.transactions,
            lambda: self.dossiers.reference,
        )
        self._liveness = liveness
        self._channels: dict[str, Any] = {}  # of the agents, by topic
        self._lanes = Lanes(
            lambda tp: self.app.consumer.pause_partitions({tp}),
            lambda tp: self.app.consumer.resume_partitions({tp}),
        )
        self._hands = asyncio.Lock()  # partitions change hands one rebalance after another
        datadir = config.state_dir / "faust" / config.instance
        datadir.mkdir(parents=True, exist_ok=True)
        self.app = _App(
            config.group,
            datadir=str(datadir),
            store="memory://",
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            broker_commit_interval=config.commit_interval,
            broker_session_timeout=config.session_timeout,
            broker_heartbeat_interval=min(3.0, config.session_timeout / 4),
            broker_request_timeout=max(40.0, config.session_timeout + 10.0),
            consumer_group_instance_id=config.instance,
            consumer_max_fetch_size=_FETCH_BYTES,
            stream_buffer_maxsize=_BUFFERED_BATCHES,
            stream_wait_empty=False,
            PartitionAssignor=assignor_for((EVENTS, PARTIALS), liveness.end),
            **faust_options(config.bootstrap, config.client),
        )
        self.app.transport = BulkTransport(self.app, self, [EVENTS, PARTIALS])
        self.app.on_rebalance_complete.connect(cast(Any, self._on_rebalance_complete))
        self.app.on_partitions_revoked.connect(cast(Any, self._on_partitions_revoked))
        self.app.agent(self.app.topic(EVENTS, schema=BulkSchema()), name="dossiers")(self._dossiers)
        self.app.agent(self.app.topic(PARTIALS, schema=BulkSchema()), name="tallies")(self._tallies)
        self.app.finalize()

    def _near(self, sent: Sequence[Output]) -> None:
        self.tallies.near(sent)

    # Agents. An exception that leaves one would ack its message: everything is caught.

    async def _dossiers(self, stream: StreamT[Any]) -> None:
        self._channels[EVENTS] = stream.channel
        async for event in cast(Any, stream).noack().events():
            await self._lanes.put(event.message.tp, partial(self._fold, stream, event))

    async def _fold(self, stream: StreamT[Any], event: EventT[Any]) -> None:
        records = cast(list[Record], event.value)
        tp = event.message.tp
        try:
            if not self.failure.done():
                back = await self.dossiers.take(tp.partition, records)
                if back is not None:
                    await self.app.consumer.seek_wait({tp: back})
        except Exception as error:
            self.fail(error)
        records.clear()  # the message itself lives until the next commit
        await stream.ack(event)

    async def _tallies(self, stream: StreamT[Any]) -> None:
        self._channels[PARTIALS] = stream.channel
        async for event in stream.events():
            records = cast(list[Record], event.value)
            more = not cast(Any, stream.channel).queue.empty()
            try:
                if not self.failure.done():
                    await self.tallies.take(event.message.partition, records, more=more)
            except Exception as error:
                self.fail(error)
            records.clear()

    # Partitions change hands

    async def _on_rebalance_complete(self, app: faust.App, **_: Any) -> None:
        """Before Faust seeks and lets records flow."""
        async with self._hands:
            if self.failure.done():
                return
            self.taking_over = True
            self._liveness.taking_over(True)
            # Threads that rebuild at the same time only lose by changing often, and what they make
            # stays: the collector would walk it again and again for nothing.
            switching = sys.getswitchinterval()
            sys.setswitchinterval(TAKE_OVER_SWITCH_SECONDS)
            gc.disable()
            try:
                assignment = app.consumer.assignment()
                _log.info("the group gave %d partitions", len(assignment))
                await self.dossiers.open(_of(assignment, EVENTS))
                lacking, sent = await asyncio.gather(
                    self.tallies.take_over(_of(assignment, PARTIALS)),
                    self.dossiers.take_over(_of(assignment, EVENTS)),
                )
                self.tallies.nearby(self.dossiers.owned, sent)
                await self.dossiers.commit(lacking)
                gc.freeze()
                self.ready = True
            except Exception as error:
                self.fail(error)
            finally:
                gc.enable()
                sys.setswitchinterval(switching)
                self.taking_over = False
                self._liveness.taking_over(False)

    async def _on_partitions_revoked(self, app: faust.App, revoked: set[TP], **_: Any) -> None:
        """Faust revokes all partitions at every rebalance; none may be kept."""
        async with self._hands:
            self.ready = False
            self._lanes.clear()
            gc.unfreeze()
            self.tallies.drop()
            await self.dossiers.drop()

    # Effects

    async def commit(self, offsets: Mapping[TP, int]) -> None:
        """Commit the transactions behind these offsets."""
        if self.failure.done():
            raise WorkerError("nothing is committed after a failure")
        self.tallies.emit()
        await self.dossiers.commit({*_of(offsets, EVENTS), *_of(offsets, PARTIALS)})

    def start_of(self, tp: TP) -> int | None:
        """Where the state of a partition stands."""
        if tp.topic == EVENTS:
            return self.dossiers.start_of(tp.partition)
        return self.tallies.start_of(tp.partition) if tp.topic == PARTIALS else None

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
            f"worker_{topic.replace('-', '_')}_batches": (
                channel.queue.qsize(), _BUFFERED_BATCHES,
            )
            for topic, channel in self._channels.items()
        }  # fmt: skip
        unsent = (each.unsent for each in self.dossiers.transactions.values())
        found["worker_unsent_records"] = (max(unsent, default=0), MAX_UNSENT)
        return found

    async def failed(self, error: BaseException) -> None:
        """A commit failed."""
        self.fail(error)

    async def expelled(self) -> None:
        """The process was stopped or cut off for longer than its session, or was replaced.

        There is nothing to wind up: the next owners end its transactions. Leaving the process is
        the only way to keep aiokafka from joining the group again.
        """
        self._liveness.end(f"the group {self.config.group} has lost {self.config.instance}")

    def fail(self, error: BaseException) -> None:
        """Latch the first error."""
        if not self.failure.done():
            known = isinstance(error, WorkerError)
            _log.critical("%s; this worker stops, nothing of it is committed any more",
                          error, exc_info=None if known else error)  # fmt: skip
            self.failure.set_result(error)

    async def close(self) -> None:
        """Commit what is folded, unless it has failed, and let go of the partitions."""
        if not self.failure.done():
            try:
                self.tallies.emit()
                await self.dossiers.commit(list(self.dossiers.owned))
            except Exception as error:
                self.fail(error)
        self.tallies.drop()
        await self.dossiers.drop()


def _of(partitions: Any, topic: str) -> list[int]:
    return [tp.partition for tp in partitions if tp.topic == topic]
