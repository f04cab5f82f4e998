"""A state of an older format becomes one of this version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.text.keyed import Keyed
from dossiers.wire.records import FORMAT
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dunghen.refold.folding import Folding
from dunghen.refold.in_kafka import found_line
from dunghen.refold.work import RefoldDone, Work
from dunghen.settings.flags import GIVEN
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.stack.embedded import EmbeddedStack
from dunghen.stack.existing import plan_of
from dunghen.stack.plan import Material, StackPlan
from dunghen.stack.process_specs import worker_spec
from dunghen.stack.runner import run_stack
from dunghen.state.folder import RESTORING, StateFolder
from dunghen.state.private import make_private
from dunghen.terminal.console import Terminal
from dunghen.terminal.errors import INTERRUPTED
from dunghen.timeline.hash_key import prepared_key


class Refolded(msgspec.Struct, frozen=True):
    """``timeline``: id of the timeline that counts now; ``former``: of those before it, the last
    one last. ``changed``: False if there was nothing to do. ``records``: of the log.
    ``kept_in``: where the old data stays until somebody removes them."""

    timeline: str
    former: tuple[str, ...]
    changed: bool
    records: int = 0
    dead_letters: int = 0
    tables: Mapping[str, int] = {}
    kept_in: str | None = None


class _RefoldStack(EmbeddedStack):
    """Kafka alone on the working folder, whatever its timeline is; then a worker beside it."""

    def _hash_key(self) -> Keyed | None:
        return None  # it is in the state folder itself, and nobody asks for it here

    def _ensure_topics(self, bootstrap: str, material: Material) -> Timeline:
        return found_line(Kafka(bootstrap, self._installation.client))

    async def _start_services(self, port: int) -> None:
        return

    async def start_worker(self) -> None:
        with self._terminal.step("Worker"):
            await self._supervisor.start(worker_spec(self._installation, self.endpoints))


def refold_installation(installation: Installation, terminal: Terminal) -> Refolded:
    """Fold the log of a state folder, or of the servers that the settings name, into a timeline of
    this format. Raises UserError."""
    folder, settings = installation.folder, installation.settings
    embedded = not settings.kafka.bootstrap
    if (folder.path / RESTORING).exists():
        folder.create()  # says so
    if embedded and not folder.exists:
        plan_of(installation)  # says so
    make_private(folder.path)
    with folder.lock:
        work = Work(
            folder,
            kafka=embedded,
            clickhouse=not settings.clickhouse.url,
            keep_mb=settings.clickhouse.keep_mb,
        )
        done = work.done()
        if done is not None:
            terminal.note("An earlier refold was whole already: it takes the old one's place now.")
            return _changed(work, done, None)
        if embedded:
            version, noted = folder.any_timeline()
            if noted is None:
                raise UserError(
                    f"The state folder {folder.path} holds no timeline: no stack came up on it.",
                    "Remove it: `dunghen up` makes a new one.",
                )
            if version == FORMAT:
                work.discard()
                return Refolded(noted.id, noted.former, changed=False)
        resumed = work.prepare()
        if resumed:
            terminal.note("Going on with the refold that was interrupted.")
        folding = _folded(installation, work, terminal)
        if folding.whole_before and not resumed:
            work.discard()
            line = folding.line
            if folder.exists and folder.any_timeline()[1] != line:
                folder.note_timeline(line)
            return Refolded(line.id, line.former, changed=False)
        return _changed(work, work.finish(folding.line), folding)


def _changed(work: Work, done: RefoldDone, folding: Folding | None) -> Refolded:
    aside = work.change_places(done)
    return Refolded(
        done.timeline.id,
        done.timeline.former,
        changed=True,
        records=folding.events if folding else 0,
        dead_letters=folding.dead_letters if folding else 0,
        tables=folding.tables if folding else {},
        kept_in=None if aside is None else str(aside),
    )


def _folded(outer: Installation, work: Work, terminal: Terminal) -> Folding:
    """Run Kafka if it is embedded, then a worker, and fold. ``outer``: the state folder itself.
    Raises UserError."""
    # Nobody but us is to reach the API's port: none is opened, and none need be free.
    loaded = load({"api.port": 0, "api.host": "127.0.0.1"}, GIVEN.config)
    installation = Installation(loaded, work.folder)
    stack = _RefoldStack(installation, plan_for(work.folder), terminal)
    found: list[Folding] = []

    async def body(stop: asyncio.Event) -> None:
        folding = await _in_thread(lambda: Folding(installation, terminal, stop.is_set))
        if not folding.whole:
            live = folding.line.kind == "live"
            key = prepared_key(outer, folding.line).check if live else ""
            await _in_thread(lambda: folding.begin(key))
            await stack.start_worker()
            await _in_thread(folding.fold)
        found.append(folding)

    asyncio.run(run_stack(stack, terminal, body))
    if not found:
        raise UserError(
            "Stopped before the end.",
            "The log is as it was; the same command goes on from here.",
            exit_code=INTERRUPTED,
        )
    return found[0]


def plan_for(working: StateFolder) -> StackPlan:
    """Of the kind that an earlier run found, for a stack refuses a folder of another; before the
    first it does not matter."""
    known = working.timeline()
    return StackPlan("live" if known is None else known.kind, lambda: Material(Reference()))


async def _in_thread(work: Callable[[], Any]) -> Any:
    """In a thread, and to its end also when we are told to stop: it hears of that by itself."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
