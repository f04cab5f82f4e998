"""One replay: import, publish, catch up, print the figures; on its own or on a running stack."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.replay.catching_up import Stopped
from dunghen.replay.log_run import LogRun
from dunghen.settings.installation import Installation
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.plan import Material, StackPlan, refuse_other_kind
from dunghen.stack.runner import run_body, run_stack
from dunghen.state.folder import Endpoints
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.errors import INTERRUPTED
from dunghen.timeline.topics import ensure_topics
from sources.importer.log import ImportedLog, import_log
from sources.mapping_file import load_mapping


class Replaying:
    """One run of ``dunghen replay``. ``speed``: seconds of the log a second, None: full speed.
    ``tell``: called once, with the figures, when everything has caught up."""

    def __init__(
        self,
        installation: Installation,
        file: Path,
        mapping: Path,
        speed: float | None,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        if file.is_dir():
            raise UserError(f"{file} is a folder.", "Give the path of an event log in it.")
        if not file.is_file():
            raise UserError(f"{file}: there is no such file.", "Give the path of an event log.")
        self._installation = installation
        self._file = file
        self._mapping = load_mapping(mapping)
        self._speed = speed
        self._tell = tell
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
        run = LogRun(
            self._installation,
            log,
            timeline,
            endpoints,
            terminal=self._terminal,
            speed=self._speed,
            stop=self._stop,
        )
        try:
            result = run.figures()
        except Stopped:
            return  # ``run`` says so
        self._told = True
        self._tell(result)
        if (nothing := log.nothing_usable()) is not None:
            raise UserError(nothing, "See `dunghen dead-letters list` for each row.")
