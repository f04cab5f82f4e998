"""An imported log published into a timeline, until its figures stand there and in ClickHouse."""

from __future__ import annotations

import threading
import time
from typing import Any

from broker.errors import BrokerError
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.timeline import Timeline
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.replay.catching_up import CatchingUp, Stopped
from dunghen.replay.earlier_letters import EarlierLetters, refusals
from dunghen.replay.result import EventCounts, check_clickhouse, replay_result
from dunghen.settings.installation import Installation
from dunghen.state.folder import Endpoints
from dunghen.terminal.console import ProgressBar, Terminal
from dunghen.terminal.output import iso
from dunghen.timeline.tallies import FollowedTallies
from sources.importer.log import ImportedLog
from sources.publisher import Publisher
from sources.replay import ReplayResult
from sources.replay import replay as publish


class LogRun:
    """One log on its way. ``speed``: seconds of the log a second, None: full speed. ``stop``: set
    by whoever wants it to end early."""

    def __init__(
        self,
        installation: Installation,
        log: ImportedLog,
        timeline: Timeline,
        endpoints: Endpoints,
        *,
        terminal: Terminal,
        speed: float | None,
        stop: threading.Event,
    ) -> None:
        self._installation = installation
        self._log = log
        self._timeline = timeline
        self._endpoints = endpoints
        self._terminal = terminal
        self._speed = speed
        self._stop = stop

    def figures(self) -> dict[str, Any]:
        """Publish, wait, and compare ClickHouse with the stream; what ``dunghen replay --json``
        ends with. Blocks. Raises Stopped, or UserError."""
        kafka, client = self._endpoints.kafka, self._installation.client
        with FollowedTallies(Kafka(kafka, client), self._timeline.id) as tallies:
            begun = time.monotonic()
            refused_before = refusals(self._installation)
            published = self._published()
            if not published.complete:
                raise Stopped
            self._catch_up(tallies)
            refused = len(refusals(self._installation) - refused_before) + published.passed_over
            if refused:
                self._terminal.warn(
                    "replay",
                    f"The stream could not take {refused} records: see `dunghen dead-letters "
                    "list`.",
                )
            return replay_result(
                tallies,
                self._counted(published, refused),
                usable=self._log.nothing_usable() is None,
                publish_seconds=published.seconds,
                process_seconds=time.monotonic() - begun,
            )

    def _counted(self, published: ReplayResult, refused: int) -> EventCounts:
        counts = self._log.counts
        return EventCounts(
            counts.read,
            published.published,
            counts.duplicates,
            counts.dead_lettered + refused,
            counts.broken_off,
        )

    def _catch_up(self, tallies: FollowedTallies) -> None:
        first, last = self._log.first_at or 0, self._log.as_of or 0
        span = max(last - first, 1)
        clickhouse = RemoteClickHouse(self._endpoints.api, self._endpoints.token)
        try:
            with ProgressBar(self._terminal, "Catching up") as progress:
                CatchingUp(
                    self._installation,
                    self._timeline,
                    tallies,
                    self._stop.is_set,
                    lambda at: progress.share(iso(at)[:10], max(at - first, 0) / span),
                ).wait(last, clickhouse)
            check_clickhouse(tallies, clickhouse, self._timeline.id)
        finally:
            clickhouse.close()

    def _published(self) -> ReplayResult:
        try:
            return self.publish()
        except BrokerError as error:
            raise UserError(
                f"The replay of {self._log.name} was not published to its end: {error}",
                "Once Kafka runs, run the same replay again to go on: nothing is counted twice.",
            ) from error

    def publish(self) -> ReplayResult:
        """Events that come again are dropped by the stream; dead letters are read as they stand, so
        those that an earlier replay told are left out. Raises BrokerError."""
        told = EarlierLetters(self._installation, self._log)

        def dead_letter(letter: DeadLetter) -> None:
            key = told.key_of_new(letter)
            if key is not None:
                publisher.dead_letter(letter, key)

        kafka = Kafka(self._endpoints.kafka, self._installation.client)
        bulk = self._speed is None
        with (
            Publisher(kafka, self._timeline.partitions, bulk=bulk) as publisher,
            ProgressBar(self._terminal, "Publishing") as progress,
        ):
            return publish(
                self._log,
                publisher,
                dead_letter,
                self._speed,
                timeline=self._timeline.id,
                progress=progress.share,
                stop=self._stop,
                refused=told.refused if told.refusals else None,
            )
