"""The notifier of people: reads, plans, remembers and sends, on a thread of its own.

One process of an installation does it: the one to which the group gives topic roster. Another one
takes over with the memory in topic notices, from which it fences the one before.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import httpx

from broker.clients import AnyKafka
from broker.group_follower import GroupFollower
from broker.kafka import Kafka
from broker.silence import SILENT_S
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ROSTER
from sinks.backoff import pause
from sinks.notifier.attempts import AttemptLog, MemoryLog, TableLog
from sinks.store import Store
from sinks.telling.beside import beside, hear
from sinks.telling.config import TellingConfig
from sinks.telling.inputs import Inputs
from sinks.telling.memory import Memory, MemoryLost
from sinks.telling.planning import PlannedStep, Planning, beginning
from sinks.telling.posting import MOST_WAITING, Patience, Posting
from sinks.telling.sending import ParcelSender, keys_of, ways_of
from sinks.telling.status import TellingStatus, withheld_attempt

log = logging.getLogger(__name__)

_POLL_S = 0.2
_LOG_S = 1.0
_MOST_UNLOGGED = 100_000  # attempts: at six in the evening all that is held back is said at once


class TellingService:
    """``start`` and ``stop`` from any thread. Does nothing unless delivery is asked for.
    ``silent_s``: seconds, see broker.silence."""

    def __init__(
        self,
        config: TellingConfig,
        store: Store | None = None,
        kafka: AnyKafka | None = None,
        *,
        silent_s: float = SILENT_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._kafka = kafka or Kafka(config.bootstrap, config.kafka)
        self._silent_s = silent_s
        self._clock = clock
        self._log: AttemptLog = (
            TableLog(store, config.timeline, _MOST_UNLOGGED) if store else MemoryLog()
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._planning: Planning | None = None
        self._posting: Posting | None = None
        self._inputs: Inputs | None = None
        self._mine = False
        self._withheld = 0
        self._last_error = ""
        self.ready = threading.Event()  # set once it plans

    @property
    def reason(self) -> str:
        """Why nobody is told; "": people are."""
        return self._config.reason

    def start(self) -> None:
        """Start in a thread of its own, unless there is a reason not to."""
        if self.reason:
            log.info("nobody is told of alerts: %s", self.reason)
            return
        self._thread = threading.Thread(target=self._run, name="telling", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What has not arrived now is sent after the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def status(self) -> TellingStatus:
        """How it is doing now; for any thread."""
        planning, inputs = self._planning, self._inputs
        posting = self._posting if self._mine else None  # or another process has its parcels
        running = self._thread is not None and self._thread.is_alive()
        return TellingStatus(
            running=running,
            reason=self.reason,
            standing_by=running and not self._mine,
            now=planning.now if planning is not None else 0,
            open=planning.open if planning is not None else 0,
            most=MOST_WAITING,
            unlogged=self._log.waiting,
            most_unlogged=self._log.most,
            waiting=posting.waiting if posting is not None else 0,
            skipped=inputs.skipped if inputs is not None else 0,
            withheld=self._withheld,
            last_error=self._last_error,
            receivers=tuple(posting.status()) if posting is not None else (),
        )

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                asyncio.run(self._serve())
            except Exception as error:
                # Also the unexpected: alerts that go nowhere in silence are worse than a restart.
                well = time.monotonic() - begun > self._config.retry_max_s
                failures = 1 if well else failures + 1
                self._last_error = f"{type(error).__name__}: {error}"
                log.exception("people are told again from the memory")
                self._stopping.wait(
                    pause(failures, self._config.retry_min_s, self._config.retry_max_s)
                )

    async def _serve(self) -> None:
        """As long as the work is this process's."""
        follower = GroupFollower(
            self._kafka,
            ROSTER,
            f"{self._config.timeline}-notices",
            self._config.instance,
            {},
            logger=log,
            assigned=self._given,
            revoked=self._taken_away,
            silent_s=self._silent_s,
        )
        try:
            while not self._stopping.is_set():
                await asyncio.to_thread(hear, follower, _POLL_S)
                if self._mine:
                    await self._work(follower)
        finally:
            self._mine = False
            await asyncio.to_thread(follower.close)

    def _given(self, partitions: list[int]) -> None:
        self._mine = self._mine or bool(partitions)

    def _taken_away(self, partitions: list[int]) -> None:
        self._mine = self._mine and not partitions

    async def _work(self, follower: GroupFollower) -> None:
        config, kafka = self._config, self._kafka
        memory = Memory(kafka, config.timeline)
        await beside(follower, memory.open)
        found, begun, offsets = await beside(follower, lambda: beginning(kafka, config.timeline))
        planning = Planning(memory, found, ways_of(config), self._clock, config.reminded)
        planning.offsets = dict(offsets)
        read = partial(Inputs, kafka, config.timeline, config.partitions, offsets)
        inputs = await asyncio.to_thread(read, silent_s=self._silent_s)
        arrived: list[str] = []
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
            sender = ParcelSender(config, planning, client)
            posting = Posting(
                sender.send,
                keys_of,
                Patience(config.retry_min_s, config.retry_max_s, config.give_up_s),
                self._log,
                arrived.append,
                self._clock,
            )
            self._planning, self._posting, self._inputs = planning, posting, inputs
            try:
                await self._catch_up(follower, planning, inputs, begun)
                for parcel in found.parcels.values():
                    posting.put(parcel)
                self._last_error = ""
                self.ready.set()
                await self._go_on(follower, planning, inputs, memory, arrived)
                await posting.close()
                if arrived:  # or the next start sends it again
                    with suppress(MemoryLost):  # the next process has opened it
                        await asyncio.to_thread(memory.forget, arrived)
            finally:
                await posting.close()
                await asyncio.to_thread(inputs.close)
                await asyncio.to_thread(self._log.flush)

    async def _catch_up(
        self,
        follower: GroupFollower,
        planning: Planning,
        inputs: Inputs,
        begun: Sequence[Alert],
    ) -> None:
        """Take everything that stands there now before anything is decided: what has ended
        meanwhile is never sent."""
        now = None
        while not self._stopping.is_set() and self._mine:
            fed = await asyncio.to_thread(inputs.take, _POLL_S)
            planning.take(fed, later=planning.fresh or not inputs.referred)
            await asyncio.to_thread(hear, follower)
            now = fed.now
            if inputs.caught_up and now is not None:
                break
        else:
            return
        if planning.fresh:
            told = not self._config.from_beginning
            await beside(follower, lambda: planning.begin(begun, now, told=told))

    async def _go_on(
        self,
        follower: GroupFollower,
        planning: Planning,
        inputs: Inputs,
        memory: Memory,
        arrived: list[str],
    ) -> None:
        assert self._posting is not None  # noqa: S101 - _work has set it
        logged_at = time.monotonic()
        while not self._stopping.is_set() and self._mine:
            fed = await asyncio.to_thread(inputs.take, _POLL_S)
            planning.take(fed)
            if fed.now is not None:
                step = await asyncio.to_thread(planning.step, fed.now)
                self._tell(step, self._posting)
            if arrived:
                gone = arrived[:]
                del arrived[: len(gone)]
                await asyncio.to_thread(memory.forget, gone)
            await asyncio.to_thread(hear, follower)
            if time.monotonic() - logged_at >= _LOG_S:
                await asyncio.to_thread(self._log.flush)
                logged_at = time.monotonic()

    def _tell(self, step: PlannedStep, posting: Posting) -> None:
        for parcel in step.parcels:
            posting.put(parcel)
        self._withheld += len(step.withheld)
        self._log.add([withheld_attempt(each, datetime.now(UTC)) for each in step.withheld])
