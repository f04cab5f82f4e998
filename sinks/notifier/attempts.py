"""The attempt log: what was tried for each alert and receiver, and what need not be tried again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

import pyarrow as pa

from sinks.decode.base import TIME, table
from sinks.errors import StoreError
from sinks.store import Store

log = logging.getLogger(__name__)

Outcome = Literal["delivered", "failed", "gave_up", "superseded", "withheld"]
FINAL_OUTCOMES = ("delivered", "gave_up", "superseded")
Place = tuple[str, int, str]  # alert id, sequence, receiver


@dataclass(frozen=True)
class Attempt:
    """One try for one transition and receiver. ``at``: when it ended."""

    alert_id: str
    sequence: int
    channel: str
    receiver: str
    unit: str
    attempt: int
    outcome: Outcome
    detail: str
    at: datetime


class AttemptLog(Protocol):
    """Never raises: a log that is down must not hold a delivery back. ``waiting``: attempts that
    are not written yet, at most ``most``."""

    most: int

    @property
    def waiting(self) -> int:
        """How many attempts are not written yet."""
        ...

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Note attempts; they may wait in memory until ``flush``."""
        ...

    def settled(self, days: int = 3) -> set[Place]:
        """What was delivered, or given up, in the last days."""
        ...

    def flush(self) -> None:
        """Write what waits; may block."""
        ...


class MemoryLog:
    """Without ClickHouse: the newest attempts of this process. Used on one thread."""

    waiting = 0

    def __init__(self, size: int = 10_000) -> None:
        self.most = size
        self.attempts: deque[Attempt] = deque(maxlen=size)

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Keep the attempts; beyond ``most`` the oldest go."""
        self.attempts.extend(attempts)

    def settled(self, days: int = 3) -> set[Place]:
        """Whatever was settled by this process; ``days`` does not matter."""
        return {
            (a.alert_id, a.sequence, a.receiver)
            for a in self.attempts
            if a.outcome in FINAL_OUTCOMES
        }

    def flush(self) -> None:
        """Nothing waits."""


class TableLog:
    """In table ``deliveries``. While ClickHouse is away, attempts wait, the oldest are dropped
    beyond ``size``; after a restart a delivery that was not logged is then made once more."""

    def __init__(self, store: Store, timeline: str, size: int = 10_000) -> None:
        self._store = store
        self._timeline = timeline
        self.most = size
        self._waiting: list[Attempt] = []
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many attempts are not in the table yet."""
        return len(self._waiting)

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Queue attempts; beyond ``most`` the oldest go."""
        with self._lock:
            self._waiting.extend(attempts)
            del self._waiting[: -self.most]

    def settled(self, days: int = 3) -> set[Place]:
        """What was delivered or given up in the last ``days``; empty if ClickHouse does not
        answer."""
        try:
            rows = self._store.query(
                "SELECT alert_id, sequence, receiver FROM deliveries "
                "WHERE timeline = {timeline:String} AND outcome IN {outcomes:Array(String)} "
                "AND at > now() - toIntervalDay({days:UInt32})",
                {"timeline": self._timeline, "outcomes": list(FINAL_OUTCOMES), "days": days},
            )
        except StoreError as error:
            log.warning("earlier deliveries are not known, some may be made again: %s", error)
            return set()
        return {(row["alert_id"], row["sequence"], row["receiver"]) for row in rows}

    def flush(self) -> None:
        """Write what waits; blocks."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            self._store.insert("deliveries", self._rows(batch))
        except StoreError as error:
            log.warning("%d delivery attempts are not logged yet: %s", len(batch), error)
            with self._lock:
                self._waiting = [*batch, *self._waiting][-self.most :]

    def _rows(self, attempts: Sequence[Attempt]) -> pa.Table:
        text = pa.string()
        return table(
            {
                "timeline": (text, [self._timeline] * len(attempts)),
                "alert_id": (text, [a.alert_id for a in attempts]),
                "sequence": (pa.int64(), [a.sequence for a in attempts]),
                "channel": (text, [a.channel for a in attempts]),
                "receiver": (text, [a.receiver for a in attempts]),
                "unit": (text, [a.unit for a in attempts]),
                "attempt": (pa.uint32(), [a.attempt for a in attempts]),
                "outcome": (text, [a.outcome for a in attempts]),
                "detail": (text, [a.detail for a in attempts]),
                "at": (TIME, [_ms(a.at) for a in attempts]),
            }
        )


def _ms(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() * 1000)
