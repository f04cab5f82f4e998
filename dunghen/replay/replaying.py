"""One replay: import, publish, catch up, print the figures; on its own or on a running stack."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

from broker.errors import BrokerError
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.wire.records import DeadLetter, Timeline
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.replay.catching_up import CatchingUp, Stopped
from dunghen.replay.result import EventCounts, as_text, check_clickhouse, replay_result
from dunghen.replay.told import EarlierLetters, refusals
from dunghen.settings.installation import Installation
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.plan import Material, StackPlan, refuse_other_kind
from dunghen.stack.runner import run_body, run_stack
from dunghen.state.folder import Endpoints
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.errors import INTERRUPTED
from dunghen.terminal.output import iso
from dunghen.timeline.tallies import FollowedTallies
from dunghen.timeline.topics import ensure_topics
from sources.importer.log import ImportedLog, import_log
from sources.mapping_file import load_mapping
from sources.publisher import Publisher
from sources.replay import ReplayResult
from sources.replay import replay as publish


class Replaying:
    """One run of ``dunghen replay``. ``speed``: seconds of the log a second, None: full speed."""

    def __init__(
        self,
        installation: Installation,
        file: Path,
        mapping: Path,
        speed: float | None,
        *,
        as_json: bool,
    ) -> None:
        if file.is_dir():
            raise UserError(f"{file} is a folder.", "Give the path of an event log in it.")
        if not file.is_file():
            raise UserError(f"{file}: there is no such file.", "Give the path of an event log.")
        self._installation = installation
        self._file = file
        self._mapping = load_mapping(mapping)
        self._speed = speed
        self._as_json = as_json
        self._terminal = Terminal()
        self._log: ImportedLog | None = None
        self._stop = threading.Event()
        self._told = False

    async def run(self, *, until_end: bool) -> None:
        """Do it all. Raises UserError, also if a signal came before the figures were told; a
        stack of its own is stopped in any case."""
        running = self._installation.folder.lock.holder() is not None
        try:
            if running:
                await self._attached()
            else:
                await self._with_stack(until_end=until_end)
        finally:
            self._stop.set()  # an import that still runs in its thread
            if self._log is not None:
                self._log.close()
        if not self._told:
            raise UserError(
                "Stopped before the end.",
                "Run the same replay again to go on: nothing is counted twice.",
                exit_code=INTERRUPTED,
            )

    async def _with_stack(self, *, until_end: bool) -> None:
        plan = StackPlan("replay", self._material)
        stack = EmbeddedStack(self._installation, plan, self._terminal)

        async def body(stop: asyncio.Event) -> None:
            self._terminal.address(stack.endpoints.api)
            if stack.timeline is None:
                raise RuntimeError("the stack has started without a timeline")
            await self._in_thread(stop, stack.endpoints, stack.timeline)
            if not until_end:
                self._terminal.note("Everything has caught up. Ctrl-C stops.")
                await stop.wait()

        await run_stack(stack, self._terminal, body)

    async def _attached(self) -> None:
        """Publish into the stack that runs on the folder; it goes on running afterwards."""
        folder = self._installation.folder
        endpoints = folder.endpoints()
        if endpoints is None or not endpoints.api:
            raise UserError(
                f"The stack on {folder.path} is still starting.", "Try again in a few seconds."
            )
        refuse_other_kind(folder.timeline(), "replay", str(folder.path))
        self._terminal.note(f"Using the stack that runs on {folder.path}.")
        found = endpoints

        async def body(stop: asyncio.Event) -> None:
            timeline = await asyncio.to_thread(self._join, found)
            await self._in_thread(stop, found, timeline)

        await run_body(body)

    def _join(self, endpoints: Endpoints) -> Timeline:
        material, known = self._material(), self._installation.folder.timeline()
        partitions = known.partitions if known else self._installation.settings.kafka.partitions
        return ensure_topics(
            endpoints.kafka,
            partitions=partitions,
            kind="replay",
            source=material.source,
            label=material.label,
            reference=material.reference,
            client=self._installation.client,
        )

    def _material(self) -> Material:
        """Import the log; called in a thread, while Kafka starts."""

        def report(phase: str, share: float) -> None:
            if self._stop.is_set():
                raise Stopped
            progress.share(phase, share)

        with ProgressBar(self._terminal, f"Importing {self._file.name}") as progress:
            work = self._installation.folder.work
            self._log = log = import_log(self._file, self._mapping, work, report)
        for warning in log.warnings():
            self._terminal.warn("import", warning)
        for example in log.examples():
            self._terminal.warn("not taken", example)
        return Material(log.reference(), self._mapping.hash, log.name)

    async def _in_thread(self, stop: asyncio.Event, endpoints: Endpoints, line: Timeline) -> None:
        """Publishing and waiting block: they run in a thread, which hears when to stop."""

        async def forward() -> None:
            await stop.wait()
            self._stop.set()

        forwarding = asyncio.create_task(forward())
        try:
            await asyncio.to_thread(self._publish_and_wait, endpoints, line)
        except asyncio.CancelledError:
            self._stop.set()
            raise
        finally:
            forwarding.cancel()

    def _publish_and_wait(self, endpoints: Endpoints, timeline: Timeline) -> None:
        log = self._log
        if log is None:
            raise RuntimeError("the log was not imported")
        try:
            with FollowedTallies(
                endpoints.kafka, timeline.id, client=self._installation.client
            ) as tallies:
                self._follow(log, endpoints, timeline, tallies)
        except Stopped:
            return  # ``run`` says so

    def _follow(
        self, log: ImportedLog, endpoints: Endpoints, timeline: Timeline, tallies: FollowedTallies
    ) -> None:
        begun = time.monotonic()
        refused_before = refusals(self._installation)
        published = self._published(log, endpoints, timeline)
        if not published.complete:
            raise Stopped
        clickhouse = RemoteClickHouse(endpoints.api, endpoints.token)
        try:
            with ProgressBar(self._terminal, "Catching up") as progress:
                first, last = log.first_at or 0, log.as_of or 0
                span = max(last - first, 1)
                catching_up = CatchingUp(
                    self._installation,
                    timeline,
                    tallies,
                    self._stop.is_set,
                    lambda at: progress.share(iso(at)[:10], max(at - first, 0) / span),
                )
                catching_up.wait(last, clickhouse)
            check_clickhouse(tallies, clickhouse, timeline.id)
        finally:
            clickhouse.close()
        counts = log.counts
        refused = len(refusals(self._installation) - refused_before) + published.passed_over
        nothing = log.nothing_usable()
        if refused:
            self._terminal.warn(
                "replay",
                f"The stream could not take {refused} records: see `dunghen dead-letters list`.",
            )
        events = EventCounts(
            counts.read,
            published.published,
            counts.duplicates,
            counts.dead_lettered + refused,
            counts.broken_off,
        )
        self._tell(
            replay_result(
                tallies,
                events,
                usable=nothing is None,
                publish_seconds=published.seconds,
                process_seconds=time.monotonic() - begun,
            )
        )
        if nothing is not None:
            raise UserError(nothing, "See `dunghen dead-letters list` for each row.")

    def _published(
        self, log: ImportedLog, endpoints: Endpoints, timeline: Timeline
    ) -> ReplayResult:
        try:
            return self._publish(log, endpoints, timeline)
        except BrokerError as error:
            raise UserError(
                f"The replay of {log.name} was not published to its end: {error}",
                "Once Kafka runs, run the same replay again to go on: nothing is counted twice.",
            ) from error

    def _publish(self, log: ImportedLog, endpoints: Endpoints, timeline: Timeline) -> ReplayResult:
        # Events that come again are dropped by the stream; dead letters are read as they stand.
        told = EarlierLetters(self._installation, log)

        def dead_letter(letter: DeadLetter) -> None:
            key = told.key_of_new(letter)
            if key is not None:
                publisher.dead_letter(letter, key)

        with (
            Publisher(
                Kafka(endpoints.kafka, self._installation.client),
                timeline.partitions,
                bulk=self._speed is None,
            ) as publisher,
            ProgressBar(self._terminal, "Publishing") as progress,
        ):
            return publish(
                log,
                publisher,
                dead_letter,
                self._speed,
                timeline=timeline.id,
                progress=progress.share,
                stop=self._stop,
                refused=told.refused if told.refusals else None,
            )

    def _tell(self, result: dict[str, Any]) -> None:
        self._told = True
        if self._as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
            return
        print(as_text(result), flush=True)


def parse_speed(text: str) -> float | None:
    """``max`` (None) or a number above 0. Raises UserError."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UserError(f"--speed {text} is neither max nor a number above 0.")
    return speed
