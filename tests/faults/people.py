"""Heads of units who act on alerts through the API, whatever happens to it meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from random import Random
from typing import Any, NamedTuple

import httpx

from api.access.sessions import Cookies, Session
from tests.faults.installation import UNITS, head_of
from tests.faults.product import Product

_PAUSE = 0.25  # s between looks at what is open, as a few people together look at it
_AT_ONCE = 3  # alerts
_SECONDS = 3_600  # for which somebody is signed in
_TEXTS = ("Chờ ý kiến của đơn vị phối hợp.", "Đã hẹn trả trong ngày mai.", "Chờ nộp lệ phí.")
# Not any more, not theirs, too often, or not now: what people have to expect.
_REFUSALS = (403, 404, 409, 429, 503)


class Deed(NamedTuple):
    """Something that the API has taken. ``person``: whom the log names."""

    action: str
    alert_id: str
    person: str


class People(threading.Thread):
    """Acts until ``stop``. ``done``: what was acknowledged, in Kafka or on disk, by the id of its
    event. Whoever got no answer does the same again, which must change nothing."""

    def __init__(self, product: Product, rng: Random) -> None:
        super().__init__(name="people", daemon=True)
        self.done: dict[str, Deed] = {}
        self.answers: Counter[int] = Counter()
        self._product = product
        self._rng = rng
        self._ending = threading.Event()
        self._again: list[tuple[str, str, dict[str, Any]]] = []
        self._error: Exception | None = None
        secret = (product.state / "access" / "session-secret").read_text().strip()
        self._cookies = Cookies(secret.encode())

    def stop(self) -> None:
        """Once the answer in hand is there. Raises what the thread met."""
        self._ending.set()
        self.join()
        if self._error is not None:
            raise self._error

    def run(self) -> None:
        try:
            with httpx.Client(trust_env=False, timeout=20) as http:
                while not self._ending.wait(_PAUSE):
                    self._look(http)
        except Exception as error:  # told by ``stop``
            self._error = error

    def _look(self, http: httpx.Client) -> None:
        """What was not answered first, then some of what is open."""
        waiting, self._again = self._again, []
        for each in waiting:
            self._act(http, *each)
        kind = self._rng.choice(("overdue", "escalation"))
        asked = {"kind": kind, "status": "raised", "limit": "50"}
        try:
            answer = http.get(
                f"{self._product.api}/api/v1/alerts", params=asked, headers=self._headers("C")
            )
        except httpx.HTTPError:
            return
        found = answer.json()["alerts"] if answer.status_code == 200 else []
        for alert in self._rng.sample(found, min(_AT_ONCE, len(found))):
            self._act(http, alert["alert_id"], alert["unit"], self._deed(alert))

    def _deed(self, alert: dict[str, Any]) -> dict[str, Any]:
        action = self._rng.choice(("acknowledge", "acknowledge", "snooze", "explain"))
        more: dict[str, dict[str, Any]] = {
            "snooze": {"until_hours": 2},
            "explain": {"reason": "waiting_unit", "text": self._rng.choice(_TEXTS)},
        }
        return {"action": action, "sequence": alert["sequence"], **more.get(action, {})}

    def _act(self, http: httpx.Client, alert_id: str, unit: str, deed: dict[str, Any]) -> None:
        where = f"{self._product.api}/api/v1/alerts/{alert_id}/actions"
        try:
            answer = http.post(where, json=deed, headers=self._headers(unit))
        except httpx.HTTPError:
            self._again.append((alert_id, unit, deed))
            return
        self.answers[answer.status_code] += 1
        if answer.status_code == 503:
            self._again.append((alert_id, unit, deed))
        if answer.status_code in (200, 202):
            said = answer.json()
            if said["how"] != "already":
                self.done[said["event_id"]] = Deed(deed["action"], alert_id, head_of(unit))
        elif answer.status_code not in _REFUSALS:
            raise RuntimeError(f"the API answered {answer.status_code}: {answer.text[:500]}")

    def _headers(self, unit: str) -> dict[str, str]:
        """Of a browser in which the head of a unit has signed in, or of all if it is none."""
        unit = unit if unit in UNITS else "C"
        head = head_of(unit)
        session = Session(
            id=f"{head}-{unit}", subject=head, roles=("supervisor",),
            until=time.time() + _SECONDS, units=(unit,), officer=head,
        )  # fmt: skip
        cookie = f"dunghen={self._cookies.sign('session', session)}"
        return {"Cookie": cookie, "Origin": self._product.api}
