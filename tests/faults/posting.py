"""A sender that posts at a steady rate, whatever the API answers, and never passes over a batch."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from tests.faults.load import Load

BATCH = 10
_AGAIN = 0.5  # s before a batch is posted again that was not taken


class Answer(NamedTuple):
    """``at``: monotonic s. ``status``: 0 if there was none."""

    at: float
    status: int
    stored: str = ""
    seconds: float = 0.0


@dataclass
class Posted:
    """``order``: event ids of each dossier in the order of their acknowledgement, repeats left
    out. ``records``: acknowledged, repeats included."""

    order: dict[str, list[str]] = field(default_factory=dict)
    records: int = 0
    answers: list[Answer] = field(default_factory=list)

    def count(self, status: int) -> int:
        return sum(answer.status == status for answer in self.answers)

    def first(self, status: int, after: float, stored: str = "") -> float | None:
        """When the first such answer came after ``after``; None so far."""
        return next(
            (
                answer.at
                for answer in list(self.answers)
                if answer.at > after and answer.status == status and answer.stored in (stored, "")
            ),
            None,
        )

    def take(self, dossier: str, event_id: str) -> None:
        known = self.order.setdefault(dossier, [])
        if event_id not in known:
            known.append(event_id)
        self.records += 1


class Poster(threading.Thread):
    """``rate``: records a second. One batch after the other: what is not taken is posted again,
    before anything that comes later, as a sender does who keeps the order."""

    def __init__(self, api: str, key: str, load: Load, rate: float) -> None:
        super().__init__(name="poster", daemon=True)
        self._api = api
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._load = load
        self._rate = rate
        self._ending = threading.Event()
        self._give_up = threading.Event()
        self.posted = Posted()
        self.error: Exception | None = None

    def stop(self) -> None:
        """Ends once the batch in hand is acknowledged. Raises what the thread met."""
        self._ending.set()
        self.join()
        if self.error is not None:
            raise self.error

    def abandon(self) -> None:
        """End at once, whatever became of the batch in hand."""
        self._ending.set()
        self._give_up.set()
        self.join()

    def run(self) -> None:
        try:
            with httpx.Client(trust_env=False, timeout=30) as http:
                self._post_all(http)
        except Exception as error:  # told by ``stop``
            self.error = error

    def _post_all(self, http: httpx.Client) -> None:
        number = 0
        due = time.monotonic()
        while not self._ending.is_set():
            number += 1
            items = self._load.round(number, BATCH, time.time_ns() // 1_000_000, poison=0.0)
            body = b'{"events":[' + b",".join(item.value for item in items) + b"]}"
            while not self._taken(http, body, len(items)):
                if self._give_up.wait(_AGAIN):
                    return
            for item in items:
                self.posted.take(item.key.decode(), item.event_id)
            # The pace of a load; what was missed while nothing was taken is not made up for.
            due = max(due + BATCH / self._rate, time.monotonic() - 1)
            self._ending.wait(max(0.0, due - time.monotonic()))

    def _taken(self, http: httpx.Client, body: bytes, count: int) -> bool:
        began = time.monotonic()
        try:
            answer = http.post(f"{self._api}/api/v1/events", content=body, headers=self._headers)
        except httpx.HTTPError:
            self.posted.answers.append(Answer(time.monotonic(), 0))
            return False
        now = time.monotonic()
        if answer.status_code not in (200, 202):
            self.posted.answers.append(Answer(now, answer.status_code, "", now - began))
            if answer.status_code not in (429, 503):
                raise RuntimeError(f"the API answered {answer.status_code}: {answer.text[:500]}")
            return False
        said = answer.json()
        if said["accepted"] != count:
            raise RuntimeError(f"the API refused good events: {answer.text[:500]}")
        self.posted.answers.append(Answer(now, answer.status_code, said["stored"], now - began))
        return True
