"""One receiver: its alerts wait here, are gathered, and are tried until they arrive.

Every receiver has its own mailbox and task, so one that is down holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dossiers.wire.alerts import Alert
from sinks.backoff import pause
from sinks.config import NotifierConfig
from sinks.notifier.attempts import Attempt, AttemptLog, Outcome
from sinks.notifier.channels import Channel, DeliveryError

log = logging.getLogger(__name__)

GATHERED = 500  # alerts in one message at the most
_LOGGED_FAILURES = 5
_LOG_EVERY = 20


@dataclass(frozen=True)
class Item:
    """An alert for one receiver, and where it came from. ``queued_at``: s, monotonic."""

    alert: Alert
    partition: int
    offset: int
    queued_at: float


@dataclass
class MailboxStatus:
    """``receiver`` is a digest, not an address."""

    receiver: str
    channel: str
    waiting: int = 0
    delivered: int = 0
    gave_up: int = 0
    failures_in_a_row: int = 0
    last_error: str = ""


Settle = Callable[[Item], None]


class Mailbox:
    """Lives on one event loop. ``settle`` is called once for every item, when it is delivered,
    superseded or given up."""

    def __init__(
        self,
        receiver: str,
        channel: Channel,
        config: NotifierConfig,
        attempts: AttemptLog,
        settle: Settle,
    ) -> None:
        self._channel = channel
        self._config = config
        self._attempts = attempts
        self._settle = settle
        self._queue: list[Item] = []
        self._filled = asyncio.Event()
        self.status = MailboxStatus(receiver, channel.name)

    def put(self, item: Item) -> None:
        """Queue an alert; beyond ``queue_limit`` the oldest one is given up."""
        self._queue.append(item)
        if len(self._queue) > self._config.queue_limit:
            oldest = self._queue.pop(0)
            self._finish([oldest], "gave_up", "too many alerts wait for this receiver", 0)
        self._count()
        self._filled.set()

    async def run(self) -> None:
        """Until cancelled; what is then undelivered was not settled and comes again."""
        while True:
            await self._filled.wait()
            if self._channel.gathers:
                await asyncio.sleep(self._config.window_s)
            batch = self._take()
            if batch:
                await self._deliver(batch)

    def _take(self) -> list[Item]:
        """What goes into the next message; empty if all of it was superseded meanwhile."""
        size = GATHERED if self._channel.gathers else 1
        taken, self._queue = self._queue[:size], self._queue[size:]
        if not self._queue:
            self._filled.clear()
        if self._channel.gathers:
            taken = self._without_superseded(taken)
        return taken

    def _without_superseded(self, items: list[Item]) -> list[Item]:
        """An alert that was raised and taken back within one window is not worth a mail."""
        raised = {i.alert.alert_id for i in items if i.alert.transition == "raised"}
        ended = {i.alert.alert_id for i in items if i.alert.transition != "raised"}
        newest: dict[str, Item] = {}
        for item in items:
            newest[item.alert.alert_id] = item
        kept: list[Item] = []
        dropped: list[Item] = []
        for item in items:
            alert = item.alert.alert_id
            last = newest[alert]
            both = alert in raised and alert in ended and last.alert.transition != "raised"
            (dropped if item is not last or both else kept).append(item)
        if dropped:
            self._finish(dropped, "superseded", "", 0)
        return kept

    async def _deliver(self, batch: list[Item]) -> None:
        attempt = 0
        started = time.monotonic()
        self._count(len(batch))
        while True:
            attempt += 1
            try:
                await self._channel.deliver([item.alert for item in batch])
            except Exception as error:
                # Whatever a channel raises, the receiver has not got it.
                wait = self._failed(batch, attempt, error)
            else:
                self.status.delivered += len(batch)
                self.status.failures_in_a_row = 0
                self.status.last_error = ""
                self._finish(batch, "delivered", "", attempt)
                return
            if time.monotonic() - started + wait > self._config.give_up_s:
                self.status.gave_up += len(batch)
                self._finish(batch, "gave_up", self.status.last_error, attempt)
                return
            await asyncio.sleep(wait)

    def _failed(self, batch: Sequence[Item], attempt: int, error: Exception) -> float:
        """Note it and say how long to wait."""
        status = self.status
        reason = str(error) if isinstance(error, DeliveryError) else type(error).__name__
        status.failures_in_a_row += 1
        status.last_error = reason
        if attempt == 1:
            log.warning("%s receiver %s: %s", status.channel, status.receiver, reason)
        # Weeks of a dead receiver must not fill the log table.
        if attempt <= _LOGGED_FAILURES or attempt % _LOG_EVERY == 0:
            self._note(batch, "failed", reason, attempt)
        wait = pause(attempt, self._config.retry_min_s, self._config.retry_max_s)
        asked = getattr(error, "retry_after", None)
        return max(wait, min(float(asked), self._config.retry_max_s)) if asked else wait

    def _finish(self, items: Sequence[Item], outcome: Outcome, detail: str, attempt: int) -> None:
        self._note(items, outcome, detail, attempt)
        for item in items:
            self._settle(item)
        self._count()

    def _note(self, items: Sequence[Item], outcome: Outcome, detail: str, attempt: int) -> None:
        at = datetime.now(UTC)
        self._attempts.add(
            [
                Attempt(
                    alert_id=item.alert.alert_id,
                    sequence=item.alert.sequence,
                    channel=self.status.channel,
                    receiver=self.status.receiver,
                    unit=item.alert.unit,
                    attempt=attempt,
                    outcome=outcome,
                    detail=detail,
                    at=at,
                )
                for item in items
            ]
        )

    def _count(self, in_hand: int = 0) -> None:
        self.status.waiting = len(self._queue) + in_hand
