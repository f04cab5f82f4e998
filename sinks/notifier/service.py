"""The notifier: its own consumer group, its own threads; it never touches the stream."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from broker.clients import AnyKafka
from broker.errors import BrokerError
from broker.kafka import Kafka
from broker.silence import SILENT_S
from dossiers.wire.alerts import Alert
from sinks.backoff import pause
from sinks.config import NotifierConfig
from sinks.notifier.attempts import AttemptLog, MemoryLog, TableLog
from sinks.notifier.directory import AlertDirectory, read_directory
from sinks.notifier.feed import AlertFeed
from sinks.notifier.mailbox import MailboxStatus
from sinks.notifier.router import Router
from sinks.notifier.tracker import Tracker
from sinks.store import Store

log = logging.getLogger(__name__)

_POLL_S = 0.2
_COMMIT_S = 1.0
_DIRECTORY_S = 60.0


@dataclass(frozen=True)
class NotifierStatus:
    """``reason``: why it does not deliver, empty if it does. ``waiting``: alerts that at least
    one receiver has not got yet. ``most``: how many may wait for one receiver. ``unlogged``:
    attempts that are not in ClickHouse yet, ``most_unlogged``: how many may wait for it."""

    running: bool
    reason: str
    waiting: int
    skipped: int
    last_error: str
    receivers: tuple[MailboxStatus, ...]
    most: int = 0
    unlogged: int = 0
    most_unlogged: int = 0


class NotifierService:
    """``start`` and ``stop`` from any thread. Does nothing unless delivery is asked for.

    ``silent_s``: seconds after which a client that is given nothing, though there is something, is
    replaced (broker.silence)."""

    def __init__(
        self,
        config: NotifierConfig,
        store: Store | None = None,
        kafka: AnyKafka | None = None,
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self._silent_s = silent_s
        self._kafka = kafka or Kafka(config.bootstrap, config.kafka)
        self._config = config
        self._log: AttemptLog = TableLog(store, config.timeline) if store else MemoryLog()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._tracker = Tracker()
        self._router: Router | None = None
        self._feed: AlertFeed | None = None
        self._last_error = ""
        self.ready = threading.Event()  # set once the topic's partitions are assigned

    @property
    def reason(self) -> str:
        """Why nothing is delivered; empty: it is."""
        config = self._config
        if not config.enabled:
            return "delivery is switched off"
        if config.kind != "live" and not config.deliver_unreal:
            return f"a {config.kind} delivers nothing unless asked to"
        if not config.webhooks and not config.apprise:
            return "no webhook or other receiver is set"
        return ""

    def start(self) -> None:
        """Start delivering in a thread of its own, unless there is a reason not to."""
        if self.reason:
            log.info("notifier stands still: %s", self.reason)
            return
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What is not delivered now is delivered after the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def status(self) -> NotifierStatus:
        """How it is doing now; for any thread."""
        router, feed = self._router, self._feed
        return NotifierStatus(
            running=self._thread is not None and self._thread.is_alive(),
            reason=self.reason,
            waiting=self._tracker.waiting(),
            skipped=feed.skipped if feed is not None else 0,
            last_error=self._last_error,
            receivers=tuple(router.status()) if router is not None else (),
            most=self._config.queue_limit,
            unlogged=self._log.waiting,
            most_unlogged=self._log.most,
        )

    def _run(self) -> None:
        config = self._config
        failures = 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                asyncio.run(self._serve())
            except Exception as error:
                # Also the unexpected: alerts that go nowhere in silence are worse than a restart.
                well = time.monotonic() - begun > config.retry_max_s
                failures = 1 if well else failures + 1
                self._last_error = f"{type(error).__name__}: {error}"
                log.exception("notifier starts again")
                self._stopping.wait(pause(failures, config.retry_min_s, config.retry_max_s))

    async def _serve(self) -> None:
        """The event loop has the receivers, a thread beside it the consumer."""
        loop = asyncio.get_running_loop()
        directory = await asyncio.to_thread(read_directory, self._kafka)
        settled = await asyncio.to_thread(self._log.settled)
        self._tracker = tracker = Tracker()
        self._router = router = Router(self._config, directory, self._log, tracker, settled)

        def accept(alert: Alert, partition: int, offset: int) -> None:
            # Waits, so that the tracker knows a record before the reader moves on.
            asyncio.run_coroutine_threadsafe(_accept(alert, partition, offset), loop).result()

        async def _accept(alert: Alert, partition: int, offset: int) -> None:
            router.accept(alert, partition, offset)

        def renew(found: AlertDirectory) -> None:
            router.directory = found

        reading = asyncio.create_task(
            asyncio.to_thread(
                self._read, tracker, accept, lambda found: loop.call_soon_threadsafe(renew, found)
            )
        )
        try:
            await reading
        finally:
            await router.close()
            await asyncio.to_thread(self._log.flush)

    def _read(
        self,
        tracker: Tracker,
        accept: Callable[[Alert, int, int], None],
        renew: Callable[[AlertDirectory], object],
    ) -> None:
        feed = AlertFeed(self._kafka, self._config, tracker, silent_s=self._silent_s)
        self._feed = feed
        committed_at = renewed_at = time.monotonic()
        try:
            while not self._stopping.is_set():
                feed.take(accept, _POLL_S)
                if feed.assigned:
                    self.ready.set()
                now = time.monotonic()
                if now - committed_at >= _COMMIT_S:
                    self._log.flush()
                    feed.commit()
                    committed_at = now
                if now - renewed_at >= _DIRECTORY_S:
                    try:
                        renew(read_directory(self._kafka))
                    except BrokerError as error:
                        log.warning("names and addresses stay as they were: %s", error)
                    renewed_at = now
            self._log.flush()
            feed.commit()
        finally:
            feed.close()
