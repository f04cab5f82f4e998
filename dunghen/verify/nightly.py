"""Recounts a live timeline every night, by itself, one after the other.

The supervisor's loop waits for the hour (real clock, local time of the reference data) and has a
child of its own run ``dunghen verify``, which stands back for all other processes. A night is due
from its hour on until the next one's: a machine that was off at the hour makes up for it once it
runs, and nights before that stay missing, since nobody can recount what was shown then.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from broker.errors import BrokerError
from dossiers.errors import UserError
from dunghen.settings.installation import Installation
from dunghen.stack.child import Child, ProcessSpec
from dunghen.stack.children import own_command
from dunghen.stack.log_file import LogFile
from dunghen.stack.supervisor import Reporter
from dunghen.timeline.reading import read_in_force, read_timeline
from dunghen.verify.record import (
    failed_record,
    last_hour,
    next_hour,
    read_verifications,
    write_verification,
)

NAME = "verify"
SETTLING = 120.0  # s after a start, in which the worker catches up
_SLICE = 60.0  # s of waiting at once: a machine that slept, or whose clock was set, notices
_STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Due:
    """A night that was not recounted yet. ``since``: its hour, ms. ``timeline``: whose."""

    night: str
    since: int
    timeline: str


@dataclass(frozen=True)
class NightlyHost:
    """What the loop needs of the world. ``due``: the night that waits to be recounted, None if none
    does, and when to look again (ms); it blocks. ``run``: recounts one. ``clock``: ms."""

    due: Callable[[int], tuple[Due | None, int]]
    run: Callable[[Due], Awaitable[None]]
    clock: Callable[[], int]
    settling: float = SETTLING
    slice: float = _SLICE


async def keep_recounting(host: NightlyHost, reporter: Reporter) -> None:
    """For as long as the stack runs. A night is tried once."""
    tried, look_at = "", host.clock() + round(host.settling * 1000)
    while True:
        await asyncio.sleep(min(host.slice, max(0.0, (look_at - host.clock()) / 1000)))
        if host.clock() < look_at:
            continue
        due, look_at = await _look(host, reporter)
        if due is not None and due.night != tried:
            tried = due.night
            await host.run(due)


async def _look(host: NightlyHost, reporter: Reporter) -> tuple[Due | None, int]:
    """As ``host.due``; nothing is due while Kafka is away."""
    try:
        return await asyncio.to_thread(host.due, host.clock())
    except (UserError, BrokerError) as error:
        reporter.warn(NAME, f"{error} The nightly recount waits.")
        return None, host.clock() + int(_SLICE * 1000)


@asynccontextmanager
async def recounting_nightly(installation: Installation, reporter: Reporter) -> AsyncIterator[None]:
    """Recounts go on while the block runs; what is under way at its end is ended."""
    if not installation.settings.verify.nightly:
        yield
        return
    recount = NightRecount(installation, reporter)
    task = asyncio.create_task(keep_recounting(recount.host(), reporter), name="nightly recount")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class NightRecount:
    """Finds the night that is due and recounts it, in the installation of a stack that runs."""

    def __init__(self, installation: Installation, reporter: Reporter) -> None:
        self._installation = installation
        self._settings = installation.settings.verify
        self._reporter = reporter
        supervision = installation.settings.supervision
        self._log = LogFile(
            installation.folder.logs / f"{NAME}.log",
            supervision.log_mb * 2**20,
            supervision.log_files,
            lambda error: reporter.warn(NAME, f"its log is not written: {error}"),
        )

    def host(self) -> NightlyHost:
        """For ``keep_recounting``."""
        return NightlyHost(self.due, self.run, lambda: time.time_ns() // 1_000_000)

    def due(self, now: int) -> tuple[Due | None, int]:
        """The night that waits, and when to look again: ms, as ``now``. Raises UserError."""
        kafka = self._installation.kafka
        timeline = read_timeline(kafka.bootstrap, client=self._installation.client)
        if timeline is None:
            return None, now + int(_SLICE * 1000)
        reference, _ = read_in_force(kafka.bootstrap, now, client=self._installation.client)
        zone = ZoneInfo(reference.timezone)
        night, since = last_hour(now, self._settings.at, zone)
        later = next_hour(now, self._settings.at, zone)
        if since < timeline.created_at or night in {r.night for r in read_verifications(kafka)}:
            return None, later
        return Due(night, since, timeline.id), later

    async def run(self, due: Due) -> None:
        """Recount it in a child, and see that a record of the night stands in the topic."""
        begun = time.time_ns() // 1_000_000
        self._reporter.say(NAME, f"recounts for the night of {due.night}")
        child = Child(self._spec(due), self._log, self._reporter.line)
        problem = ""
        try:
            await child.spawn()
            async with asyncio.timeout(self._settings.minutes * 60):
                code = await child.wait()
            problem = _ended(code, child.output())
        except TimeoutError:
            problem = f"It was ended after {self._settings.minutes:.0f} minutes (verify.minutes)."
        except OSError as error:
            problem = f"It could not be started: {error}."
        finally:
            await child.terminate()
        good, told = await asyncio.to_thread(self._settled, due, begun, problem)
        (self._reporter.say if good else self._reporter.warn)(NAME, told)

    def _spec(self, due: Due) -> ProcessSpec:
        async def ready() -> None:
            return

        words = (NAME, "--record", "--gently", "--night", due.night)
        return ProcessSpec(
            NAME, lambda: own_command(self._installation, *words), ready, stop_seconds=_STOP_SECONDS
        )

    def _settled(self, due: Due, begun: int, problem: str) -> tuple[bool, str]:
        """How it went, and whether that is good; without a record of the child's, one is written
        that says that it came to no end."""
        duration = time.time_ns() // 1_000_000 - begun
        try:
            kafka = self._installation.kafka
            found = [
                record
                for record in read_verifications(kafka)
                if record.night == due.night and record.at >= begun
            ]
            if not found:
                record = failed_record(due.timeline, due.night, "night", begun, duration, problem)
                write_verification(kafka, record)
        except (UserError, BrokerError) as error:
            return False, f"The result of {due.night} is not on record: {error}"
        if not found:
            return False, f"The recount of {due.night} came to no end. {problem}"
        if found[-1].outcome == "different":
            return False, f"The recount of {due.night} found differences: see `dunghen status`."
        return True, f"no difference for the night of {due.night}"


def _ended(code: int, output: str) -> str:
    told = [line for line in output.splitlines() if line.startswith("Error: ")]
    sentence = told[-1].removeprefix("Error: ") if told else ""
    how = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
    return f"{how}. {sentence}".strip()
