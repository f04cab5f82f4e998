"""One refold: from the log to a whole timeline, by the ordinary worker and sink."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from broker.ends import end_offsets
from broker.groups import await_no_members, group_lag, has_read_all
from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.topics import EVENTS
from dunghen.clickhouse import open_store
from dunghen.rebuild.last_states import insert_last_states
from dunghen.refold import in_kafka
from dunghen.settings.installation import Installation
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.errors import INTERRUPTED
from dunghen.timeline.workers import worker_group
from dunghen.wiring import sink_config
from sinks.engines import UNKNOWN_DATABASE
from sinks.errors import StoreError
from sinks.rebuild import Rebuild
from sinks.service import SinkService, decoders
from sinks.store import Store

Stopped = Callable[[], bool]
_POLL = 0.2  # s; positions are announced by nobody
_STUCK = 300.0  # s without any progress


class Folding:
    """The steps of one refold, in their order; each blocks, and is for a thread.
    ``installation``: settings and the working folder. Raises UserError; then the same steps go on
    from there."""

    def __init__(self, installation: Installation, terminal: Terminal, stopped: Stopped) -> None:
        self._installation = installation
        self._terminal = terminal
        self._stopped = stopped
        self._kafka = installation.kafka
        self.tables: Mapping[str, int] = {}
        self.dead_letters = 0
        self.events = 0
        self.line = in_kafka.found_line(self._kafka)
        self.whole_before = self.whole

    @property
    def whole(self) -> bool:
        """Whether the timeline is of this format already, and nothing remains to be done."""
        return self.line.format == FORMAT and not self.line.refold

    def begin(self, key_check: str) -> None:
        """The new timeline, its topics empty. Nobody else writes into them. ``key_check``: of the
        key of its hashes, if it has none yet."""
        store = open_store(self._installation)
        try:
            self._await_nobody(store)
            if self.line.format != FORMAT:
                self._end_rebuild(store)
            with self._terminal.step("New timeline"):
                self.line = in_kafka.begin(
                    self._kafka,
                    self.line,
                    self._installation.settings.kafka.replication,
                    key_check,
                )
        finally:
            store.close()

    def fold(self) -> None:
        """While a worker runs: until all is folded, told and stored. Then it counts."""
        store = open_store(self._installation)
        try:
            work = Rebuild(store, self.line.id, self.line.former)
            try:
                work.prepare()
                if not work.changing:
                    self._fill(work)
                with self._terminal.step("New tables in the place of the old ones"):
                    in_kafka.announce_from_here(self._kafka, self.line)
                    in_kafka.drop_former_letters(self._kafka, self.line)
                    work.change_places()
                self.tables = work.counts()
            finally:
                work.close()
        finally:
            store.close()
        self.line = in_kafka.end(self._kafka, self.line)

    def _await_nobody(self, store: Store) -> None:
        if not self._installation.settings.kafka.bootstrap:
            return  # nobody else knows the broker
        groups = []
        if not self.line.refold:
            groups.append(worker_group(self.line.id))
            groups += [f"{self.line.id}-{name}" for name in ("notifier", "notices")]
        topics = [decoder.topic for decoder in decoders(self.line.id)]
        for database in (store.database, store.database + "_rebuild"):
            groups += [f"{group}-{topic}" for group in _sinks(store, database) for topic in topics]
        await_no_members(
            self._kafka,
            groups,
            UserError(
                "A worker, a sink or a notifier still works on this timeline.",
                "Stop `dunghen worker`, `sink`, `api` and `tick` everywhere, then run this again. "
                "Nothing was changed.",
            ),
            lambda: self._terminal.note("Waiting until Kafka counts those who were here as gone."),
            self._stopped,
        )

    def _end_rebuild(self, store: Store) -> None:
        """One that was interrupted left a second database behind; if it was whole, it counts."""
        work = Rebuild(store, self.line.id)
        try:
            work.prepare()
            if work.changing:
                work.change_places()
            else:
                work.discard()
        finally:
            work.close()

    def _fill(self, work: Rebuild) -> None:
        sink = SinkService(sink_config(self._installation, self.line), work.new)
        sink.start()
        try:
            with ProgressBar(self._terminal, "Fold the log") as progress:
                self._await_worker(progress)
            self.dead_letters = in_kafka.carry_letters(self._kafka, self.line)
            with ProgressBar(self._terminal, "Fill ClickHouse") as progress:
                self._await_sink(sink, progress)
        finally:
            sink.stop()
        # Of those that have left: compaction took their states before the sink came to them.
        insert_last_states(work, work.missing(), self._kafka, self.line)
        work.keep()

    def _await_worker(self, progress: ProgressBar) -> None:
        def lag() -> dict[int, int]:
            return group_lag(self._kafka, worker_group(self.line.id), EVENTS, self.line.partitions)

        ends = end_offsets(self._kafka, EVENTS)
        self.events = sum(ends.values())

        def done() -> bool:
            return has_read_all(self._kafka, worker_group(self.line.id), self.line.partitions)

        def left() -> int:
            found = sum(lag().values())
            progress.share("events and ticks", 1 - found / max(self.events, 1))
            return found

        self._until(done, left, "the worker")

    def _await_sink(self, sink: SinkService, progress: ProgressBar) -> None:
        def left() -> int:
            status = sink.status()
            for topic in status:
                if topic.last_error:
                    self._terminal.note(f"{topic.topic}: {topic.last_error} (tried again)")
            rows = sum(topic.rows for topic in status)
            lag = sum(topic.lag or 0 for topic in status)
            progress.share("from Kafka", rows / max(rows + lag, 1))
            return -rows

        self._until(sink.caught_up, left, "the ClickHouse sink")

    def _until(self, done: Callable[[], bool], left: Callable[[], int], who: str) -> None:
        moved, before = time.monotonic(), None
        while not done():
            if self._stopped():
                raise UserError(
                    "Stopped before the end.",
                    "The log is as it was; the same command goes on from here.",
                    exit_code=INTERRUPTED,
                )
            if (now := left()) != before:
                moved, before = time.monotonic(), now
            elif time.monotonic() - moved > _STUCK:
                raise UserError(
                    f"The fold does not go on: {who} has made no progress for {_STUCK:.0f} s.",
                    f"Look at the logs in {self._installation.folder.logs}, then run the same "
                    "command again: it goes on from here.",
                    exit_code=1,
                )
            time.sleep(_POLL)


def _sinks(store: Store, database: str) -> list[str]:
    """Groups of the sinks that fill a database, without their topics; none if there is none."""
    try:
        there = store.query(
            "SELECT 1 FROM system.tables WHERE database = {name:String} AND name = 'sink_timeline'",
            {"name": database},
        )
    except StoreError as error:
        if error.code != UNKNOWN_DATABASE:
            raise
        return []
    if not there:
        return []
    rows = store.query(f"SELECT timeline, sink_id FROM `{database}`.sink_timeline")  # noqa: S608
    return [f"{row['timeline']}-sink-{row['sink_id']}" for row in rows]
