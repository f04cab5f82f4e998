"""ClickHouse made anew from Kafka, beside the old tables until it is whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec

from broker.ends import Ends
from broker.groups import await_no_members
from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.clickhouse import open_store
from dunghen.rebuild.last_states import insert_last_states
from dunghen.settings.installation import Installation
from dunghen.stack.broker_only import on_broker
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.errors import INTERRUPTED
from dunghen.timeline.current import require_timeline
from dunghen.wiring import sink_config
from sinks.rebuild import Rebuild
from sinks.service import SinkService, decoders

Stopped = Callable[[], bool]
_POLL = 0.2  # s; positions are announced by nobody


class Rebuilt(msgspec.Struct, frozen=True):
    """``tables``: rows of each. ``kept``: those that Kafka does not hold and the old tables gave.
    ``refolded``: states of dossiers that had left the stream, made from their events."""

    timeline: str
    tables: Mapping[str, int]
    kept: Mapping[str, int]
    refolded: int
    seconds: float


def rebuild_installation(installation: Installation, terminal: Terminal) -> Rebuilt:
    """Rebuild the ClickHouse of a state folder or of the settings. Raises UserError."""
    settings = installation.settings
    running = installation.folder.lock.holder()
    if running is not None and not settings.clickhouse.url:
        raise UserError(
            f"A stack runs on {installation.folder.path}, as process {running}, and its API owns "
            "the ClickHouse there.",
            "Stop it (Ctrl-C there), rebuild, and start it again.",
        )
    if running is not None or (settings.kafka.bootstrap and settings.clickhouse.url):
        return rebuild(installation, terminal, lambda: False)
    return on_broker(
        installation, terminal, lambda stopped: rebuild(installation, terminal, stopped)
    )


def rebuild(installation: Installation, terminal: Terminal, stopped: Stopped) -> Rebuilt:
    """One rebuild; Kafka runs, and no sink writes into the database. Blocks; raises UserError."""
    begun = time.monotonic()
    timeline = require_timeline(installation)
    store = open_store(installation)
    try:
        work = Rebuild(store, timeline.id)
        try:
            return _rebuild(installation, terminal, timeline, work, stopped, begun)
        finally:
            work.close()
    finally:
        store.close()


def _rebuild(
    installation: Installation, terminal: Terminal, timeline: Timeline, work: Rebuild,
    stopped: Stopped, begun: float,
) -> Rebuilt:  # fmt: skip
    work.prepare()
    kept: dict[str, int] = {}
    refolded = 0
    if work.changing:
        terminal.note("An earlier rebuild was whole already: its tables take their places now.")
    else:
        _await_no_writers(installation, terminal, timeline, work, stopped)
        _fill(installation, terminal, timeline, work, stopped)
        with terminal.step("What Kafka keeps no longer, from the old tables"):
            kept = work.keep()
        if missing := work.missing():
            with terminal.step("States of dossiers that have left the stream, from their events"):
                refolded = insert_last_states(work, missing, installation.kafka, timeline)
    work.change_places()
    seconds = round(time.monotonic() - begun, 3)
    return Rebuilt(timeline.id, work.counts(), kept, refolded, seconds)


def _await_no_writers(
    installation: Installation,
    terminal: Terminal,
    timeline: Timeline,
    work: Rebuild,
    stopped: Stopped,
) -> None:
    """What another sink of a server writes meanwhile would be missing in the new tables."""
    topics = [decoder.topic for decoder in decoders(timeline.id)]
    groups = [f"{group}-{topic}" for group in work.old_groups() for topic in topics]
    if not installation.settings.clickhouse.url or not groups:
        return  # the embedded engine is open here, so nobody else writes into it
    await_no_members(
        installation.kafka,
        groups,
        UserError(
            f"A sink writes into the database {work.old.database}.",
            "Stop `dunghen sink`, rebuild, and start it again.",
        ),
        lambda: terminal.note("Waiting until Kafka counts the sink that was here as gone ..."),
        stopped,
    )


def _fill(
    installation: Installation,
    terminal: Terminal,
    timeline: Timeline,
    work: Rebuild,
    stopped: Stopped,
) -> None:
    """Everything that is committed in the topics now into the new tables."""
    sink = SinkService(sink_config(installation, timeline), work.new)
    told: set[str] = set()
    ends: Ends | None = None
    with ProgressBar(terminal, "Rebuild ClickHouse") as progress:
        sink.start()
        try:
            while ends is None or not sink.reached(ends):
                if stopped():
                    raise UserError(
                        "Stopped before the end.",
                        "The old tables are as they were; the same command goes on from here.",
                        exit_code=INTERRUPTED,
                    )
                ends = ends or sink.committed_ends()
                for topic in sink.status():
                    if topic.last_error and topic.last_error not in told:
                        told.add(topic.last_error)
                        terminal.note(f"{topic.topic}: {topic.last_error} (tried again)")
                if ends is not None:
                    progress.share("from Kafka", share(sink, ends))
                time.sleep(_POLL)
        finally:
            sink.stop()


def share(sink: SinkService, ends: Ends) -> float:
    """How much of what lies before ``ends`` is done, from 0 to 1."""
    at = {
        (place.topic, place.partition): max(place.position, 0)
        for topic in sink.status()
        for place in topic.partitions
    }
    done = sum(min(at.get(place, 0), end) for place, end in ends.items())
    return done / max(sum(ends.values()), 1)
