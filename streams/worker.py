"""The worker process: ``run_worker`` blocks until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop

from broker.ends import next_given
from broker.silence import PartitionId, watch
from dossiers.wire.topics import EVENTS
from streams.app import StreamApp
from streams.config import WorkerConfig
from streams.errors import WorkerError
from streams.liveness import Liveness, exit_within
from streams.preflight import check_topics
from streams.status import Phase, write_status
from streams.status_report import phase_of, status_of

_log = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0
_STOP_SECONDS = 15.0
SWITCH_SECONDS = 0.0002


def run_worker(config: WorkerConfig) -> None:
    """Serve the partitions of ``config`` until a signal; raises WorkerError on a failure.

    The topics must exist. Call it from the main thread of a process of its own.
    """
    configure_logging()
    _log.info("worker %s starts", config.instance)
    check_topics(config)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # Records come from the consumer's thread: with Python's 5 ms each of them would wait as long.
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(_WorkerRun(config).run())


def configure_logging() -> None:
    """Short lines on stderr, unless the process has its own handlers.

    Debug records are not even made: they cost Faust a fifth of its speed.
    """
    logging.disable(logging.DEBUG)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("aiokafka", "faust", "mode"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _WorkerRun:
    """One run of the worker process, from its start to its end."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._started_at = time.time_ns() // 1_000_000
        self._liveness = Liveness(config.take_over_timeout)

    async def run(self) -> None:
        config = self._config
        loop = asyncio.get_running_loop()
        asked_to_stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, asked_to_stop.set)
        # Take-overs and commits of all partitions at the same time.
        with ThreadPoolExecutor(max(8, 2 * config.partitions), "partition") as executor:
            stream = StreamApp(config, executor, self._liveness)
            self._liveness.start()
            beat = asyncio.create_task(self._beat(stream))
            watching = asyncio.create_task(self._watch(stream))
            start = asyncio.create_task(stream.app.start())
            stop = asyncio.create_task(asked_to_stop.wait())
            try:
                await self._until_over(stream, start, stop)
            finally:
                self._write(stream, "stopping")
                await self._end(stream, start)
                for task in (beat, watching, stop):
                    task.cancel()
                self._liveness.stop()
                failed = stream.failure.done()
                self._write(stream, "failed" if failed else "stopping")
                exit_within()
        if stream.failure.done():
            raise WorkerError(str(stream.failure.result()))
        _log.info("worker %s has stopped", config.instance)

    async def _until_over(
        self, stream: StreamApp, start: asyncio.Task[None], stop: asyncio.Task[bool]
    ) -> None:
        """Until a signal or a failure, that of the start included."""
        begun: set[asyncio.Future[Any]] = {start, stop, stream.failure}
        await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
        error = start.exception() if start.done() else None
        if error is not None:
            stream.fail(error)
        await asyncio.wait(begun - {start}, return_when=asyncio.FIRST_COMPLETED)

    async def _end(self, stream: StreamApp, start: asyncio.Task[None]) -> None:
        """Stop Faust, then commit and drop all partitions. Either may hang: 15 s at most."""
        start.cancel()
        try:
            await asyncio.wait_for(stream.app.stop(), _STOP_SECONDS)
        except Exception as error:
            _log.warning("Faust did not stop cleanly: %s", error or type(error).__name__)
        try:
            await asyncio.wait_for(stream.close(), _STOP_SECONDS)
        except TimeoutError:
            _log.warning("open transactions are left to their time-out")

    async def _beat(self, stream: StreamApp) -> None:
        while True:
            self._liveness.beat()
            if stream.app.crashed and not stream.failure.done():
                stream.fail(stream.app.crash_reason or RuntimeError("Faust crashed"))
            phase = phase_of(stream)
            self._liveness.waiting_for_group(phase == "starting")
            self._write(stream, phase)
            await asyncio.sleep(_BEAT_SECONDS)

    async def _watch(self, stream: StreamApp) -> None:
        config = self._config

        def positions() -> dict[PartitionId, int]:
            owned = stream.dossiers.owned if phase_of(stream) == "running" else {}
            return {
                PartitionId(EVENTS, p): each.engine.state.next_offset for p, each in owned.items()
            }

        async def given(places: Mapping[PartitionId, int]) -> dict[PartitionId, int]:
            return await asyncio.to_thread(next_given, config.kafka, places)

        await watch(config.take_over_timeout, positions, given, self._liveness.end)

    def _write(self, stream: StreamApp, phase: Phase) -> None:
        status = status_of(stream, phase, self._started_at, time.time_ns() // 1_000_000)
        try:
            write_status(self._config, status)
        except OSError as error:
            _log.warning("the status file cannot be written: %s", error)
