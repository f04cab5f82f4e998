"""Parcels on their way: one queue and task a receiver and way, tried until they arrive.

A receiver that is down holds up nobody else. What has arrived or was given up is told to ``done``,
which lets the memory forget it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dossiers.wire.notices import Parcel
from sinks.backoff import pause
from sinks.notifier.attempts import Attempt, AttemptLog, Outcome
from sinks.notifier.channels import DeliveryError

log = logging.getLogger(__name__)

MOST_WAITING = 50_000  # parcels, of all receivers; beyond it the oldest of the fullest is given up
_LOGGED_FAILURES = 5
_FAILING = 5  # tries in a row after which a receiver is said not to be reached
_MOST_KEYS = 200  # alerts of one message of which a try that failed is noted one by one
_LOG_EVERY = 20


class Undeliverable(Exception):
    """It will never arrive: there is no address, or one that may not be used. ``over``: it need
    not, because nothing in it is true any more."""

    def __init__(self, reason: str, *, over: bool = False) -> None:
        super().__init__(reason)
        self.over = over


@dataclass(frozen=True)
class Patience:
    """``least``, ``most``: seconds between tries; ``give_up``: seconds since it was made."""

    least: float
    most: float
    give_up: float


@dataclass
class ReceiverStatus:
    """How one receiver does by one way. ``unreached``: the last message was given up."""

    receiver: str
    way: str
    waiting: int = 0
    delivered: int = 0
    gave_up: int = 0
    failures_in_a_row: int = 0
    last_error: str = ""
    unreached: bool = False

    @property
    def dead(self) -> bool:
        """Whether somebody should look after it."""
        return self.unreached or self.failures_in_a_row >= _FAILING


Send = Callable[[Parcel], Awaitable[None]]
KeysOf = Callable[[Parcel], Sequence[str]]


class Posting:
    """Lives on one event loop. ``send``: hands one parcel over; raises DeliveryError or
    Undeliverable. ``keys_of``: of the alerts in it. ``done`` is called once for each parcel."""

    def __init__(
        self,
        send: Send,
        keys_of: KeysOf,
        patience: Patience,
        attempts: AttemptLog,
        done: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._send = send
        self._keys_of = keys_of
        self._patience = patience
        self._attempts = attempts
        self._done = done
        self._clock = clock
        self._queues: dict[tuple[str, str], deque[Parcel]] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._status: dict[tuple[str, str], ReceiverStatus] = {}

    @property
    def waiting(self) -> int:
        """Parcels that have not arrived."""
        return sum(status.waiting for status in self.status())

    def status(self) -> list[ReceiverStatus]:
        """Of every receiver and way that ever had a parcel."""
        return list(self._status.values())

    def put(self, parcel: Parcel) -> None:
        """Send it after what waits for the same receiver by the same way."""
        place = (parcel.receiver, f"{parcel.way}:{parcel.target}")
        self._queues.setdefault(place, deque()).append(parcel)
        status = self._status.setdefault(place, ReceiverStatus(parcel.receiver, parcel.way))
        status.waiting += 1
        if self.waiting > MOST_WAITING:
            self._make_room()
        if place not in self._tasks:
            self._tasks[place] = asyncio.create_task(self._run(place), name=str(place))

    def _make_room(self) -> None:
        place = max(self._queues, key=lambda each: len(self._queues[each]))
        queue, status = self._queues[place], self._status[place]
        if len(queue) > 1:  # the first one is being sent
            parcel = queue[1]
            del queue[1]
            status.waiting -= 1
            self._give_up(parcel, status, "too many messages wait", 0)
            self._done(parcel.place)

    async def close(self) -> None:
        """End every try; what has not arrived is in the memory."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, place: tuple[str, str]) -> None:
        queue, status = self._queues[place], self._status[place]
        try:
            while queue:
                await self._deliver(queue[0], status)
                parcel = queue.popleft()
                status.waiting -= 1
                self._done(parcel.place)
        finally:
            self._tasks.pop(place, None)

    async def _deliver(self, parcel: Parcel, status: ReceiverStatus) -> None:
        until = parcel.made_at / 1000 + self._patience.give_up
        if self._clock() > until:  # it lay in a backup, or nobody was there
            self._give_up(parcel, status, "it is too old", 0)
            return
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._send(parcel)
            except Undeliverable as error:
                if error.over:
                    self._note(parcel, "superseded", str(error), attempt)
                else:
                    self._give_up(parcel, status, str(error), attempt)
                return
            except Exception as error:
                # Whatever was raised, the receiver has not got it.
                wait = self._failed(parcel, status, attempt, error)
            else:
                status.delivered += 1
                status.failures_in_a_row, status.last_error = 0, ""
                status.unreached = False
                self._note(parcel, "delivered", "", attempt)
                return
            if self._clock() + wait > until:
                self._give_up(parcel, status, status.last_error, attempt)
                return
            await asyncio.sleep(wait)

    def _give_up(self, parcel: Parcel, status: ReceiverStatus, why: str, attempt: int) -> None:
        if not status.unreached or status.last_error != why:  # once, not for each message
            log.warning("%s to %s given up: %s", parcel.way, parcel.receiver, why)
        status.gave_up += 1
        status.last_error, status.unreached = why, True
        self._note(parcel, "gave_up", why, attempt)

    def _failed(
        self, parcel: Parcel, status: ReceiverStatus, attempt: int, error: Exception
    ) -> float:
        reason = str(error) if isinstance(error, DeliveryError) else type(error).__name__
        status.failures_in_a_row += 1
        status.last_error = reason
        if status.failures_in_a_row == 1:
            log.warning("%s to %s: %s", parcel.way, parcel.receiver, reason)
        if attempt <= _LOGGED_FAILURES or attempt % _LOG_EVERY == 0:
            self._note(parcel, "failed", reason, attempt)
        wait = pause(attempt, self._patience.least, self._patience.most)
        asked = getattr(error, "retry_after", None)
        return max(wait, min(float(asked), self._patience.most)) if asked else wait

    def _note(self, parcel: Parcel, outcome: Outcome, detail: str, attempt: int) -> None:
        """In the log of each alert, if it is known which they are and they are not too many."""
        at = datetime.now(UTC)
        keys = self._keys_of(parcel)
        if outcome == "failed":
            keys = keys[:_MOST_KEYS]
        places = [key.rpartition(":") for key in keys] or [(parcel.key, "", "0")]
        self._attempts.add(
            [
                Attempt(
                    alert_id=alert,
                    sequence=int(sequence),
                    channel=parcel.target or parcel.way,
                    receiver=parcel.receiver,
                    unit="",
                    attempt=attempt,
                    outcome=outcome,
                    detail=detail,
                    at=at,
                )
                for alert, _, sequence in places
            ]
        )
